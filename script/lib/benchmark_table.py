"""The rows of the benchmark: ratios, budgets, and how they are printed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Budget:
    """The most that one value of a row may be."""

    value: str
    most: float
    unit: str = ""

    def text(self, row) -> str:
        return f"<= {self.amount(self.most)}: {self.verdict(row)}"

    def amount(self, number) -> str:
        return f"{number:.4g}{self.unit and ' ' + self.unit}"

    def verdict(self, row) -> str:
        return "met" if self.is_met(row) else "NOT MET"

    def is_met(self, row) -> bool:
        return row[self.value] is not None and row[self.value] <= self.most

    def judged(self, row) -> dict:
        """The budget beside what was measured, as the last part of the table says it."""
        measured = "nothing" if row[self.value] is None else self.amount(row[self.value])
        return {"most": self.amount(self.most), "measured": measured, "verdict": self.verdict(row)}


def row(place, ours, stock, floor, budget=None) -> dict:
    """One line of the table, as it is written to JSON.

    :param place: dict of ``articles``, ``connections`` and ``what`` was asked
    :param ours: summary of a figure; ``stock`` as well, or ``None`` for what Odoo's own shop lacks
    :param floor: milliseconds of a signed-in route that does nothing, asked in the same way
    """
    line = {
        **place,
        "of_stock": round(ours["ms"] / stock["ms"], 3) if stock else None,
        "of_floor": round(ours["ms"] / floor, 2) if floor else None,
        "ours": ours,
        "stock": stock,
    }
    return {**line, **_judged({**line, "ms": ours["ms"]}, [budget] if budget else [])}


def page_row(articles, what, ours, stock, budgets=()) -> dict:
    """One page as a phone sees it; its values are those of Lighthouse."""
    line = {
        "articles": articles,
        "what": what,
        **ours,
        "of_stock": {name: round(ours[name] / stock[name], 3) if stock[name] else None for name in ours},
        "stock": stock,
    }
    return {**line, **_judged(line, budgets)}


def _judged(line, budgets):
    return {
        "budgets": {budget.value: budget.most for budget in budgets},
        "judged": {budget.value: budget.judged(line) for budget in budgets},
        "verdict": "; ".join(budget.text(line) for budget in budgets),
        "met": all(budget.is_met(line) for budget in budgets),
    }


HEAD = ("", "of stock", "of floor", "ours", "stock", "queries", "budget")
WIDTHS = (-40, 9, 9, 8, 8, 11)
PAGE_HEAD = ("", "before pictures", "LCP", "CLS", "blocked", "budget")
PAGE_WIDTHS = (-14, 18, 15, 15, 16)
BUDGET_HEAD = ("", "articles", "budget", "measured", "")
BUDGET_WIDTHS = (-40, 9, 17, 17)
# Of a first view, where one page has several.
NAMES = {"kb": "before pictures", "lcp_ms": "LCP", "cls": "CLS"}


def lines(rows, pages):
    """The table as text, a section for each number of articles and of connections."""
    for articles, connections in dict.fromkeys((one["articles"], one["connections"]) for one in rows):
        how = "1 member, milliseconds at the server"
        if connections > 1:
            how = f"{connections} members at once, milliseconds that each waits"
        yield f"\n{articles:,} articles, {how}"
        yield _line(HEAD, WIDTHS)
        for one in rows:
            if (one["articles"], one["connections"]) == (articles, connections):
                yield _line(_cells(one), WIDTHS)
    for articles in dict.fromkeys(one["articles"] for one in pages):
        yield f"\n{articles:,} articles, first view on a phone through the proxy; in brackets of Odoo's own shop"
        yield _line(PAGE_HEAD, PAGE_WIDTHS)
        for one in pages:
            if one["articles"] == articles:
                yield _line(_page_cells(one), PAGE_WIDTHS)
    yield from _budget_lines([*rows, *pages])


def _budget_lines(measured):
    """Each budget beside what was measured: one thing with all numbers of articles, then the next."""
    judged = {}
    for one in measured:
        for value, words in one["judged"].items():
            what = f"{one['what']}, {NAMES[value]}" if value in NAMES else one["what"]
            cells = (what, f"{one['articles']:,}", f"<= {words['most']}", words["measured"], words["verdict"])
            judged.setdefault(what, []).append(cells)
    if judged:
        yield "\nThe budgets; a race for places and slots has its own, see script/test --race"
        yield _line(BUDGET_HEAD, BUDGET_WIDTHS)
        for cells in judged.values():
            yield from (_line(one, BUDGET_WIDTHS) for one in cells)


def _cells(one):
    ours, stock = one["ours"], one["stock"] or {}
    queries = [str(side["queries"]) for side in (ours, stock) if "queries" in side]
    return (
        one["what"],
        _times(one["of_stock"]),
        _times(one["of_floor"]),
        f"{ours['ms']:.1f}",
        f"{stock['ms']:.1f}" if stock else "",
        " / ".join(queries),
        one["verdict"],
    )


def _page_cells(one):
    stock = one["stock"]
    return (
        one["what"],
        f"{one['kb']:.0f} kB ({stock['kb']:.0f})",
        f"{one['lcp_ms'] / 1000:.2f} s ({stock['lcp_ms'] / 1000:.1f})",
        f"{one['cls']:.3f} ({stock['cls']:.3f})",
        f"{one['blocked_ms']:.0f} ms ({stock['blocked_ms']:.0f})",
        one["verdict"],
    )


def _times(ratio):
    return "" if ratio is None else f"{ratio:.2f} x"


def _line(cells, widths):
    """Cells in columns, right-aligned where the width is positive; the last as it is."""
    padded = [
        cell.rjust(width) if width > 0 else cell.ljust(-width) for cell, width in zip(cells, widths, strict=False)
    ]
    return f"  {' '.join(padded)}  {cells[-1]}".rstrip()
