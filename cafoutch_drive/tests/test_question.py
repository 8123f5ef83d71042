"""A member is asked what may replace a missing article: the page, its time, who was faster."""

import re
from datetime import timedelta
from html import unescape

from odoo import fields
from odoo.tests import tagged

from .common import PatientHttpCase
from .substitute_common import SubstituteCommon
from .test_preparation_guards import NOT_IDS


class QuestionCommon(SubstituteCommon):
    """The loaf of the second basket is missing, and its member wants to be asked."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other.drive_substitution = "ask"
        cls.brown = cls.beside(cls.bakery, "Miche bise", 5.5)
        cls.point.question_minutes = 7

    def setUp(self):
        super().setUp()
        self.does("begin")
        self.missing(self.other_line)

    def ask(self):
        self.does("ask_member", line=self.other_line.id, products=[self.dark.id, self.brown.id])
        return self.other_line.drive_question_ids[:1]

    def choice(self, question, product):
        return question.choice_ids.filtered(lambda one: one.product_id == product)

    def over(self, question):
        question.expires_at = fields.Datetime.now() - timedelta(seconds=1)


@tagged("post_install", "-at_install")
class TestQuestion(QuestionCommon):
    def test_asked_by_mail(self):
        proposals = self.phone.substitutes(self.batch.id, self.other_line.id)["proposals"]
        self.assertEqual({row["id"] for row in proposals}, {self.dark.id, self.brown.id})
        question = self.ask()
        self.assertEqual(question.state, "waiting")
        self.assertAlmostEqual(question._seconds_left(), 7 * 60, delta=60)
        self.assertEqual(self.choice(question, self.brown).price, 5.5, "what it costs: the member decides")
        mail = self.env["mail.mail"].search([("model", "=", "drive.question"), ("res_id", "=", question.id)])
        self.assertEqual(mail.recipient_ids, self.other.partner_id)
        for text in (question._path(), "Miche noire", "Miche bise", question._until_label()):
            self.assertIn(text, mail.body_html)

    def test_asked_once(self):
        question = self.ask()
        self.ask()
        self.assertEqual(self.other_line.drive_question_ids, question)
        self.over(question)
        told = self.told("conflict", "ask_member", line=self.other_line.id, products=[self.dark.id])
        self.assertIn("Miche", told)

    def test_only_whom_wants_it_about_what_is_missing(self):
        self.told("refused", "ask_member", line=self.bread_line.id, products=[self.dark.id])
        self.missing(self.bread_line)
        self.told("refused", "ask_member", line=self.bread_line.id, products=[self.dark.id])
        self.told("refused", "substitute", line=self.other_line.id, product=self.dark.id)
        for products in (None, "x", [], [0], ["x"], [self.gala.id]):
            self.told("conflict", "ask_member", line=self.other_line.id, products=products)
        for line in NOT_IDS:
            self.told("conflict", "ask_member", line=line, products=[self.dark.id])
        self.assertFalse(self.other_line.drive_question_ids)

    def test_three_at_most(self):
        more = [self.beside(self.bakery, f"Miche {number}", 4.8).id for number in range(4)]
        self.does("ask_member", line=self.other_line.id, products=more)
        self.assertEqual(self.other_line.drive_question_ids.choice_ids.product_id.ids, more[:3])

    def test_not_ready_before_the_answer(self):
        question = self.ask()
        self.assertIn("Miche", self.told("refused", "finish", order=self.other.id))
        self.over(question)
        self.does("finish", order=self.other.id)
        self.assertEqual(self.other.drive_state, "ready")

    def test_the_screen_sees_it(self):
        opened = self.phone.open(self.batch.id)
        self.assertEqual(opened["questions"], [])
        question = self.ask()
        [row] = self.phone.since(self.batch.id, opened["version"])["questions"]
        self.assertEqual((row["line"], row["until"]), (self.other_line.id, question._until_label()))
        self.assertGreater(row["seconds"], 0)
        question._answer(self.choice(question, self.brown))
        changes = self.phone.since(self.batch.id, opened["version"])
        self.assertEqual(changes["questions"], [])
        [cell] = [cell for cell in changes["cells"] if cell["replaces"] == self.other_line.id]
        self.assertEqual((cell["stop"], cell["treated"], cell["wanted"]), (self.brown.id, False, 1))
        self.assertIn(self.brown.id, [stop["id"] for stop in changes["stops"]])

    def test_chosen_reserved_and_prepared(self):
        question = self.ask()
        question._answer(self.choice(question, self.brown))
        line = self.other_line.drive_substitute_ids
        self.assertEqual((line.product_id, line.price_unit, line.drive_picked), (self.brown, 5.5, False))
        self.assertStock(self.brown, 20, 1)
        self.does("take", line=line.id, qty=1)
        self.does("undo", line=line.id)
        self.assertStock(self.brown, 20, 0)

    def test_the_price_that_was_said(self):
        question = self.ask()
        self.brown.list_price = 5.9
        question._answer(self.choice(question, self.brown))
        self.assertEqual(self.other_line.drive_substitute_ids.price_unit, 5.5)

    def test_found_after_all(self):
        question = self.ask()
        self.does("undo", line=self.other_line.id)
        self.assertEqual(question.state, "withdrawn")
        self.assertRefused("question_over", question._answer, self.choice(question, self.dark))
        self.missing(self.other_line)
        self.ask()
        self.assertEqual(len(self.other_line.drive_question_ids), 2)

    def test_missing_again_after_an_answer(self):
        question = self.ask()
        question._answer(question.choice_ids.browse())
        self.told("conflict", "ask_member", line=self.other_line.id, products=[self.dark.id])
        self.does("undo", line=self.other_line.id)
        self.missing(self.other_line)
        self.ask()
        self.assertEqual(self.other_line.drive_question_ids.mapped("answer").count(False), 1)

    def test_cancelled_meanwhile(self):
        question = self.ask()
        self.other._action_cancel()
        self.assertRefused("question_over", question._answer, self.choice(question, self.dark))
        self.assertStock(self.dark, 20, 0)


@tagged("post_install", "-at_install")
class TestQuestionPage(QuestionCommon, PatientHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.other.partner_id.lang = "en_US"

    def setUp(self):
        super().setUp()
        self.question = self.ask()
        self.env.flush_all()
        self.page = self.question._path()
        self.authenticate(None, None)

    def get(self, path, status=200):
        response = self.url_open(path, allow_redirects=False)
        self.assertEqual(response.status_code, status, response.text[:2000])
        return response.text

    def assertSays(self, html, *texts):
        said = " ".join(unescape(re.sub(r"<[^>]*>", "", html)).split())
        for text in texts:
            self.assertIn(text, said)

    def _answer(self, answer, status=303, address=None):
        response = self.url_open(address or self.page, data={"answer": answer}, allow_redirects=False, method="POST")
        self.assertEqual(response.status_code, status, response.text[:2000])
        self.env.invalidate_all()
        return response.text

    def _id(self, product):
        return self.choice(self.question, product).id

    def test_reading_changes_nothing(self):
        html = self.get(self.page)
        self.assertSays(html, "Miche noire", "Miche bise", "Nothing, thank you", "You have until")
        self.assertEqual(self.url_open(self.page).headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(self.question.state, "waiting")

    def test_one_tap_and_twice_is_once(self):
        for _n in range(2):
            self._answer(self._id(self.dark))
            self.assertEqual(self.question.state, "chosen")
        self.assertEqual(self.other_line.drive_substitute_ids.product_id, self.dark)
        self.assertStock(self.dark, 20, 1)
        self.assertSays(self.get(self.page), "Thank you!", "Miche noire")
        self.assertSays(self._answer(self._id(self.brown), 409), "answered already")
        self.assertSays(self._answer("nothing", 409), "answered already")
        self.assertEqual(self.other_line.drive_substitute_ids.product_id, self.dark)

    def test_nothing(self):
        for _n in range(2):
            self._answer("nothing")
            self.assertEqual(self.question.state, "nothing")
        self.assertFalse(self.other_line.drive_substitute_ids)
        self.assertSays(self.get(self.page), "Nothing replaces")
        self._answer(self._id(self.dark), 409)

    def test_too_late(self):
        self.over(self.question)
        page = self.question._path()
        self.assertSays(self.get(page), "time to answer is over")
        self.assertSays(self._answer(self._id(self.dark), 409, page), "Thank you all the same")
        self.assertStock(self.dark, 20, 0)

    def test_gone_meanwhile(self):
        self._set_stock(self.dark, -20)
        self.assertSays(self._answer(self._id(self.dark), 409), "has gone meanwhile", "Miche bise")
        self.assertEqual(self.question.state, "waiting")
        self._answer(self._id(self.brown))
        self.assertEqual(self.other_line.drive_substitute_ids.product_id, self.brown)

    def test_nonsense(self):
        for answer in ("", "x", "0", "9" * 30, str(self.bread.id + 10**6), "é"):
            self._answer(answer, 422)
        token = self.question._token()
        for link in (token[:-1] + ("0" if token[-1] != "0" else "1"), f"{self.question.id}-", "-", "é-è", "1%00-2"):
            with self.subTest(link):
                self.assertSays(self.get(f"/drive/question/{link}", 404), "This link is not complete")
                self._answer("nothing", 404, f"/drive/question/{link}")
        self.assertEqual(self.question.state, "waiting")

    def test_on_the_page_of_the_order(self):
        html = self.env["ir.qweb"]._render(
            "cafoutch_drive.shop_question_choices", {"question": self.other._drive_page_questions()[0]}
        )
        self.assertIn(self.page, html)
        self.over(self.question)
        self.assertEqual(self.other._drive_page_questions(), [])
