"""A logo as the picture of an app: square, with room around it."""

import base64
import binascii
from io import BytesIO

from PIL import Image, UnidentifiedImageError

from odoo.tools import file_open

SIZES = (192, 512)
PAPER = (0xFB, 0xF8, 0xF1)
# Phones cut the corners: what is in this part of the picture is always seen.
SAFE = 0.72
OURS = "cafoutch_drive/static/description/icon.png"


def app_icon(logo, size):
    """A logo on a square of paper.

    :param logo: picture in base64, of any shape; empty, or one that cannot be drawn, for
        the drive's own
    :param int size: of a side, in pixels
    :return: PNG, as bytes
    """
    picture = _open(logo) or _open(_ours())
    picture.thumbnail((round(size * SAFE),) * 2)
    square = Image.new("RGB", (size, size), PAPER)
    square.paste(picture, ((size - picture.width) // 2, (size - picture.height) // 2), picture)
    content = BytesIO()
    square.save(content, "PNG", optimize=True)
    return content.getvalue()


def _open(logo):
    try:
        return Image.open(BytesIO(base64.b64decode(logo or b""))).convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, binascii.Error, Image.DecompressionBombError):
        return None


def _ours():
    with file_open(OURS, "rb") as picture:
        return base64.b64encode(picture.read())
