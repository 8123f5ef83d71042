# Says in the context that code of ours is at work. Callers from outside send texts, numbers, lists and
# dictionaries, and so never this.
INSIDE = object()


class Memo(dict):
    """What is remembered while something is done, in the context.

    No other equals it: Odoo would otherwise take an environment that has one for another
    that has an equal one, and what is forgotten in the first would be forgotten in both.
    """

    __eq__ = object.__eq__
    __ne__ = object.__ne__
    __hash__ = object.__hash__


def memo(env, name):
    """The memo of this name in the context; ``None`` without one, and for what a caller from outside sent."""
    found = env.context.get(name)
    return found if isinstance(found, Memo) else None
