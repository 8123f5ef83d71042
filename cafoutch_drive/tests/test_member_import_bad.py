import base64
from contextlib import suppress

from odoo.exceptions import ValidationError
from odoo.tests import new_test_user, tagged

from .test_member_import import FILE, MemberImportCommon


@tagged("post_install", "-at_install")
class TestMemberImportBad(MemberImportCommon):
    """Bad rows are named and stop nothing else; a run that is cut off is run again."""

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

        sentence = "Another addon\nwants it otherwise."

        def refuse(partner):
            if partner.name == "Refused":
                raise ValidationError(sentence)

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
