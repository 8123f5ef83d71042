"""The number of a member's card, and bars: of cards and of crates.

The number is an EAN-13 that begins with Odoo's prefix for customers, so that any till
reads it. Its bars are Code 128: an EAN-13 that begins with zero is a UPC-A to a
scanner, and most then leave out the zero, and the number is no longer a customer's.
"""

import secrets

from markupsafe import Markup
from reportlab.graphics.barcode.code128 import Code128

from odoo.tools.barcode import get_barcode_check_digit

# Of the rule for customers in Odoo's default nomenclature.
CARD_PREFIX = "042"
CARD_LENGTH = 13
# In widths of the thinnest bar: what a scanner wants to be white on both sides.
QUIET_ZONE = 10
HEIGHT = 48


def new_card_number():
    """A card number that nobody can guess.

    :return: 13 digits
    :rtype: str
    """
    random = CARD_LENGTH - len(CARD_PREFIX) - 1
    number = f"{CARD_PREFIX}{secrets.randbelow(10**random):0{random}}0"
    return number[:-1] + str(get_barcode_check_digit(number))


def read_card_number(text):
    """Return what a scanner read as a card number may be stored, or ``None``.

    :param text: anything that a client may send
    """
    if not isinstance(text, str):
        return None
    number = text.strip()
    if not number or len(number) > 64 or not number.isascii() or not number.isprintable():
        return None
    if number.isdecimal() and len(number) == CARD_LENGTH - 1 and f"0{number}".startswith(CARD_PREFIX):
        # A scanner that takes it for a UPC-A leaves out the first zero.
        return f"0{number}"
    return number


def card_svg(number, label):
    """Draw a card number, or another code, as bars.

    :param str number: what the bars carry, in ASCII
    :param str label: what it is, for those who do not see it
    :rtype: markupsafe.Markup
    """
    code = Code128(number, quiet=0)
    code.validate()
    code.encode()
    code.decompose()
    bars, left = [], QUIET_ZONE
    for sign in code.decomposed:
        # A letter says how wide: a capital is a bar, a small one a gap.
        width = ord(sign.lower()) - ord("a") + 1
        if sign.isupper():
            bars.append(f"M{left} 0h{width}v{HEIGHT}h-{width}z")
        left += width
    total = left + QUIET_ZONE
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="%s"'
        ' viewBox="0 0 %d %d" preserveAspectRatio="none" shape-rendering="crispEdges">'
        '<path fill="#fff" d="M0 0h%dv%dH0z"/><path fill="#000" d="%s"/></svg>'
    ) % (label, total, HEIGHT, total, HEIGHT, "".join(bars))
