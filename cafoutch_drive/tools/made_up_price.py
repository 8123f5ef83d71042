"""Prices for trying the drive on a catalogue that has none."""

import zlib

# Usual shelf prices, lowest and highest in cents, by shelf.
RANGES = {
    "Épicerie": (119, 549),
    "Vrac": (190, 1490),
    "Fruits et légumes": (180, 690),
    "Frais": (139, 790),
    "Surgelés": (249, 890),
    "Liquides": (129, 499),
    "Pain": (110, 590),
    "Droguerie et hygiène": (189, 1190),
    "Bazar": (199, 1990),
}
DEFAULT_RANGE = (149, 599)


def made_up_price(barcode, shelf):
    """A plausible price, the same each time for a barcode: it ends in 0, 5 or 9."""
    low, high = RANGES.get(shelf, DEFAULT_RANGE)
    # Twice the same draw, multiplied: most goods are cheap, a few are not.
    draw = zlib.crc32(f"price {barcode}".encode()) / 0xFFFFFFFF
    tens = round(low + (high - low) * draw * draw) // 10 * 10
    ending = (0, 5, 9)[zlib.crc32(f"ending {barcode}".encode()) % 3]
    return max(low, tens + ending) / 100
