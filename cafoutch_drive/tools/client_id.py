"""Ids as clients send them: anything may be in them."""

# PostgreSQL's integers end here: a larger one would be an error, not "no such record".
LARGEST = 2**31 - 1


def read_id(value, from_text=False):
    """Return the id in ``value``, or 0, which no record has, when there is none.

    :param from_text: a text of digits counts too, as a form posts it
    """
    if from_text and isinstance(value, str) and value.isdecimal():
        value = int(value[:12])
    if not isinstance(value, int) or isinstance(value, bool):
        return 0
    return value if 0 < value <= LARGEST else 0
