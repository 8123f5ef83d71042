"""The shelves of the shop, and which of them a catalogue's category belongs to."""

import re

from .csv_table import plain

GROCERY = "Épicerie"
BULK = "Vrac"
PRODUCE = "Fruits et légumes"
CHILLED = "Frais"
FROZEN = "Surgelés"
DRINKS = "Liquides"
BREAD = "Pain"
HOUSEHOLD = "Droguerie et hygiène"
SUNDRIES = "Bazar"
SHELVES = (
    GROCERY,
    BULK,
    PRODUCE,
    CHILLED,
    FROZEN,
    DRINKS,
    BREAD,
    HOUSEHOLD,
    SUNDRIES,
)
STORAGE_CLASS = {CHILLED: "chilled", FROZEN: "frozen"}
# What stands on a shelf.
FOOD = {
    GROCERY: "prepacked",
    BULK: "loose",
    PRODUCE: "loose",
    CHILLED: "prepacked",
    FROZEN: "prepacked",
    DRINKS: "prepacked",
    BREAD: "loose",
    HOUSEHOLD: "none",
    SUNDRIES: "none",
}
# Whether what stands on a shelf may be sent back, see ``product_withdrawal.py``.
WITHDRAWAL = {
    GROCERY: "days",
    BULK: "days",
    PRODUCE: "perishable",
    CHILLED: "perishable",
    FROZEN: "perishable",
    DRINKS: "days",
    BREAD: "perishable",
    HOUSEHOLD: "sealed",
    SUNDRIES: "days",
}

# Word beginnings; the first line that is found in the category decides, so the juice
# in "jus de fruits" stands before the fruits, frozen before the vegetables.
_TABLE = tuple(
    (shelf, re.compile(rf"\b(?:{words})"))
    for shelf, words in (
        (FROZEN, r"surgel|congel|glaces?\b|sorbet|frozen"),
        (BULK, r"vrac|bulk"),
        (
            DRINKS,
            r"jus\b|boisson|eaux?\b|bieres?\b|vins?\b|cidre|sirop|soda|thes?\b|tisane|"
            r"infusion|cafes?\b|nectars?\b|limonade|aperitifs?\b|alcool|liquide|juice",
        ),
        (
            GROCERY,
            r"biscuit|biscotte|pains? d epice|petits? dejeuner|compote|conserve|"
            r"confiture|(?:fruit|legume)s? secs?\b|epicerie",
        ),
        (BREAD, r"pains?\b|boulange|viennoiserie|brioche|bread"),
        (
            CHILLED,
            r"frais\b|fromage|yaourt|crem|beurre|laits?\b|laitier|oeufs?\b|charcut|"
            r"viande|poisson|traiteur|dairy|cheese",
        ),
        (PRODUCE, r"fruit|legume|salade|herbes?\b|primeur|vegetable"),
        (
            HOUSEHOLD,
            r"droguerie|hygiene|entretien|lessive|savon|shampo|cosmet|nettoyant|"
            r"papiers?\b|couches?\b|household",
        ),
        (SUNDRIES, r"bazar|maisons?\b|papeterie|jardin|cuisine|bougie|jouet"),
    )
)
# Sold with the full rate of VAT, whatever shelf they stand on.
_ALCOHOL = re.compile(r"\b(?:biere|vin|cidre|aperitif|spiritueux|alcool|rhum)s?\b")


def shelf_for(category):
    """The shelf that a category's name speaks of, None when it speaks of none."""
    text = plain(category)
    for shelf in SHELVES:
        if text == plain(shelf):
            return shelf
    return next((shelf for shelf, words in _TABLE if words.search(text)), None)


def is_alcohol(category):
    """Whether a category's name speaks of drinks with alcohol."""
    return bool(_ALCOHOL.search(plain(category)))
