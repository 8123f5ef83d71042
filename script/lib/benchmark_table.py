"""The rows of the benchmark: ratios, budgets, and how they are printed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Budget:
    """The most that one value of a row may be."""

    value: str
    most: float
    unit: str = ""

    def text(self, row) -> str:
        verdict = "met" if self.is_met(row) else "NOT MET"
        return f"<= {self.most:g}{self.unit and ' ' + self.unit}: {verdict}"

    def is_met(self, row) -> bool:
        return row[self.value] is not None and row[self.value] <= self.most


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
        "verdict": "; ".join(budget.text(line) for budget in budgets),
        "met": all(budget.is_met(line) for budget in budgets),
    }


HEAD = ("", "of stock", "of floor", "ours", "stock", "queries", "budget")
WIDTHS = (-40, 9, 9, 8, 8, 11)
PAGE_HEAD = ("", "before pictures", "LCP", "CLS", "blocked", "budget")
PAGE_WIDTHS = (-14, 18, 15, 15, 16)


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
