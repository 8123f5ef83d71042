import base64
from contextlib import suppress
from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

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

    # === BAD INPUT === #

    def test_bad_rows_are_named_and_stop_nothing_else(self):
        rejected = self._rejected(
            "T1;Good;good@example.org;06 12 34 56 78;;à jour;2099-12-31",
            ";No number;;;;;",
            "T2;;;;;;",
            "T1;Same number;;;;;",
            "1,23E+12;Shortened;;;;;",
            "<b>;Markup;;;;;",
            "20.10;Decimal;;;;;",
            f"{'9' * 40};Long;;;;;",
            f"T3;{'Long' * 60};;;;;",
            "T4;Mail;nobody;;;;",
            "T5;Mail;a@b@example.org;;;;",
            "T6;Mail;a@example;;;;",
            "T7;Mail;one@example.org, two@example.org;;;;",
            "T8;Phone;;1.23E+12;;;",
            "T9;Phone;;612345678;;;",
            "T10;Phone;;call me;;;",
            "T11;Phone;;0612345678 0712345678;;;",
            "T12;State;;;;member;",
            "T13;Date;;;;;31/02/2026",
            "T14;Date;;;;;02/28/2026",
            "T15;Date;;;;;46000",
            "T16;Date;;;;;01/01/26",
            "T17;Date;;;;;9999-01-01",
            'T18;"Quote;;;;;',
            "T19;Too many;;;;;;;x",
            "T20;Good too;;;;;",
        )
        self.assertEqual(sorted(rejected), list(range(3, 27)))
        self.assertTrue(self._partner("T1") and self._partner("T20"))
        self.assertEqual(self._partner("T1").name, "Good")
        for line, words in (
            (3, "number is missing"),
            (4, "name is missing"),
            (5, "line 2"),
            (6, "shortened"),
            (7, "not a member number"),
            (10, "longer than"),
            (11, "not an e-mail"),
            (15, "spreadsheet has made a number"),
            (16, "spreadsheet has made a number"),
            (17, "not a phone number"),
            (19, "not a state"),
            (20, "no such day as “31/02/2026”"),
            (22, "not a date"),
        ):
            self.assertIn(words, rejected[line])

    def test_zeros_that_a_spreadsheet_dropped(self):
        self._import("number;name\n00042;Camille\n")
        rejected = self._rejected("42;Camille;;;;;")
        self.assertIn("but there is 00042", rejected[2])
        self.assertFalse(self._partner("42"))

    def test_a_row_that_odoo_refuses_stops_nothing_else(self):
        """What only the database or another addon knows is still one row's fault."""

        def refuse(partner):
            if partner.name == "Refused":
                raise ValidationError("Another addon\nwants it otherwise.")

        self.patch(type(self.env["res.partner"]), "_check_drive_main_member", refuse)
        rejected = self._rejected("T1;One;;;;;", "T2;Refused;;;;;", "T3;Three;;;;;")
        self.assertEqual(rejected, {3: "Another addon wants it otherwise."})
        self.assertTrue(self._partner("T1") and self._partner("T3"))

    def test_two_people_with_one_email(self):
        self.env["res.partner"].create({"name": "Not in the file", "email": "Karim@example.org"})
        report = self._import(
            "number;name;email\nT1;One;shared@example.org\nT2;Two;Shared@Example.org\nT3;Karim;karim@example.org\n"
        )
        self._check_counts(report, created=3)
        self.assertEqual(sorted(line for line, _sentence in report.notes), [3, 4])
        said = dict(report.notes)
        self.assertIn("line 2 too: only one of them can sign in", said[3])
        self.assertIn("Not in the file too", said[4])

    def test_archived_members_are_not_doubled(self):
        self._import(FILE)
        self._partner("T003").active = False
        report = self._import(FILE)
        self.assertIn((4, "Karim Benali is archived."), report.notes)
        self.assertEqual(len(self._partner("T003")), 1)

    def test_numbers_of_another_company_are_left_alone(self):
        manager = new_test_user(self.env, login="import_manager", groups="cafoutch_drive.group_manager")
        other = self.env["res.company"].create({"name": "Another coop"})
        theirs = self.env["res.partner"].create({"name": "Theirs", "coop_number": "T1", "company_id": other.id})
        wizard = self.env["drive.member.import"].with_user(manager).create({})
        self.assertIn("another company", wizard._run(b"number,name\nT1,Mine\n").rejected[0][1])
        self.assertEqual(theirs.name, "Theirs")

    def test_email_of_an_account_is_not_taken_over(self):
        """A manager must not get an administrator's password by an import."""
        manager = new_test_user(self.env, login="import_manager", groups="cafoutch_drive.group_manager")
        boss = new_test_user(self.env, login="boss", email="boss@example.org", groups="base.group_system")
        boss.partner_id.coop_number = "T1"
        portal = self._create_member("Portal", login="portal@example.org", coop_number="T2")
        content = base64.b64encode(b"number;email;state\nT1;me@example.org;alert\nT2;new@example.org;alert\n")
        wizard = self.env["drive.member.import"].with_user(manager).create({"file": content})
        wizard.action_import()
        self.assertEqual((boss.email, boss.partner_id.coop_state), ("boss@example.org", "alert"))
        self.assertIn("an administrator changes the e-mail", wizard.summary)
        self.assertEqual((portal.email, portal.user_ids.login), ("new@example.org", "portal@example.org"))
        self.assertIn("signs in with portal@example.org as before", wizard.summary)

    # === CUT OFF === #

    def test_cut_off_in_the_middle_and_run_again(self):
        """Part by part, as the command line does: what is done stays, nothing is doubled."""
        rows = [
            f"C{n:04};Person {n};C{n + 1 - n % 2:04}" if n % 2 == 0 else f"C{n:04};Person {n};" for n in range(450)
        ]
        rows[0] = "C0000;Person 0;C0449"
        content = "\n".join(("number;name;household", *rows))
        done = []

        def cut_off(part):
            if len(done) == 2:
                raise KeyboardInterrupt
            done.append(part())
            return done[-1]

        # Not assertRaises: it would undo what was done before.
        with suppress(KeyboardInterrupt):
            self._import(content, around=cut_off)
        before = self.env["res.partner"].search([("coop_number", "=like", "C%")])
        self.assertEqual(len(before), 400)
        report = self._import(content, around=lambda part: part())
        self._check_counts(report, created=50, unchanged=400)
        after = self.env["res.partner"].search([("coop_number", "=like", "C%")])
        self.assertEqual(len(after), 450)
        self.assertLessEqual(before, after)
        self._check_counts(self._import(content), unchanged=450)

    # === MANY === #

    def test_many_members_with_broken_rows(self):
        """50 broken lines among 600, of every kind: each is named, all others are in."""
        rows = [
            [f"MANY{n:04}", f"Person {n}", f"m{n}@example.org", "06 12 34 56 78", "", "À jour", "31/12/2099"]
            for n in range(600)
        ]
        for n in range(0, 600, 4):  # attached to the next line, which is read later
            rows[n][4:] = [f"MANY{n + 1:04}", "", ""]
        breaks = (
            (2, "nobody", "e-mail"),
            (0, "MANY0001", "line 3 already"),
            (5, "unheard of", "not a state"),
            (4, "M9999", "no member"),
            (6, "31/02/2026", "no such day"),
            (3, "1.23E+12", "spreadsheet"),
        )
        expected = {}
        for broken in range(50):
            n = 102 + 8 * broken
            column, text, words = breaks[broken % len(breaks)]
            rows[n][column] = text
            expected[n + 2] = words
        header = "number;name;email;phone;household;state;until"
        report = self._import("\n".join([header, *map(";".join, rows)]))
        said = dict(report.rejected)
        self.assertEqual(set(said), set(expected))
        for line, words in expected.items():
            self.assertIn(words, said[line])
        self._check_counts(report, created=550, rejected=50)
        people = self.env["res.partner"].search([("coop_number", "=like", "MANY%")])
        self.assertEqual(len(people), 550)
        self.assertEqual(len(people.filtered("drive_is_attached")), 150)

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

    def test_a_file_is_needed(self):
        with self.assertRaises(UserError):
            self.env["drive.member.import"].create({}).action_import()
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
