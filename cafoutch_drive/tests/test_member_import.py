import base64
from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .common import DriveCommon
from .test_import_tables import workbook

FILE = """\
numéro;nom;prénom;e-mail;téléphone;foyer;état;jusqu’au;ensuite;exception
T001;Durand;Camille;camille@example.org;04 91 00 00 01;;À jour;;;
T002;Durand;Noé;noe@example.org;;T001;;;;
T003;Benali;Karim;KARIM@example.org;+33 6 12 34 56 78;;en congé;31/12/2099;up_to_date;2099-06-30
"""


class MemberImportCommon(DriveCommon):
    def _import(self, content, around=None, **values):
        wizard = self.env["drive.member.import"].create(values)
        return wizard._run(content if isinstance(content, bytes) else content.encode(), around=around)

    def _partner(self, number):
        partners = self.env["res.partner"].with_context(active_test=False)
        return partners.search([("coop_number", "=", number)])

    def _rejected(self, *rows, header="number;name;email;phone;household;state;until"):
        """Import these rows; return what is said of those left out, by line."""
        return dict(self._import("\n".join((header, *rows))).rejected)

    def _check_counts(self, report, created=0, updated=0, unchanged=0, rejected=0):
        counts = (report.created, report.updated, report.unchanged, len(report.rejected))
        self.assertEqual(counts, (created, updated, unchanged, rejected), report)


@tagged("post_install", "-at_install")
class TestMemberImport(MemberImportCommon):
    # === WHAT IS CREATED === #

    def test_members_are_created(self):
        users = self.env["res.users"].search_count([])
        mails = self.env["mail.mail"].search_count([])
        self._check_counts(self._import(FILE), created=3)
        camille, noe, karim = (self._partner(f"T00{n}") for n in (1, 2, 3))
        self.assertEqual((camille.name, camille.email), ("Camille Durand", "camille@example.org"))
        self.assertEqual((camille.phone, camille.coop_state), ("04 91 00 00 01", "up_to_date"))
        self.assertEqual((noe.parent_id, noe._coop_state_today()), (camille, "up_to_date"))
        self.assertIsNone(noe._drive_refusal())
        self.assertEqual((karim.coop_state, karim.coop_state_until), ("on_leave", date(2099, 12, 31)))
        self.assertEqual((karim.coop_state_next, karim.drive_exception_until), ("up_to_date", date(2099, 6, 30)))
        self.assertEqual(karim.email, "karim@example.org")
        self.assertEqual(self.env["res.users"].search_count([]), users, "an import makes no accounts")
        self.assertEqual(self.env["mail.mail"].search_count([]), mails, "an import sends no mail")

    def test_sheet_gives_what_csv_gives(self):
        content = workbook(
            ["Number", "Full name", "E-mail", "Phone", "State", "Until"],
            [42, "Camille Durand", "camille@example.org", "04 91 00 00 01", "Alert", date(2099, 12, 31)],
            [43, "Lost Zero", None, 612345678, None, None],
            [44, "Shortened", None, 1.23e12, None, None],
            [45, "Formula", None, None, "=A1", None],
            [46, "Serial", None, None, None, 46000],
            [47, "No Such Day", None, None, None, "31/02/2026"],
            formats=[("A2", "000000")],
            sheets=("Others",),
        )
        report = self._import(content)
        self._check_counts(report, created=1, rejected=5)
        member = self._partner("000042")
        self.assertEqual((member.name, member.coop_state), ("Camille Durand", "alert"))
        self.assertEqual(member.coop_state_until, date(2099, 12, 31))
        said = dict(report.rejected)
        for line, words in ((3, "612345678"), (4, "1230000000000"), (5, "formula"), (6, "46000"), (7, "31/02/2026")):
            self.assertIn(words, said[line])

    def test_names(self):
        self._import("number;nom;prénom\nT1;Durand;Camille\nT2;Camille Durand;Camille\nT3;;Cher\nT4;Martin;\n")
        names = [self._partner(f"T{n}").name for n in (1, 2, 3, 4)]
        self.assertEqual(names, ["Camille Durand", "Camille Durand", "Cher", "Martin"])

    def test_states_as_people_write_them(self):
        for number, (text, state) in enumerate(
            (
                ("up_to_date", "up_to_date"),
                ("Up to date", "up_to_date"),
                ("À JOUR", "up_to_date"),
                ("en alerte", "alert"),
                ("Exempté·e", "exempted"),
                ("Suspendu(e)", "suspended"),
                ("suspendu-e", "suspended"),
                ("congé", "on_leave"),
                ("Candidature", "candidate"),
                ("Démissionnaire", "left"),
            )
        ):
            self._import(f"number;name;state\nS{number};Somebody;{text}\n")
            self.assertEqual(self._partner(f"S{number}").coop_state, state, text)

    def test_state_of_new_members_without_one(self):
        self._import("number;name\nT1;One\n")
        self._import("number;name\nT2;Two\n", default_state="up_to_date")
        self.assertEqual([self._partner(n).coop_state for n in ("T1", "T2")], ["candidate", "up_to_date"])

    # === IMPORTING AGAIN === #

    def test_importing_again_changes_nothing(self):
        self._import(FILE)
        messages = self.env["mail.message"].search_count([])
        report = self._import(FILE)
        self._check_counts(report, unchanged=3)
        self.assertFalse(report.changes)
        self.assertEqual(self.env["mail.message"].search_count([]), messages)

    def test_importing_again_updates_what_is_said(self):
        self._import(FILE)
        report = self._import("number;name;state;phone\nT001;Camille Durand-Roux;Suspendu;\nT003;;;06 00 00 00 00\n")
        self._check_counts(report, updated=2)
        camille = self._partner("T001")
        self.assertEqual((camille.name, camille.coop_state), ("Camille Durand-Roux", "suspended"))
        self.assertEqual(camille.phone, "04 91 00 00 01", "an empty cell changes nothing")
        self.assertEqual(self._partner("T002")._coop_state_today(), "suspended")
        self.assertEqual(self._partner("T003").name, "Karim Benali")
        self.assertEqual(
            sorted(report.changes),
            [
                (
                    2,
                    "T001 Camille Durand: Name Camille Durand → Camille Durand-Roux; "
                    "Membership Up to date → Suspended",
                ),
                (3, "T003 Karim Benali: Phone +33 6 12 34 56 78 → 06 00 00 00 00"),
            ],
        )

    def test_history_tells_who_changed_a_state(self):
        self._import(FILE)
        manager = new_test_user(self.env, login="import_manager", groups="cafoutch_drive.group_manager")
        content = base64.b64encode(b"number;state\nT001;alert\n")
        tracked = self.env(user=manager, context={"lang": "en_US"})
        tracked["drive.member.import"].create({"file": content}).action_import()
        self.env.flush_all()
        self.env.cr.precommit.run()
        message = self._partner("T001").message_ids[:1]
        self.assertEqual(message.author_id, manager.partner_id)
        self.assertEqual(message.sudo().tracking_value_ids.new_value_char, "On alert")

    def test_another_state_ends_the_dates_of_the_earlier_one(self):
        self._import(FILE)
        report = self._import("number;state\nT003;suspended\n")
        karim = self._partner("T003")
        self.assertEqual(
            (karim.coop_state, karim.coop_state_until, karim.coop_state_next), ("suspended", False, "alert")
        )
        self.assertIn("Membership Until 31/12/2099 → —", report.changes[0][1])

    def test_state_is_compared_with_that_of_today(self):
        """A date that has passed counts, though no job has written it yet."""
        self._import("number;name;state;until;next\nT1;One;À jour;01/01/2026;suspended\n")
        member = self._partner("T1")
        self.assertEqual(member._coop_state_today(), "suspended")
        self._check_counts(self._import("number;state\nT1;suspended\n"), unchanged=1)
        self._check_counts(self._import("number;state\nT1;up_to_date\n"), updated=1)
        self.assertEqual((member._coop_state_today(), member.coop_state_until), ("up_to_date", False))

    # === HOUSEHOLDS === #

    def test_main_member_may_come_later_and_be_told_by_name(self):
        report = self._import(
            "number;name;household\nT1;Child;T3\nT2;Other child;  durand CAMILLE \nT3;Parent;\nT4;Durand Camille;\n"
        )
        self._check_counts(report, created=4)
        self.assertEqual(self._partner("T1").parent_id, self._partner("T3"))
        self.assertEqual(self._partner("T2").parent_id, self._partner("T4"))

    def test_households_that_cannot_be(self):
        self._import(FILE)
        rejected = self._rejected(
            "T1;Nowhere;;;T999;;",
            "T2;Self;;;T2;;",
            "T3;Child of a child in the file;;;T5;;",
            "T4;Child of a child;;;T002;;",
            "T5;Child;;;T001;;",
            "T6;Loop;;;T7;;",
            "T7;Loop;;;T8;;",
            "T8;Loop;;;T6;;",
            "T001;Has people;;;T003;;",
            "T9;Same name;;;Homonyme;;",
            "T10;Homonyme;;;;;",
            "T11;Homonyme;;;;;",
            "T12;Its main member is left out;;;T13;;",
            "T13;Left out;wrong;;;;",
        )
        self.assertEqual(sorted(rejected), [2, 3, 4, 5, 7, 8, 9, 10, 11, 14, 15])
        for line, words in (
            (2, "T999"),
            (3, "cannot be that member"),
            (4, "T5 is no main member"),
            (5, "T002 is no main member, it is attached to T001"),
            (7, "circle"),
            (8, "circle"),
            (9, "circle"),
            (10, "has people attached"),
            (11, "several members"),
            (14, "T13"),
        ):
            self.assertIn(words, rejected[line])
        self.assertEqual(self._partner("T5").parent_id, self._partner("T001"))

    def test_one_person_too_many(self):
        self.env["drive.policy"]._for(self.company).household_limit = 3
        rows = [f"T{n};Child {n};;;T1;;" for n in range(2, 7)]
        rejected = self._rejected("T1;Main;;;;;", *rows)
        self.assertEqual(sorted(rejected), [5, 6, 7])
        self.assertIn("household of Main would have 4 people", rejected[5])
        self.assertEqual(len(self._partner("T1")._drive_household_people()), 3)
        self._check_counts(self._import("number;name;household\nT1;Main;\nT2;Child 2;T1\n"), unchanged=2)

    def test_membership_of_an_attached_person_is_the_main_members(self):
        report = self._import(
            "number;name;household;state;until\nT1;Main;;À jour;\nT2;Child;T1;Suspendu;\nT3;Twin;T1;à jour;\n"
        )
        self._check_counts(report, created=3)
        self.assertEqual([line for line, _sentence in report.notes], [3])
        self.assertIn("membership is that of Main. Not taken from this line: Membership.", report.notes[0][1])
        self.assertEqual(self._partner("T2")._coop_state_today(), "up_to_date")

    def test_moving_to_another_household(self):
        self._import(FILE)
        self._check_counts(self._import("number;household\nT002;T003\n"), updated=1)
        self.assertEqual(self._partner("T002")._drive_household(), self._partner("T003"))

    # === THE WIZARD === #

    def test_preview_lists_what_would_change_and_changes_nothing(self):
        self._import(FILE)
        text = "number;name;state\nT001;;Suspendu\nT003;;\nT004;<b>New</b>;à jour\nT005;;\n"
        wizard = self.env["drive.member.import"].create({"file": base64.b64encode(text.encode())})
        wizard.action_preview()
        self.assertIn(
            "1 members would be created, 1 updated; 1 stay as they are; 1 lines would be left out", wizard.summary
        )
        self.assertIn("line 2: T001 Camille Durand: Membership Up to date → Suspended", wizard.summary)
        self.assertIn("line 4: new: T004 &lt;b&gt;New&lt;/b&gt;; Membership Up to date</li>", wizard.summary)
        self.assertIn("line 5: the name is missing", wizard.summary)
        self.assertEqual(self._partner("T001").coop_state, "up_to_date")
        self.assertFalse(self._partner("T004"))
        wizard.action_import()
        self.assertEqual(self._partner("T001").coop_state, "suspended")
        self.assertTrue(self._partner("T004"))

    def test_another_file_or_state_asks_for_another_preview(self):
        first, second = (base64.b64encode(f"number;name\n{n};Somebody\n".encode()).decode() for n in ("T1", "T2"))
        for name, value in (("file", second), ("default_state", "up_to_date")):
            wizard = self.env["drive.member.import"].create({"file": first})
            wizard.action_preview()
            with self.subTest(name), Form(wizard) as form:
                setattr(form, name, value)
                self.assertEqual(form.state, "draft")
                self.assertFalse(form.summary)

    def test_a_file_is_needed(self):
        with self.assertRaises(UserError):
            self.env["drive.member.import"].create({}).action_import()
        for content in ("abc", "!!!", "AAAA", "\x00"):
            with self.subTest(content=content), self.assertRaises(UserError):
                self.env["drive.member.import"].create({"file": content}).action_preview()
        with self.assertRaises(UserError):
            self._import("name\nCamille\n")

    def test_managers_only(self):
        content = base64.b64encode(FILE.encode())
        model = self.env["drive.member.import"]
        for groups in ("cafoutch_drive.group_volunteer", "cafoutch_drive.group_cashier", "base.group_portal"):
            user = new_test_user(self.env, login=f"import_{groups}", groups=groups)
            with self.assertRaises(AccessError):
                model.with_user(user).create({"file": content})
        manager = new_test_user(self.env, login="import_manager", groups="cafoutch_drive.group_manager")
        model.with_user(manager).create({"file": content}).action_import()
        self.assertEqual(self._partner("T001").name, "Camille Durand")
