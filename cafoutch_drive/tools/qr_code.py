"""QR codes as SVG, small enough to stand in the page itself."""

from markupsafe import Markup
from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel

QUIET_ZONE = 4


def qr_svg(value, label):
    """Draw a QR code.

    :param str value: what the code carries
    :param str label: what it is, for those who do not see it
    :rtype: markupsafe.Markup
    """
    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(value)
    code.make()
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
