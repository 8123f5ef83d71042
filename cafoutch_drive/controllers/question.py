from odoo.http import request, route

from ..tools.refusal import DriveRefused
from ..tools.replica import from_primary
from .common import DriveController, status_of


class DriveQuestions(DriveController):
    """The page behind the link of a mail, as that of a proposal; see `DriveProposals`."""

    @route(
        "/drive/question/<string:question_token>", type="http", auth="public", methods=["GET"], readonly=from_primary
    )
    def question(self, question_token, **kwargs):
        return self._question_page(self._question(question_token))

    @route("/drive/question/<string:question_token>", type="http", auth="public", methods=["POST"], csrf=False)
    def question_answer(self, question_token, answer=None, **kwargs):
        """What replaces a missing article: the id of a choice, or "nothing"."""
        question = self._question(question_token)
        if not question:
            return self._question_page(question)
        try:
            choice = question._find_choice(answer)
            self._change(question._locks(choice), lambda: question._answer(choice))
        except DriveRefused as refused:
            return self._question_page(question, refused.refusal)
        return request.redirect(question._path(), code=303)

    def _question(self, token):
        """The question of a link, in its member's language; empty when there is none."""
        question = request.env["drive.question"].sudo()._find(token)
        if question.partner_id.lang:
            request.update_context(lang=question.partner_id.lang)
        return question.with_env(request.env(su=True)) if question else question

    def _question_page(self, question, refusal=None):
        status = 404 if not question else status_of(refusal) if refusal else 200
        response = self._render(
            "cafoutch_drive.shop_question",
            {"bare": True, "question": question and question._page(), "refusal": refusal},
            status=status,
        )
        # The address is a key: no other site learns it.
        response.headers["Referrer-Policy"] = "no-referrer"
        return response
