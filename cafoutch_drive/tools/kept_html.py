"""HTML that is made once and sent often."""

import re

from markupsafe import Markup

INDENTED = re.compile(r"[ \t]*\n[ \t\n]*")


def unindented(html):
    """The same HTML without the indentation of its template, which phones would wait for.

    :param Markup html: without ``pre``, in which white space means something
    """
    return Markup(INDENTED.sub("\n", html))  # noqa: S704
