"""What the access tests share: the people, and real requests as each of them."""

from odoo.tests import new_test_user

from .common import DriveCommon, PatientHttpCase
from .health_common import make_well

ADDON = "cafoutch_drive"
ROLES = ("visitor", "member", "household", "other", "volunteer", "cashier", "manager")


def rows(table, columns=ROLES):
    """``{first words: {role: expected}}`` of a table.

    :param columns: what the last words of each row are for
    """
    found = {}
    for line in table.strip().splitlines():
        words = line.split()
        name, expected = words[: -len(columns)], words[-len(columns) :]
        found[" ".join(name)] = dict(zip(columns, expected, strict=True))
    return found


class AccessCommon(DriveCommon, PatientHttpCase):
    """The people of the tables, and how each of them calls Odoo."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.slot = cls._create_slot(hours=50, capacity=40)
        cls.shelf = cls.env["pos.category"].create({"name": "Pain"})
        cls.bread.pos_categ_ids = cls.shelf
        cls._set_stock(cls.bread, 200)
        cls.people = {
            "member": cls._create_user("member", "base.group_portal"),
            "household": cls._create_user("household", "base.group_portal"),
            "other": cls._create_user("other", "base.group_portal"),
            "volunteer": cls._create_user("volunteer", f"{ADDON}.group_volunteer"),
            "cashier": cls._create_user("cashier", f"{ADDON}.group_cashier"),
            "manager": cls._create_user("manager", f"{ADDON}.group_manager"),
        }
        cls.member = cls.people["member"].partner_id
        cls.people["household"].partner_id.parent_id = cls.member
        for user in cls.people.values():
            user.partner_id.commercial_partner_id.coop_state = "up_to_date"
        cls.order = cls._create_confirmed({cls.bread: 1})
        cls.config = cls.env["pos.config"].create({"name": "Access till", "drive_point_id": cls.point.id})
        # What monitors are told does not depend on the machine.
        make_well(cls.env)

    @classmethod
    def _create_user(cls, role, group):
        return new_test_user(cls.env, login=f"access_{role}", groups=group, name=f"{role.title()} Person")

    # === TOOLS === #

    def _sign_in(self, role):
        user = self.people.get(role)
        self.authenticate(user and user.login, user and user.login)

    def _rpc(self, model, method, *args, **kwargs):
        """Call a method as whoever is signed in.

        :return: ``("ok", result)``, ``("denied", sentence)`` for want of rights or of
            a session, or ``("refused", sentence)``
        """
        answer = self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            json={
                "params": {
                    "model": model,
                    "method": method,
                    "args": args,
                    "kwargs": kwargs,
                }
            },
        ).json()
        if "error" not in answer:
            # What returns nothing has no result.
            return "ok", answer.get("result")
        name = answer["error"]["data"]["name"]
        sentence = answer["error"]["data"]["message"]
        if name in ("odoo.exceptions.AccessError", "odoo.http.SessionExpiredException"):
            return "denied", sentence
        known = ("UserError", "ValidationError", "DriveRefused", "MissingError")
        self.assertIn(name.rsplit(".", 1)[-1], known, sentence)
        return "refused", sentence

    def _own(self, name):
        return name.startswith(f"odoo.addons.{ADDON}.")
