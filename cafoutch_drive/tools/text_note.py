"""Notes of activities are HTML, and Odoo takes any text for it: here it is made of text."""

from markupsafe import Markup


def text_note(text):
    """Return what people read as ``text``, as HTML: nothing in it is a link or a picture.

    :param str text: lines become lines
    """
    return Markup("<p>%s</p>") % Markup("<br>").join(str(text).split("\n"))
