from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models

QUARTER = timedelta(minutes=15)
# A pickup session made for the day of the demo began so long ago: its first baskets
# have been handed over, the others are still to come.
BEGUN = timedelta(minutes=40)
SESSION = timedelta(hours=2, minutes=30)

BASKETS = {
    "family": {
        "Oranges de Sicile": 2.5,
        "Pommes Story": 1.5,
        "Carottes en botte": 1,
        "Pommes de terre Agria": 3,
        "Salade feuille de chêne": 2,
        "Miche de campagne 800 g": 2,
        "Tomme de brebis fermière": 0.3,
        "Yaourt nature, pot en verre": 8,
        "Œufs bio, boîte de 10": 1,
        "Spaghetti": 2,
        "Coulis de tomate": 2,
        "Pur jus de pomme": 2,
    },
    "alone": {
        "Clémentines de Sicile": 1,
        "Poireaux": 0.75,
        "Baguette de tradition": 1,
        "Crottin de chèvre frais": 2,
        "Lentilles vertes": 0.5,
        "Bière blonde": 2,
    },
    "bulk": {
        "Riz complet de Camargue": 1,
        "Pois chiches": 0.5,
        "Flocons d’avoine": 0.8,
        "Amandes décortiquées": 0.2,
        "Café en grains, mélange maison": 0.3,
        "Lessive liquide en vrac": 1.5,
        "Huile d’olive en vrac": 0.5,
        "Pain complet au levain 800 g": 1,
    },
    "cold": {
        "Comté 12 mois": 0.4,
        "Beurre de baratte demi-sel": 1,
        "Lait entier cru": 2,
        "Brousse du Rove": 1,
        "Petits pois": 1,
        "Sorbet citron": 1,
        "Fougasse aux olives": 1,
        "Citrons de Sicile": 0.5,
        "Mesclun": 0.2,
    },
    "house": {
        "Savon de Marseille à l’olive": 2,
        "Papier toilette recyclé, 6 rouleaux": 1,
        "Éponges végétales, lot de 2": 1,
        "Miel de lavande": 1,
        "Chocolat noir 70 %": 3,
        "Oignons jaunes": 1,
        "Bananes": 1,
        "Miche de campagne 800 g": 1,
    },
}
# (place in the window, member, basket, state): of the window before the last one,
# of the last one, and of today's.
WINDOW_BEFORE = [
    (0, "durand_camille", "family", "done"),
    (2, "diallo_fatou", "bulk", "done"),
    (5, "nguyen_paul", "cold", "done"),
]
WINDOW_LAST = [
    (1, "durand_camille", "house", "done"),
    (3, "fontaine_claire", "alone", "done"),
    (4, "benali_karim", "alone", "no_show"),
    (6, "blanc_hugo", "cold", "done"),
]
WINDOW_TODAY = [
    (0, "diallo_fatou", "family", "done"),
    (1, "martin_jeanne", "alone", "done"),
    (2, "nguyen_paul", "family", "ready"),
    (3, "haddad_nadia", "cold", "ready"),
    (4, "benali_karim", "house", "short"),
    # What is still to prepare comes last: a while after the demo was made it is not late yet.
    (6, "fontaine_claire", "bulk", "preparing"),
    (7, "blanc_hugo", "family", "confirmed"),
    (8, "haddad_elias", "alone", "confirmed"),
    (9, "diallo_awa", "cold", "confirmed"),
]
# (number among the open slots of later days, member, basket, state) of orders to come.
COMING = [
    (0, "nguyen_paul", "bulk", "confirmed"),
    (2, "fontaine_claire", "house", "confirmed"),
    (5, "blanc_hugo", "alone", "confirmed"),
    (8, "benali_sarah", "alone", "confirmed"),
    (9, "martin_jeanne", "cold", "cancelled"),
    (11, "martin_jeanne", "family", "held"),
    (None, "nguyen_linh", "alone", "basket"),
]


class DriveDemo(models.AbstractModel):
    """Orders of the past, of today and to come, made by the methods that members,
    preparers and the till use.

    A place can only be taken before the cut-off. So an order of the past, or of
    today, is confirmed in a slot to come, which is then moved to its real time.
    """

    _inherit = "drive.demo"

    @api.model
    def _demo_orders(self):
        """Make the orders, once."""
        if self.env["sale.order"].search_count([("is_drive", "=", True)], limit=1):
            return
        demo = self.with_context(lang="fr_FR", tracking_disable=True)
        now = fields.Datetime.now()
        before, last = demo._past_windows(now)
        demo._make_window(before, WINDOW_BEFORE)
        demo._make_window(last, WINDOW_LAST)
        demo._make_window(demo._today_window(now), WINDOW_TODAY)
        demo._make_coming()
        # Nobody waits for mails about them.
        self.env["sale.order"].search(
            [("pending_email_template_id", "!=", False), ("is_drive", "=", True)]
        ).pending_email_template_id = False

    def _point(self):
        return self.env.ref("cafoutch_drive.point")

    def _member(self, name):
        return self.env.ref(f"cafoutch_drive.member_{name}")

    # === WINDOWS === #

    def _local_day(self, now, days=0):
        """UTC datetimes between which a day of the point lies; 0 is today."""
        zone = pytz.timezone(self._point().tz)
        day = pytz.utc.localize(now).astimezone(zone).date() + timedelta(days=days)
        begin, end = (
            zone.localize(datetime.combine(date, time.min)).astimezone(pytz.utc).replace(tzinfo=None)
            for date in (day, day + timedelta(days=1))
        )
        return begin, end

    def _past_windows(self, now):
        """The two last opening windows before today."""
        begin, end = self._local_day(now, -8)[0], self._local_day(now)[0]
        return self._point()._opening_windows(begin, end)[-2:]

    def _today_window(self, now):
        """Today's window that orders are now being prepared for.

        The shop opens three days a week. On another day, or hours before it opens,
        a session of its own is made, so that there is something to prepare and to
        hand over whatever the day: only its slots exist, the opening hours stay
        those of the shop.
        """
        cutoff = timedelta(minutes=self._point().cutoff_minutes)
        day_begin, day_end = self._local_day(now)
        windows = self._point()._opening_windows(day_begin, day_end)
        for opens, closes in windows:
            if opens - cutoff <= now <= closes:
                return opens, closes
        begin = now - BEGUN
        begin = begin.replace(minute=begin.minute // 15 * 15, second=0, microsecond=0)
        # Within the day, and not before the shop's own window has closed.
        over = [closes for _opens, closes in windows if closes <= now]
        begin = max([begin, day_begin, *over])
        begin = min(begin, day_end - QUARTER - SESSION)
        return begin, begin + SESSION

    def _make_window(self, window, plan):
        """Make the slots of a window and the orders planned in it."""
        opens, closes = window
        point = self._point()
        point.slot_ids.filtered(lambda slot: opens <= slot.start < closes).unlink()
        planned = {place: order for place, *order in plan}
        starts = [opens + QUARTER * n for n in range(int((closes - opens) / QUARTER))]
        slots = [self._make_slot(point, place) for place in range(len(starts))]
        orders = [(self._confirm(*planned[place][:2], slots[place]), planned[place][2]) for place in sorted(planned)]
        for slot, start in zip(slots, starts, strict=True):
            slot.write({"window_start": opens, "start": start, "stop": start + QUARTER})
        for order, _state in orders:
            self._date_order(order)
        point._form_batches()
        # Nobody collects before the time.
        now = fields.Datetime.now()
        self._live(
            [
                (order, "ready" if state == "done" and order.drive_slot_id.start > now else state)
                for order, state in orders
            ]
        )

    def _make_slot(self, point, place):
        """A slot that can still be booked, until it gets its real time."""
        start = fields.Datetime.now() + timedelta(days=point.horizon_days - 1)
        start += timedelta(seconds=place)
        return self.env["drive.slot"].create(
            {
                "point_id": point.id,
                "window_start": start,
                "start": start,
                "stop": start + QUARTER,
                "capacity": point.slot_capacity,
            }
        )

    def _make_coming(self):
        # Not today's, which may be open until its cut-off: there is today's work already.
        tomorrow = self._local_day(fields.Datetime.now())[1]
        slots = self.env["drive.slot"].search([("state", "=", "open"), ("start", ">=", tomorrow)])
        for number, member, basket, state in COMING:
            if state == "basket":
                self._fill_basket(member, basket)
            elif state == "held":
                self._fill_basket(member, basket)._drive_hold(slots[number])
            else:
                order = self._confirm(member, basket, slots[number])
                if state == "cancelled":
                    order._drive_cancel()
