from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.client_id import read_id
from ..tools.csv_table import plain
from ..tools.refusal import DriveRefused

LONGEST_NAME = 40
MOST_LISTS = 30
MOST_PRODUCTS = 200


class DriveList(models.Model):
    """Products that a member takes again: a list with a name, or their favourites.

    A list is its person's, and nobody else's; the household may use one that its
    person shares with it, but only they change it. Pages work with ``sudo()`` and come
    in by ``_drive_of`` and ``_drive_find``, which say whose a list is.
    """

    _name = "drive.list"
    _description = "Member's list of products"
    _order = "name, id"

    name = fields.Char(required=True)
    partner_id = fields.Many2one("res.partner", string="Member", required=True, index=True, ondelete="cascade")
    is_favourites = fields.Boolean(help="The one list of what this person likes, without quantities.")
    is_shared = fields.Boolean(help="The person's household sees it and may put it into a basket.")
    line_ids = fields.One2many("drive.list.line", "list_id")

    _favourites_uniq = models.UniqueIndex(
        "(partner_id) WHERE is_favourites",
        "This person already has favourites.",
    )
    _name_uniq = models.UniqueIndex(
        "(partner_id, lower(name)) WHERE NOT COALESCE(is_favourites, FALSE)",
        "This person already has a list with this name.",
    )

    # === FINDING === #

    @api.model
    def _drive_of(self, partner):
        """The lists that a person may use: their own, then those that their household
        shares with them."""
        people = partner._drive_household_people() | partner
        lists = self.search([("is_favourites", "=", False), ("partner_id", "in", people.ids)])
        return lists.filtered(lambda one: one.partner_id == partner) + lists.filtered(
            lambda one: one.partner_id != partner and one.is_shared
        )

    @api.model
    def _drive_find(self, partner, list_id, to_change=False):
        """Return a list that a person may use, empty when there is none such.

        :param list_id: anything that a page sends
        :param to_change: only one of their own
        """
        found = self.browse(read_id(list_id, from_text=True)).exists()
        if found not in self._drive_of(partner) or (to_change and found.partner_id != partner):
            return self.browse()
        return found

    @api.model
    def _drive_favourites(self, partner, create=False):
        """The favourites of a person; empty while they have none, unless ``create``."""
        found = self.search([("partner_id", "=", partner.id), ("is_favourites", "=", True)])
        if found or not create:
            return found
        return self.create({"name": "favourites", "partner_id": partner.id, "is_favourites": True})

    @api.model
    def _sql_liked(self, person):
        """SQL of the ids of a person's favourites, for a query that reads something else as well.

        :param person: SQL of their id
        """
        return SQL(
            """ARRAY(SELECT line.product_id
                       FROM drive_list list
                       JOIN drive_list_line line ON line.list_id = list.id
                      WHERE list.partner_id = %s AND list.is_favourites)""",
            person,
        )

    def _drive_quantities(self):
        """``{product: quantity}`` of what is in this list."""
        return {line.product_id: line.quantity for line in self.line_ids}

    # === CHANGING === #

    @api.model
    def _drive_keep(self, partner, name, quantities):
        """Keep products in a person's list with this name, which is made when there is
        none yet. Quantities are raised, never lowered: keeping twice is keeping once.

        To be run under ``lock_first`` on the household, as what follows.

        :param name: anything that a page sends
        :param quantities: ``{product: quantity}``
        :raise DriveRefused: nothing is changed
        """
        name = self._drive_parse_name(name)
        own = self._drive_of(partner).filtered(lambda one: one.partner_id == partner)
        found = own.filtered(lambda one: plain(one.name) == plain(name))[:1]
        if not found:
            if len(own) >= MOST_LISTS:
                raise DriveRefused(
                    "too_many",
                    self.env._("You already have %s lists. Please delete one first.", MOST_LISTS),
                    "/drive/lists",
                )
            found = self.create({"name": name, "partner_id": partner.id})
        held = found._drive_quantities()
        for product, quantity in quantities.items():
            found._drive_set(product, max(quantity, held.get(product, 0.0)))
        return found

    @api.model
    def _drive_parse_name(self, name):
        name = " ".join(name.replace("\0", "").split()) if isinstance(name, str) else ""
        if not name or len(name) > LONGEST_NAME:
            raise DriveRefused(
                "bad_name",
                self.env._("Please give the list a name of up to %s characters.", LONGEST_NAME),
            )
        return name

    def _drive_rename(self, name, is_shared):
        """Give this list another name, and say whether the household may use it.

        :raise DriveRefused: when another list has this name
        """
        self.ensure_one()
        name = self._drive_parse_name(name)
        others = self.search([("partner_id", "=", self.partner_id.id), ("is_favourites", "=", False)]) - self
        if plain(name) in {plain(one.name) for one in others}:
            raise DriveRefused("same_name", self.env._("You already have a list named “%s”.", name))
        self.write({"name": name, "is_shared": bool(is_shared)})

    def _drive_set(self, product, quantity):
        """Keep so much of a product in this list; 0 takes it out.

        :raise DriveRefused: when the list is full
        """
        self.ensure_one()
        line = self.line_ids.filtered(lambda line: line.product_id == product)
        if quantity <= 0:
            line.unlink()
        elif line:
            line.quantity = quantity
        elif len(self.line_ids) >= MOST_PRODUCTS:
            raise DriveRefused(
                "too_many",
                self.env._("This list already has %s products. Please take one out first.", MOST_PRODUCTS),
            )
        else:
            self.write({"line_ids": [fields.Command.create({"product_id": product.id, "quantity": quantity})]})


class DriveListLine(models.Model):
    _name = "drive.list.line"
    _description = "Product in a member's list"
    _order = "id"

    list_id = fields.Many2one("drive.list", required=True, index=True, ondelete="cascade")
    product_id = fields.Many2one("product.product", required=True, index=True, ondelete="cascade")
    quantity = fields.Float(digits="Product Unit", required=True, default=1.0, help="In the product's own unit.")

    _product_uniq = models.UniqueIndex("(list_id, product_id)", "This product is already in the list.")
    _quantity_positive = models.Constraint("CHECK (quantity > 0)", "What is in a list has a quantity.")
