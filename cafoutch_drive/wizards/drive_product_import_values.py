import re

from odoo import api, models
from odoo.fields import Command, Domain

from ..tools.csv_table import plain
from ..tools.made_up_price import made_up_price
from ..tools.shelves import (
    GROCERY,
    HOUSEHOLD,
    STORAGE_CLASS,
    SUNDRIES,
    is_alcohol,
    shelf_for,
)

FOOD_VAT, FULL_VAT = 5.5, 20.0
MAX_PRICE, MAX_STOCK = 100_000, 1_000_000
UNITS = {
    "uom.product_uom_unit": "u unite piece pce pc p unit each ea",
    "uom.product_uom_kgm": "kg kilo kilogramme",
    "uom.product_uom_gram": "g gr gramme",
    "uom.product_uom_litre": "l litre liter",
    "cafoutch_drive.uom_bunch": "botte bunch",
}
# What a net quantity may be written in: (unit of the field, how many of them).
NET_UNITS = {
    "kg": ("kg", 1),
    "g": ("kg", 0.001),
    "l": ("l", 1),
    "cl": ("l", 0.01),
    "ml": ("l", 0.001),
    "piece": ("piece", 1),
}
STORAGE_NAMES = {
    "ambient": "ambient ambiant sec",
    "chilled": "chilled frais refrigere",
    "frozen": "frozen surgele congele",
}


class DriveProductImport(models.TransientModel):
    """From the cells of a row to the values of a product."""

    _inherit = "drive.product.import"

    @api.model
    def _columns(self):
        """The columns, with the other names that a file may give them."""
        return {
            "barcode": ("ean", "ean13", "gtin", "code", "code barre", "code barres"),
            "name": ("nom", "produit", "product", "designation", "libelle", "article"),
            "shelf": ("rayon", "category", "categorie", "famille"),
            "price": ("prix", "prix ttc", "pvp", "prix de vente", "price incl tax"),
            "unit": ("unite", "uom", "vendu par", "unite de vente"),
            "stock": ("quantite", "quantity", "qty", "qte", "en stock", "on hand"),
            "brand": ("marque",),
            "producer": ("producteur", "fournisseur", "supplier"),
            "origin": ("origine", "provenance"),
            "labels": ("label", "etiquettes", "tags"),
            "vat": ("tva", "taux tva", "tax"),
            "net": ("contenance", "poids net", "quantite nette", "net quantity"),
            "storage": ("conservation", "storage class"),
            "step": ("pas", "order step"),
            "piece_weight": ("poids piece", "poids d une piece", "piece weight"),
        }

    @api.model
    def _required_columns(self):
        return ("barcode", "name")

    def _row_values(self, cells):
        values = super()._row_values(cells)
        if "barcode" not in values:
            self._refuse(self.env._("the barcode is missing."))
        if "name" not in values:
            self._refuse(self.env._("the name is missing."))
        return values

    # === CELLS === #

    def _read_barcode(self, text, values):
        barcode = text.replace(" ", "")
        if re.fullmatch(r"[\d.,]+[eE]\+?\d+", barcode):
            self._refuse(
                self.env._(
                    "a spreadsheet has shortened the barcode “%s”: format that column as text.",
                    text,
                )
            )
        if not re.fullmatch(r"[0-9]{4,20}", barcode):
            self._refuse(self.env._("“%s” is not a barcode (4 to 20 digits).", text[:40]))
        values["barcode"] = barcode

    def _read_name(self, text, values):
        values["name"] = self._text(text)

    def _read_brand(self, text, values):
        values["drive_brand"] = self._text(text)

    def _read_producer(self, text, values):
        values["drive_producer"] = self._text(text)

    def _read_origin(self, text, values):
        values["drive_origin"] = self._text(text)

    def _read_shelf(self, text, values):
        values["shelf"] = self._text(text)

    def _read_price(self, text, values):
        price = self._number(re.sub(r"(?i)\s*(€|eur|euros?)$", "", text), 2)
        if not 0 < price <= MAX_PRICE:
            self._refuse(
                self.env._(
                    "the price %(price)s is not between 0.01 and %(limit)s.",
                    price=text,
                    limit=MAX_PRICE,
                )
            )
        values["price"] = price

    def _read_stock(self, text, values):
        stock = self._number(text, 3)
        if not 0 <= stock <= MAX_STOCK:
            self._refuse(
                self.env._(
                    "the stock %(stock)s is not between 0 and %(limit)s.",
                    stock=text,
                    limit=MAX_STOCK,
                )
            )
        values["stock"] = stock

    def _number(self, text, decimals):
        """A number written the French or the English way.

        More decimals than the column can have are refused, not rounded: in "1.500"
        one person reads one and a half, another fifteen hundred.
        """
        digits = re.sub(r"\s", "", text)
        if "," in digits and "." in digits:
            # The last of them is the decimal mark; the other groups thousands.
            group = "," if digits.rindex(".") > digits.rindex(",") else "."
            digits = digits.replace(group, "")
        digits = digits.replace(",", ".")
        if not re.fullmatch(r"[+-]?\d{1,15}(\.\d*)?", digits):
            self._refuse(self.env._("“%s” is not a number.", text[:40]))
        fraction = digits.partition(".")[2].rstrip("0")
        if len(fraction) > decimals:
            self._refuse(
                self.env._(
                    "“%(number)s” has more than %(decimals)s decimals.",
                    number=text[:40],
                    decimals=decimals,
                )
            )
        return float(digits)

    def _read_unit(self, text, values):
        wanted = _singular(text)
        for xmlid, names in UNITS.items():
            if wanted in names.split():
                values["uom_id"] = self._unit(xmlid).id
                return
        named = (
            self.env["uom.uom"].search([("name", "!=", False)]).filtered(lambda unit: _singular(unit.name) == wanted)
        )
        if not named:
            self._refuse(self.env._("“%s” is not a unit: kg, litre, piece, bunch…", text[:40]))
        values["uom_id"] = named[0].id

    def _read_labels(self, text, values):
        names = [name.strip() for name in re.split(r"[|,;/]", text) if name.strip()]
        values["labels"] = [self._text(name) for name in names]

    def _read_vat(self, text, values):
        values["vat"] = self._number(text.rstrip("% "), 2)

    def _read_net(self, text, values):
        match = re.fullmatch(r"([\d.,]+)\s*([^\W\d_]+)", text)
        unit, factor = NET_UNITS.get(_singular(match[2]) if match else "", (None, 0))
        if not unit:
            self._refuse(self.env._("“%s” is not a net quantity such as 500 g.", text[:40]))
        quantity = round(self._number(match[1], 3) * factor, 4)
        if not 0 < quantity <= 1000:
            self._refuse(self.env._("“%s” is not a net quantity such as 500 g.", text[:40]))
        values.update(drive_net_quantity=quantity, drive_net_unit=unit)

    def _read_storage(self, text, values):
        wanted = plain(text)
        for storage_class, names in STORAGE_NAMES.items():
            if wanted in names.split():
                values["drive_storage_class"] = storage_class
                return
        self._refuse(self.env._("“%s” is not a storage: ambient, chilled or frozen.", text[:40]))

    def _read_step(self, text, values):
        values["drive_qty_step"] = self._positive(text)

    def _read_piece_weight(self, text, values):
        values["drive_piece_weight"] = self._positive(text)

    def _positive(self, text):
        number = self._number(text, 3)
        if not 0 < number <= 1000:
            self._refuse(self.env._("“%s” is not between 0.001 and 1000.", text[:40]))
        return number

    # === WHAT A PRODUCT NEEDS === #

    def _new_product(self, values):
        """Values to create the product of a row."""
        shelf = self._find_shelf(values.get("shelf"))
        price = values.get("price")
        if not price and self.made_up_prices:
            price = made_up_price(values["barcode"], shelf._drive_known_name())
        if not price:
            self._refuse(self.env._("the price is missing."))
        unit = self.env["uom.uom"].browse(values.get("uom_id"))
        unit = unit or self._unit("uom.product_uom_unit")
        self._check_whole(unit, values.get("stock", 0))
        taxes = self._taxes(values, shelf)
        defaults = {
            "type": "consu",
            "is_storable": True,
            "sale_ok": True,
            "available_in_pos": True,
            "drive_ok": True,
            "uom_id": unit.id,
            "to_weight": unit._has_common_reference(self._unit("uom.product_uom_kgm")),
            "drive_storage_class": STORAGE_CLASS.get(shelf._drive_known_name(), "ambient"),
            "pos_categ_ids": [Command.set(shelf.ids)],
            "list_price": self._list_price(price, taxes),
        }
        if taxes:
            defaults["taxes_id"] = [Command.set(taxes.ids)]
        return {**defaults, **self._common_values(values)}

    def _changed_values(self, product, values):
        """Values to write on a product that exists: what the row says otherwise."""
        wanted = self._common_values(values)
        wanted["drive_ok"] = wanted["available_in_pos"] = True
        if "stock" in values:
            wanted["is_storable"] = True
            unit = self.env["uom.uom"].browse(values.get("uom_id")) or product.uom_id
            self._check_whole(unit, values["stock"])
        if values.get("shelf"):
            shelf = self._find_shelf(values["shelf"])
            wanted["pos_categ_ids"] = [Command.set(shelf.ids)]
        taxes = product.taxes_id._filter_taxes_by_company(self.env.company)
        if "vat" in values:
            taxes = self._taxes(values, product.pos_categ_ids[:1])
            wanted["taxes_id"] = [Command.set(taxes.ids)]
        if "price" in values:
            wanted["list_price"] = self._list_price(values["price"], taxes)
        return {field: value for field, value in wanted.items() if not self._is_same(product, field, value)}

    def _common_values(self, values):
        own = ("shelf", "price", "stock", "vat", "labels")
        product = {field: value for field, value in values.items() if field not in own}
        if "labels" in values:
            product["product_tag_ids"] = [Command.set([self._find_label(name).id for name in values["labels"]])]
        return product

    def _is_same(self, product, field, value):
        kind = product._fields[field].type
        if kind == "many2many":
            return set(product[field].ids) == set(value[0][2])
        if kind == "many2one":
            return product[field].id == value
        if kind == "float":
            return abs(product[field] - value) < 1e-6
        return product[field] == value

    def _unit(self, xmlid):
        return self._found("unit", xmlid, lambda: self.env.ref(xmlid))

    def _find_shelf(self, text):
        """The shelf of a category: one of that name, else by the table of
        `tools/shelves.py`, else grocery. Made if the shop does not have it yet."""
        name = (text and shelf_for(text)) or GROCERY
        return self._found("shelf", text, lambda: self._named("pos.category", text or name, name))

    def _find_label(self, name):
        return self._found("label", name, lambda: self._named("product.tag", name))

    def _named(self, model, *names):
        """The record with one of these names, whatever its accents and capitals;
        made with the last name if there is none."""
        records = self.env[model].search([("name", "!=", False)])
        for name in names:
            for record in records:
                if plain(record.name) == plain(name):
                    return record
        return records.create({"name": names[-1]})

    def _taxes(self, values, shelf):
        """The sale tax of a row's rate, with the price included where there is one.

        Without a rate in the row: food's, or the full rate by shelf and category.
        Nothing when the company has no such tax: the product then has its default.
        """
        rate = values.get("vat")
        if rate is None:
            full = shelf._drive_known_name() in (HOUSEHOLD, SUNDRIES)
            full = full or is_alcohol(values.get("shelf", ""))
            rate = FULL_VAT if full else FOOD_VAT
        taxes = self._found("tax", rate, lambda: self._search_tax(rate))
        if not taxes and "vat" in values:
            self._refuse(self.env._("the company has no sale tax of %s %%.", rate))
        return taxes

    def _search_tax(self, rate):
        """A chart of accounts brings rates that are archived until used: those too."""
        taxes = self.env["account.tax"].with_context(active_test=False)
        found = taxes.search(
            Domain("company_id", "parent_of", self.env.company.id)
            & Domain("type_tax_use", "=", "sale")
            & Domain("amount_type", "=", "percent")
            & Domain("amount", "=", rate)
            & Domain("tax_scope", "in", (False, "consu"))
        )
        tax = found.sorted(lambda tax: (not tax.price_include, not tax.active))[:1]
        if tax and not tax.active:
            tax.active = True
        return tax.with_env(self.env)

    def _list_price(self, price, taxes):
        """The list price with which members pay `price`: the same, except where the
        company's tax is added to its prices."""
        added = taxes.filtered(lambda tax: tax.amount_type == "percent" and not tax.price_include)
        return price / (1 + sum(added.mapped("amount")) / 100) if added else price


def _singular(text):
    return plain(text).removesuffix("s")
