"""A member answers while a preparer, another tap or a manager decides otherwise about the same
article, in transactions that are both under way: one of the two happens, the other is told."""

import html
import re
from concurrent.futures import ThreadPoolExecutor

import psycopg2
import requests

from preparing import cells, fill_batch
from support import Rpc, run_check, statements

LINES = 6
TAKEN, TOO_LATE = 303, 409
# Who comes beside the answer, and whether the answer is there first: what the member is told, what
# comes of the other; the state of the order, whether the article is missing, how many replace it.
OUTCOMES = {
    ("undo", True): (TAKEN, "done", ("preparing", False, 0)),
    ("undo", False): (TOO_LATE, "done", ("preparing", False, 0)),
    ("finish", True): (TAKEN, "refused", ("preparing", True, 1)),
    ("finish", False): (TAKEN, "refused", ("preparing", True, 1)),
    ("cancel", True): (TAKEN, "done", ("cancelled", True, 1)),
    ("cancel", False): (TOO_LATE, "done", ("cancelled", True, 0)),
    ("nothing", True): (TAKEN, TOO_LATE, ("preparing", True, 1)),
    ("nothing", False): (TOO_LATE, TAKEN, ("preparing", True, 0)),
}
# What nobody asked for stands in a basket.
LEFT_BEHIND = """
SELECT s.id FROM sale_order_line s JOIN sale_order_line m ON m.id = s.drive_substitute_of_id
 WHERE m.drive_shortage_reason IS NULL"""
MISCOUNTED = """
SELECT q.product_id FROM
       (SELECT product_id, sum(reserved_quantity) AS quants FROM stock_quant GROUP BY 1) q
  JOIN (SELECT product_id, sum(quantity_product_uom) AS lines FROM stock_move_line
         WHERE state NOT IN ('done', 'cancel', 'draft') GROUP BY 1) m USING (product_id)
 WHERE abs(q.quants - m.lines) > 0.0005"""
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


class Race:
    """A batch in which each basket waits for its member's answer, and for nothing else."""

    def __init__(self, shop, query, baskets):
        self.shop, self.query = shop, query
        self.admin, self.preparer = (Rpc(shop.url, shop.database, login) for login in ("admin", "benevole"))
        self.batch = fill_batch(shop, baskets, LINES)
        self.sent = 0
        self.missing = {basket["id"]: self.counted(basket) for basket in self.batch["baskets"]}
        self.prepare()

    def counted(self, basket):
        """What is missing of a basket: a line that is counted."""
        return next(
            cell
            for cell in cells(self.batch).values()
            if cell["basket"] == basket["id"] and not cell["stop"]["measured"]
        )

    def apply(self, *ops):
        """Do what a preparer's screen sends."""
        sent = []
        for kind, args in ops:
            self.sent += 1
            sent.append({"uuid": f"race-{self.sent}", "no": self.sent, "kind": kind, "args": args})
        answer = self.preparer("drive.preparation", "apply", self.batch["id"], "race", sent)
        return [word for op in sent for word in ("done", "refused", "conflict") if op["uuid"] in str(answer[word])]

    def beside(self, stop):
        """An article that can replace another one, with goods that are counted.

        :return: its id
        """
        values = {"name": f"{stop['name']} d’à côté", "is_storable": True, "drive_food": "none"}
        [product] = self.admin("product.product", "copy", [stop["id"]], values)
        self.query(
            "INSERT INTO stock_quant (product_id, location_id, company_id, quantity, reserved_quantity, in_date)"
            " SELECT %s, w.lot_stock_id, w.company_id, 1000, 0, now() FROM stock_warehouse w"
            "  JOIN drive_point p ON p.warehouse_id = w.id LIMIT 1",
            product,
        )
        return product

    def prepare(self):
        missing = {cell["line"]: cell for cell in self.missing.values()}
        others = [cell for line, cell in cells(self.batch).items() if line not in missing]
        self.admin("sale.order.line", "write", list(missing), {"drive_substitution": "ask"})
        [place] = self.query("SELECT id FROM drive_place WHERE barcode = 'PLACE-A1'")[0]
        products = {cell["stop"]["id"]: self.beside(cell["stop"]) for cell in missing.values()}
        ops = [("begin", {"sure": True})]
        ops += [("take", {"line": cell["line"], "qty": cell["wanted"]}) for cell in others]
        for order, cell in self.missing.items():
            ops += [
                ("crate", {"order": order, "storage_class": "ambient", "number": 1}),
                ("place", {"order": order, "number": 1, "place": place}),
                ("short", {"line": cell["line"], "qty": 0, "reason": "missing"}),
                ("ask_member", {"line": cell["line"], "products": [products[cell["stop"]["id"]]]}),
            ]
        assert set(self.apply(*ops)) == {"done"}

    def page(self, order):
        """The address of an order's question."""
        line = self.missing[order]["line"]
        mails = [("body_html", "like", "/drive/question/")]
        questions = dict(self.query("SELECT id, line_id FROM drive_question"))
        for mail in self.admin("mail.mail", "search_read", mails, ["body_html", "res_id"]):
            if questions[mail["res_id"]] == line:
                return html.unescape(re.search(r"/drive/question/[^\"]+", mail["body_html"])[0])
        raise AssertionError("nobody was asked")

    def answers(self, order, page, answer=None):
        """The member answers: the one choice, or what is given."""
        choices = "SELECT c.id FROM drive_question_choice c JOIN drive_question q ON q.id = c.question_id"
        [[choice]] = self.query(f"{choices} WHERE q.line_id = %s", self.missing[order]["line"])
        data = {"answer": answer or choice}
        return requests.post(f"{self.shop.url}{page}", data, allow_redirects=False, timeout=60).status_code

    def acts(self, rival, order, page):
        line = self.missing[order]["line"]
        if rival == "cancel":
            self.admin("sale.order", "action_cancel", [order])
            return "done"
        if rival == "nothing":
            return self.answers(order, page, "nothing")
        [word] = self.apply(("undo", {"line": line}) if rival == "undo" else ("finish", {"order": order}))
        return word

    def run(self, rival, answers_first, order):
        """Both wait for somebody who holds the order, in their order; then they go on.

        :return: the status of the answer, and what came of the rival
        """
        page = self.page(order)
        jobs = [lambda: self.answers(order, page), lambda: self.acts(rival, order, page)]
        if not answers_first:
            jobs.reverse()
        holder = psycopg2.connect(dbname=self.shop.database)
        try:
            with holder.cursor() as cursor, ThreadPoolExecutor(2) as pool:
                cursor.execute("SELECT id FROM sale_order WHERE id = %s FOR UPDATE", [order])
                running = []
                for number, job in enumerate(jobs, 1):
                    running.append(pool.submit(job))
                    while self.query(WAITING) != [(number,)] and not running[-1].done():
                        pass
                holder.rollback()
                results = [job.result() for job in running]
        finally:
            holder.close()
        return tuple(results if answers_first else reversed(results))

    def state(self, order):
        """Of an order: its state, whether its article is missing, what replaces it."""
        [row] = self.query(
            "SELECT o.drive_state, m.drive_shortage_reason IS NOT NULL, count(s.id) FROM sale_order_line m"
            "  JOIN sale_order o ON o.id = m.order_id"
            "  LEFT JOIN sale_order_line s ON s.drive_substitute_of_id = m.id"
            " WHERE m.id = %s GROUP BY 1, 2",
            self.missing[order]["line"],
        )
        return row


def test_one_of_the_two_happens(new_server):
    shop = new_server("demo")
    with statements(shop.database) as query:
        race = Race(shop, query, len(OUTCOMES))
        found = {}
        for (rival, answers_first), order in zip(OUTCOMES, race.missing, strict=True):
            found[rival, answers_first] = (*race.run(rival, answers_first, order), race.state(order))
        assert found == OUTCOMES
        assert query(LEFT_BEHIND) == []
        assert query(MISCOUNTED) == []
    assert run_check(shop) == (0, "")


def test_a_question_that_nobody_withdraws_is_caught(mutant_database, new_server):
    """What is found after all is then replaced all the same."""
    shop = new_server(name=mutant_database("drive_mutant_question", "demo"))
    with statements(shop.database) as query:
        race = Race(shop, query, 1)
        [order] = race.missing
        assert race.run("undo", False, order) == (TAKEN, "done")
        assert len(query(LEFT_BEHIND)) == 1
