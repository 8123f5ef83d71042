"""Quantities as people type them: "0,2 kg", "200 g", "4 pièces", "3"."""

import math
import re
from typing import NamedTuple

from .csv_table import plain

_TYPED = re.compile(r"([\d\s.,]+?)\s*([^\W\d_]+)\.?")
# What a unit may be called: what it measures, and how many kilos or litres it is.
UNITS = {
    "kg": ("kg", 1.0),
    "kilo": ("kg", 1.0),
    "kilogramme": ("kg", 1.0),
    "g": ("kg", 0.001),
    "gr": ("kg", 0.001),
    "gramme": ("kg", 0.001),
    "gram": ("kg", 0.001),
    "l": ("l", 1.0),
    "litre": ("l", 1.0),
    "cl": ("l", 0.01),
    "centilitre": ("l", 0.01),
    "ml": ("l", 0.001),
    "p": ("piece", 1.0),
    "pc": ("piece", 1.0),
    "piece": ("piece", 1.0),
}


class Typed(NamedTuple):
    number: float
    """In kilos, litres or pieces where the unit was said."""
    measure: str | None
    """``kg``, ``l`` or ``piece``; ``None`` for a number alone."""


def read_quantity(value):
    """What a page sends as a quantity; ``None`` for anything that is none.

    :param value: a number, or a text as somebody typed it: anything may be in it
    :rtype: Typed | None
    """
    number = read_number(value)
    if number is not None:
        return Typed(number, None)
    match = _TYPED.fullmatch(value.strip()) if isinstance(value, str) and len(value) < 40 else None
    if not match:
        return None
    number = read_number(re.sub(r"\s", "", match[1]))
    unit = plain(match[2])
    known = UNITS.get(unit) or UNITS.get(unit.removesuffix("s"))
    if number is None or not known:
        return None
    measure, factor = known
    return Typed(number * factor, measure)


def read_number(value, beyond=1e12):
    """A finite number, or ``None`` for anything else; a text may have a decimal comma.

    :param beyond: a number as large as this is none
    """
    if isinstance(value, str):
        value = value.strip().replace(",", ".")
    elif isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and abs(number) < beyond else None
