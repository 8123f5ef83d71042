"""Texts as clients send them: some hold what no database keeps."""

import re

# Halves of a sign that was cut, and the sign that ends a text in other languages.
_UNKEPT = re.compile("[\0\ud800-\udfff]")


def is_readable(text):
    """Whether a text can be looked up and kept as it is."""
    return not _UNKEPT.search(text)


def readable(value):
    """A value that was sent, all texts in it such that they can be looked up and kept.

    What cannot is replaced by a sign that says so: a text that made no sense makes
    none afterwards.

    :param value: of JSON: a text, a number, a list, a dict …
    """
    if isinstance(value, str):
        return _UNKEPT.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, list):
        return [readable(one) for one in value]
    if isinstance(value, dict):
        return {readable(name): readable(one) for name, one in value.items()}
    return value
