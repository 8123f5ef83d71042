"""The records on which somebody presses a button."""

from odoo.exceptions import MissingError, UserError

from .client_id import read_id


def check_chosen(records, operation, one=False):
    """Check what a button is pressed on: it is there, and this person may do that to it.

    A window that was left open may be of what was deleted meanwhile, and who calls the method
    by hand names anything at all. Odoo would answer with a traceback.

    :param operation: of ``check_access``
    :param one: whether it is done to a single record
    :raise AccessError: as ``check_access``
    :raise UserError: for none, or for several where it is done to one
    :raise MissingError: for what is gone, or never was
    """
    env = records.env
    records.browse().check_access(operation)
    if not records:
        raise UserError(env._("Nothing was chosen. Please choose what it is about, then try again."))
    if one and len(records) > 1:
        raise UserError(env._("This is done to one at a time. Please choose one."))
    # PostgreSQL would fail to look for what it has no number for.
    if not all(read_id(record.id) for record in records) or records.exists() != records:
        raise MissingError(env._("This is no longer there, or not all of it. Please load the page again."))
    records.check_access(operation)
