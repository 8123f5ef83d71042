import io

from PIL import Image

from odoo.tests import tagged

from ..tools.qr_code import PIXELS, QUIET_ZONE, qr_png
from .common import DriveCommon


@tagged("post_install", "-at_install")
class TestConfirmationMail(DriveCommon):
    """What a confirmation says on paper that lasts: the law asks for it, and phones show it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.member.write({"email": "camille@example.org", "lang": "en_US"})
        cls.company.write({"street": "1 rue du Four", "email": "coop@example.org"})
        cls.apples.drive_withdrawal = "perishable"

    def _confirmed_mail(self):
        """Confirm an order and return it with the message that a mail server would get."""
        order = self._create_confirmed({self.bread: 2, self.apples: 1.5})
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("cafoutch_drive.cron_send_mails").method_direct_trigger()
        self.env.invalidate_all()
        mail = self.env["mail.mail"].search([("res_id", "=", order.id), ("model", "=", "sale.order")])
        [values] = mail._prepare_outgoing_list()
        return order, self.env["ir.mail_server"]._build_email__(
            email_from=values["email_from"],
            email_to=values["email_to"],
            subject=values["subject"],
            body=values["body"],
            body_alternative=values["body_alternative"],
            attachments=values["attachments"],
            subtype="html",
            subtype_alternative="plain",
        )

    def test_the_code_is_a_picture_inside_the_text(self):
        order, message = self._confirmed_mail()
        text = message.get_body(("html",)).get_content()
        name = f"DRV{order.drive_pickup_code}.png"
        self.assertIn(f'src="cid:{name}"', text)
        [picture] = [part for part in message.walk() if part.get_content_type() == "image/png"]
        self.assertEqual(picture["Content-ID"], f"<{name}>")
        self.assertEqual(picture.get_content_disposition(), "inline")
        self.assertEqual(picture.get_content(), qr_png(f"DRV{order.drive_pickup_code}"))
        # Beside the text, not among the files: programs list these below it.
        self.assertEqual([part.get_filename() for part in message.iter_attachments()], [f"{order.name}.ics"])

    def test_all_that_the_law_asks(self):
        order, message = self._confirmed_mail()
        text = message.get_body(("plain",)).get_content()
        text = " ".join(text.replace("*", "").split())
        for words in (
            order.drive_pickup_code,
            "Miche",
            "Pommes",
            "Estimated total, all taxes included",
            "You pay at pickup, by card, cheque or cash.",
            order._drive_cutoff_text(),
            "1 rue du Four",
            "Form to withdraw",
            "I/we () hereby withdraw",
            order.drive_point_id._drive_address(),
        ):
            self.assertIn(words, text)

    def test_in_the_member_s_language(self):
        self.member.lang = "fr_FR"
        _order, message = self._confirmed_mail()
        text = message.get_body(("html",)).get_content()
        for words in ("Votre code de retrait", "Formulaire de rétractation", "toutes taxes comprises"):
            self.assertIn(words, text)
        for words in ("pickup", "withdraw", "taxes included"):
            self.assertNotIn(words, text)

    def test_the_code_is_in_the_mail_that_the_basket_is_ready_too(self):
        order = self._create_confirmed({self.bread: 1})
        template = self.env.ref("cafoutch_drive.mail_template_ready")
        self.assertEqual([name for name, _content in order._drive_mail_files(template)], [order._drive_qr_name()])
        order._drive_start_preparation()
        order._drive_add_crate("ambient")
        body = template._generate_template(order.ids, ["body_html"])[order.id]["body_html"]
        self.assertIn(f'src="cid:{order._drive_qr_name()}"', body)

    def test_other_mails_keep_their_pictures_as_files(self):
        message = self.env["ir.mail_server"]._build_email__(
            "a@example.org",
            ["b@example.org"],
            "Subject",
            "<p>Nothing shown</p>",
            subtype="html",
            attachments=[("photo.png", qr_png("x"), "image/png")],
        )
        self.assertEqual([part.get_filename() for part in message.iter_attachments()], ["photo.png"])


@tagged("post_install", "-at_install")
class TestQrPicture(DriveCommon):
    def test_a_quiet_zone_and_sharp_edges(self):
        picture = Image.open(io.BytesIO(qr_png("DRVABC234")))
        width, height = picture.size
        self.assertEqual(width, height)
        self.assertEqual(width % PIXELS, 0)
        edge = QUIET_ZONE * PIXELS
        self.assertEqual({picture.getpixel((x, y)) for x in range(width) for y in range(edge)}, {255})
        # The corner of a finder pattern is dark.
        self.assertEqual(picture.getpixel((edge, edge)), 0)
