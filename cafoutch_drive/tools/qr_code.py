"""QR codes: as SVG, small enough to stand in the page itself, and as PNG for mails."""

from io import BytesIO

from markupsafe import Markup
from PIL import Image
from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel

QUIET_ZONE = 4
# Of a module in a PNG: a whole number, so that each has sharp edges.
PIXELS = 8


def qr_svg(value, label):
    """Draw a QR code.

    :param str value: what the code carries
    :param str label: what it is, for those who do not see it
    :rtype: markupsafe.Markup
    """
    code = _code(value)
    size = code.getModuleCount()
    squares = "".join(
        f"M{column + QUIET_ZONE} {row + QUIET_ZONE}h1v1h-1z"
        for row in range(size)
        for column in range(size)
        if code.isDark(row, column)
    )
    side = size + 2 * QUIET_ZONE
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="%s"'
        ' viewBox="0 0 %d %d" shape-rendering="crispEdges">'
        '<path fill="#fff" d="M0 0h%dv%dH0z"/><path fill="#000" d="%s"/></svg>'
    ) % (label, side, side, side, side, squares)


def qr_png(value):
    """Draw a QR code for where SVG is not shown, in black and white.

    :param str value: what the code carries
    :rtype: bytes
    """
    code = _code(value)
    size = code.getModuleCount()
    side = size + 2 * QUIET_ZONE
    picture = Image.new("1", (side, side), 1)
    for row in range(size):
        for column in range(size):
            if code.isDark(row, column):
                picture.putpixel((column + QUIET_ZONE, row + QUIET_ZONE), 0)
    written = BytesIO()
    picture.resize((side * PIXELS, side * PIXELS), Image.Resampling.NEAREST).save(written, "PNG", optimize=True)
    return written.getvalue()


def _code(value):
    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(value)
    code.make()
    return code
