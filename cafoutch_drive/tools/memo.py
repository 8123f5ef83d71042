class Memo(dict):
    """What is remembered while something is done, in the context.

    No other equals it: Odoo would otherwise take an environment that has one for another
    that has an equal one, and what is forgotten in the first would be forgotten in both.
    """

    __eq__ = object.__eq__
    __ne__ = object.__ne__
    __hash__ = object.__hash__
