"""The context of a call, as clients send it: Odoo believes that each value is of its own kind."""


def _is_name(value):
    # A refusal repeats the name: half a character can be read from JSON, and not be written.
    return not value or (isinstance(value, str) and value.isprintable())


def _are_ids(value):
    # What is true or false is a number for Python.
    return value is None or (isinstance(value, list) and all(type(one) is int for one in value))


_KINDS = {"lang": _is_name, "tz": _is_name, "allowed_company_ids": _are_ids}


def readable_context(context):
    """A context that was sent, without what is of another kind than Odoo reads: it would answer with a traceback.

    Whose companies they are is asked by Odoo.
    """
    if not isinstance(context, dict):
        return {}
    return {name: value for name, value in context.items() if name not in _KINDS or _KINDS[name](value)}
