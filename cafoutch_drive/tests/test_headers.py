"""What each answer of ours tells the browser to refuse."""

import json

from odoo.tests import tagged
from odoo.tools import mute_logger

from .access_common import rows
from .access_tables import REPORTS, ROUTES
from .access_tries import AccessTries

# As it is sent, written out: what a browser reads is what counts.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), display-capture=()",
}
# A page whose address is a key is told to nobody at all.
KEYS = ("recall", "waiting_token", "question_token", "<string:token>")
INLINE = r"<[a-z][^>]*\s(?:on[a-z]+|style)=|<style|<script(?![^>]*\ssrc=)"
PAPER_HEADERS = {
    **HEADERS,
    # In a frame of the back office.
    "Content-Security-Policy": POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'"),
    "Cache-Control": "private, no-store",
}


@tagged("post_install", "-at_install")
class TestHeaders(AccessTries):
    def _missing(self, answer, wanted=None):
        """``{header: what it is}`` of those that are not as they should be."""
        wanted = wanted or HEADERS
        return {name: answer.headers.get(name) for name in wanted if answer.headers.get(name) != wanted[name]}

    def test_every_route(self):
        """Whatever it answers: a page, a file, JSON, a refusal, the way to the sign-in page."""
        for role in ("visitor", "member"):
            self._sign_in(role)
            for route in rows(ROUTES):
                self._before_route(role, route)
                answer = self._ask_route(role, route, self.order)
                is_key = any(name in route for name in KEYS) and answer.status_code != 303
                wanted = {**HEADERS, "Referrer-Policy": "no-referrer"} if is_key else HEADERS
                with self.subTest(role=role, route=route):
                    self.assertEqual(self._missing(answer, wanted), {})
                    # It says what it is; text says its encoding.
                    self.assertRegex(answer.headers["Content-Type"], r"^(?:image/png$|[\w./+-]+; ?charset=utf-8)")
                    self.assertNotIn("Access-Control-Allow-Origin", answer.headers)
                    # What a page has in itself would be refused.
                    self.assertNotRegex(answer.text, INLINE)

    def test_papers(self):
        samples = {"res.partner": self.member, "sale.order": self.order, "drive.point": self.point}
        self._sign_in("manager")
        for name in rows(REPORTS):
            report = self.env.ref(f"cafoutch_drive.{name}")
            answer = self.url_open(f"/report/html/{report.report_name}/{samples[report.model].id}")
            with self.subTest(report=name):
                self.assertEqual(answer.status_code, 200)
                self.assertEqual(self._missing(answer, PAPER_HEADERS), {})
                self.assertNotRegex(answer.text, INLINE)

    def test_calls_are_json_and_nothing_else(self):
        """A page of another origin can send a form; JSON it cannot, without being asked."""
        self._sign_in("member")
        body = json.dumps({"params": {"product_id": self.bread.id, "qty": 3}})
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
            with self.subTest(kind=kind), mute_logger("odoo.http"):
                answer = self.url_open("/drive/api/basket/set", data=body, headers={"Content-Type": kind})
                self.assertEqual(answer.status_code, 415)
        self.assertFalse(self.env["sale.order"]._drive_basket(self.member).order_line)

    def test_errors(self):
        """Also what never reaches a page of ours. A wrong verb does not even reach the database: that
        answer is the server's, and has nothing of ours in it."""
        self._sign_in("member")
        with mute_logger("odoo.http"):
            answers = {
                404: self.url_open("/drive/nothing/here"),
                400: self.url_open("/drive/basket/set", data={"qty": "1"}),
            }
        for status, answer in answers.items():
            with self.subTest(status=status):
                self.assertEqual(answer.status_code, status)
                self.assertEqual(self._missing(answer), {})

    def test_odoo_s_own_pages_stay_as_they_are(self):
        for role, addresses in {
            "visitor": ("/web/login", "/drivers", "/web/static/img/favicon.ico"),
            "member": ("/my", "/my/orders"),
            "manager": ("/odoo", "/web/image/res.company/1/logo"),
        }.items():
            self._sign_in(role)
            for address in addresses:
                with mute_logger("odoo.http"):
                    answer = self.url_open(address)
                with self.subTest(address=address):
                    self.assertNotIn("script-src", answer.headers.get("Content-Security-Policy", ""))
                    self.assertNotIn("Permissions-Policy", answer.headers)
