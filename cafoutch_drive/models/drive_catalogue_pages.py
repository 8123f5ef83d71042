from odoo import api, models
from odoo.fields import Domain

from ..tools.paging import linked_pages
from .drive_catalogue_filters import UNFILTERED

PAGE_SIZE = 48
# Lines of baskets kept, in their quantities; some 1 kB each.
LINES_KEPT = 10000


class DriveCatalogue(models.AbstractModel):
    """What the pages show of the catalogue to the owner of a basket."""

    _inherit = "drive.catalogue"

    # === PAGES === #

    @api.model
    def _page_values(self, partner):
        """What each page of the shop shows around its own content.

        :param partner: the person who reads it
        """
        basket = self.env["sale.order"]._drive_page_basket(partner)
        pricelist = self.env["product.pricelist"].browse(basket["pricelist_id"])
        contents = self._contents(pricelist, basket["version"])
        basket["figures"] = self._figures(contents, self.env["res.currency"].browse(basket["currency_id"]))
        self._index(contents)
        rows = self._rows(contents, pricelist, basket["held"])
        gone = self._gone_ids(contents, basket["held"])
        moved = self._moved_prices(contents, pricelist, [line for line in basket["seen"] if line[0] not in gone])
        if moved:
            basket.update(self.env["sale.order"].browse(basket["order_id"])._drive_page_repriced(moved))
        self._leave_out(basket, gone)
        lines = [
            self._basket_line(contents, rows[number], line, basket["figures"], number in gone)
            for number, line in basket["held"].items()
            if number in rows
        ]
        return {
            "coop": basket["coop"],
            "basket": basket,
            "basket_lines": lines,
            "estimated": any(line["measured"] and not line["gone"] for line in lines),
            "total_text": basket["figures"].money(basket["total"]),
            "count_text": self._count_text(basket["count"]),
            "gone_ids": gone,
            "gone_text": self._gone_text(rows, gone),
            "prices_text": basket.get("prices_text", ""),
            "held_slot": self.env["drive.slot"]._page_held(basket),
            "shelves": [shelf for shelf in contents.shelves.values() if not shelf.parent_id],
            "contents": contents,
            "pricelist": pricelist,
        }

    @api.model
    def _gone_ids(self, contents, product_ids):
        """Which of these products are no longer sold, in their order.

        :rtype: list[int]
        """
        if contents.index is None:
            # Who changes a quantity does not wait until all of the shop has been read.
            held = Domain("id", "in", list(product_ids)) & Domain(self._domain())
            sold = self.env["product.product"].search(held).ids
        else:
            sold = self._sold_ids(contents)
        return [number for number in product_ids if number not in sold]

    @api.model
    def _leave_out(self, basket, gone):
        """What is no longer sold counts nothing.

        :param basket: of ``sale.order._drive_page_basket``, to be changed
        """
        for number in gone:
            basket["count"] -= 1
            basket["total"] = round(basket["total"] - basket["held"][number][1], 6)

    @api.model
    def _gone_text(self, rows, gone):
        """What is said of articles of a basket that are no longer sold, if any are."""
        names = [rows[number]["name"] for number in gone if number in rows]
        return names and self.env["sale.order"]._drive_gone_text(names)

    @api.model
    def _basket_line(self, contents, row, held, figures, gone):
        """What pages say of a line of a basket: made once for all baskets with such a line,
        as cards are, and ``html``, as it stands beside a list, too.

        :param held: ``(quantity, total)`` of it in the basket
        :param gone: whether it is no longer sold
        """
        quantity, total = held
        state = (row["id"], quantity, total, figures.currency_name, gone)
        line = contents.lines.get(state)
        if line is None:
            if len(contents.lines) >= LINES_KEPT:
                contents.lines.clear()
            line = contents.lines[state] = {
                "id": row["id"],
                "name": row["name"],
                "prices": " · ".join(filter(None, (row["price_text"], row["compared"]))),
                "measured": row["measured"],
                "gone": gone,
                "quantity": self._quantity_text(row, quantity, figures),
                "total": figures.money(total),
            }
            line["html"] = self.env["ir.qweb"]._render("cafoutch_drive.shop_panel_line", {"line": line})
        return line

    @api.model
    def _quantity_text(self, row, quantity, figures):
        """A quantity in words, such as "4 pieces, about 0.6 kg"."""
        text = self._with_unit(row, figures.number(quantity))
        if row["by_piece"]:
            return self._pieces_text(int(self._in_steps(row, quantity)), text)
        if row["measured"]:
            return self.env._("about %(weight)s", weight=text)
        return f"× {text}"

    @api.model
    def _pieces_text(self, pieces, weight):
        """What is ordered in pieces and sold by weight, in words."""
        if pieces == 1:
            return self.env._("1 piece, about %(weight)s", weight=weight)
        return self.env._("%(count)s pieces, about %(weight)s", count=pieces, weight=weight)

    @api.model
    def _with_unit(self, row, number):
        return f"{number}\N{NO-BREAK SPACE}{row['uom']}" if row["uom"] else number

    @api.model
    def _count_text(self, count):
        if count == 1:
            return self.env._("1 product")
        return self.env._("%(count)s products", count=count)

    @api.model
    def _found_text(self, count, number, last):
        text = self._count_text(count)
        if last == 1:
            return text
        return self.env._(
            "%(products)s, page %(page)s of %(last)s",
            products=text,
            page=number,
            last=last,
        )

    @api.model
    def _product_list(self, values, number, shelf_id=None, query=None, choices=UNFILTERED):
        """One page of a shelf, of a search, or of the whole shop.

        :param values: of :meth:`_page_values`
        :param number: which page; the nearest one that exists is given
        :param Choices choices: of :meth:`_read_choices`
        :return: dict, ``None`` for a shelf that does not exist
        """
        contents = values["contents"]
        if shelf_id is not None and shelf_id not in contents.shelves:
            return None
        listing = self._listing(contents, values["pricelist"], shelf_id, query, choices)
        entries = listing.entries
        if choices.left:
            warehouse = self.env["stock.warehouse"].browse(values["basket"]["warehouse_id"])
            entries = self._left_only(entries, warehouse)
        last = max(-(-len(entries) // PAGE_SIZE), 1)
        number = min(max(number, 1), last)
        shown = entries[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
        return {
            "cards": self._cards(values, [entry.product_id for entry in shown]),
            "listing": listing,
            "found_text": self._found_text(len(entries), number, last),
            "page": number,
            "pages": linked_pages(number, last),
            **self._shelf_values(contents, shelf_id),
        }

    @api.model
    def _shelf_values(self, contents, shelf_id):
        """Where a shelf is: its name, the shelves to go to from it, the outermost one.

        From a shelf that has others in it one goes to these, from one that has none to
        those beside it.
        """
        shelf = contents.shelves.get(shelf_id)
        if not shelf:
            return {"shelf_name": None, "branch": None, "near_shelves": [], "root_id": None}
        branch = shelf if shelf.child_ids or not shelf.parent_id else contents.shelves[shelf.parent_id]
        root = shelf
        while root.parent_id:
            root = contents.shelves[root.parent_id]
        return {
            "shelf_name": shelf.name,
            "branch": branch,
            "near_shelves": [contents.shelves[child] for child in branch.child_ids],
            "root_id": root.id,
        }

    @api.model
    def _product_card(self, values, product_id):
        """The card of a product that is sold, or ``None``."""
        if product_id not in self._sold_ids(values["contents"]):
            return None
        [card] = self._cards(values, [product_id])
        return card

    @api.model
    def _basket_cards(self, values):
        """The cards of what is in the basket."""
        return self._cards(values, list(values["basket"]["held"]))

    @api.model
    def _in_steps(self, row, quantity):
        """A basket's quantity in the unit of the stepper."""
        if row["by_piece"]:
            return float(round(quantity / row["piece_weight"]))
        return quantity
