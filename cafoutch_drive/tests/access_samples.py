"""What the access tables try on each model: a record to read and to write, values to write
to it, and values to create another one."""

from datetime import timedelta

from odoo import Command

from ..models.sale_order_line_likeness import Substitute
from .access_common import ADDON, AccessCommon

# Models whose records belong to others: deleting is tried on the sample itself.
ONE_ONLY = (
    "drive.booking",
    "drive.catalogue.change",
    "drive.numbers",
    "drive.policy",
    "drive.policy.state",
    "drive.proposal",
    "drive.question",
    "drive.question.choice",
    "drive.repair",
    "drive.waiting",
)


class AccessSamples(AccessCommon):
    def _sample(self, model):
        """``(record, values to write, values to create)`` of a model; made when it is
        asked for, because a run asks hundreds of times."""
        return getattr(self, f"_sample_{model.replace('.', '_')}")()

    def _sample_to_delete(self, model, sample):
        """A record that nothing hangs on; of some models the sample itself."""
        if model in ONE_ONLY:
            return sample
        if model == "sale.order":
            return self._quotation()
        _record, _change, values = self._sample(model)
        return self.env[model].create(values)

    # === THE ADDON'S === #

    def _sample_drive_point(self):
        return self.point, {"name": "Renamed"}, {"name": "Another", "calendar_id": self.calendar.id}

    def _far_slot(self):
        """A slot beyond those that are made from the opening hours."""
        return self._create_slot(hours=24 * 400 + self.env["drive.slot"].search_count([]))

    def _sample_drive_slot(self):
        slot = self._far_slot()
        texts = {name: str(slot[name] + timedelta(days=365)) for name in ("start", "stop", "window_start")}
        return slot, {"closed": True}, {"point_id": self.point.id, **texts}

    def _sample_drive_booking(self):
        booking = {"place_no": 1, "order_id": self.order.id, "partner_id": self.member.id, "state": "booked"}
        return (
            self.order.drive_booking_id,
            {"state": "released"},
            {"slot_id": self._far_slot().id, **booking},
        )

    def _sample_drive_replan(self):
        replan = {"point_id": self.point.id}
        return self.env["drive.replan"].create(replan), {"told": False}, replan

    def _sample_drive_place(self):
        place = {"name": "Étagère", "point_id": self.point.id}
        return self.env["drive.place"].create(place), {"name": "Renamed"}, place

    def _sample_drive_crate(self):
        crates = self.env["drive.crate"]
        number = crates.search_count([])
        crate = {"order_id": self.order.id, "name": f"C{number}"}
        return crates.create(crate), {"storage_class": "frozen"}, {**crate, "name": f"D{number}"}

    def _sample_drive_preparation_claim(self):
        claims = self.env["drive.preparation.claim"]
        batch = self.env["stock.picking.batch"].create({"picking_type_id": self.warehouse.out_type_id.id})
        values = {"batch_id": batch.id, "device": "phone", "seen_at": "2026-01-01"}
        other = self.env["product.product"].create({"name": "New"})
        return (
            claims.create({**values, "product_id": self.bread.id}),
            {"person": "x"},
            {**values, "product_id": other.id},
        )

    def _sample_drive_preparation_tick(self):
        ticks = self.env["drive.preparation.tick"]
        number = ticks.search_count([]) + 1
        values = {"device": "phone", "kind": "begin"}
        return (
            ticks.create({**values, "uuid": f"a{number}", "no": number}),
            {"kind": "undo"},
            {**values, "uuid": f"b{number}", "no": 1000 + number},
        )

    def _question(self):
        """A question about an order of its own, that can be answered."""
        slot = self._create_slot(hours=200)
        order = self._create_confirmed({self.bread: 1}, slot, self._create_member("Somebody"))
        order.drive_substitution = "ask"
        order._drive_start_preparation()
        order.order_line._drive_short(0, "missing")
        [found] = self.env["product.product"].create({"name": "Another"})
        substitute = Substitute(found, 1.0, 1.0, 1.0, 1.0)
        return self.env["drive.question"]._ask(order.order_line, [substitute])

    def _sample_drive_question(self):
        values = {"line_id": self.order.order_line[0].id, "expires_at": "2099-01-01"}
        return self._question(), {"answer": "nothing"}, values

    def _sample_drive_question_choice(self):
        question = self._question()
        values = {"question_id": question.id, "product_id": self.bread.id}
        return question.choice_ids, {"qty": 3}, values

    def _sample_stock_lot(self):
        lots = self.env["stock.lot"]
        values = {"name": f"L{lots.search_count([])}", "product_id": self.bread.id}
        return (
            lots.create({**values, "name": f"{values['name']} sample"}),
            {"name": f"{values['name']} renamed"},
            values,
        )

    def _sample_drive_repair(self):
        session = self.config.current_session_id or self.env["pos.session"].create(
            {"config_id": self.config.id, "user_id": self.env.uid}
        )
        amounts = dict.fromkeys(("amount_tax", "amount_total", "amount_paid", "amount_return"), 0)
        ticket = self.env["pos.order"].create({"session_id": session.id, "company_id": self.company.id, **amounts})
        values = {"kind": "unsold", "ticket_id": ticket.id}
        return self.env["drive.repair"].create({**values, "kind": "till"}), {"reason": "Renamed"}, values

    def _sample_drive_allergen(self):
        allergens = self.env["drive.allergen"]
        values = {"name": "Apple", "code": f"apple-{allergens.search_count([])}"}
        return allergens.search([], limit=1), {"sequence": 99}, values

    def _sample_drive_avoidance(self):
        milk, nuts, gluten = (self.env.ref(f"{ADDON}.allergen_{name}").id for name in ("milk", "nuts", "gluten"))
        self.member._drive_avoid([str(milk)])
        values = {"partner_id": self.member.id, "allergen_id": nuts}
        return self.member._drive_avoidances(), {"allergen_id": gluten}, values

    def _sample_drive_catalogue_change(self):
        return self.env["drive.catalogue.change"].search([], limit=1), {}, {}

    def _sample_drive_numbers(self):
        if not self.order.drive_ready_at:
            self.order.drive_ready_at = self.order.drive_slot_id.start
        return self.env["drive.numbers"].browse(self.order.id), {"orders": 2}, {"orders": 2}

    def _sample_drive_forget(self):
        person = {"partner_id": self.member.id}
        return self.env["drive.forget"].create(person), {}, person

    def _proposal(self):
        """Another slot proposed for an order of its own."""
        order = self._create_confirmed({self.bread: 1}, member=self._create_member("Somebody"))
        slots = self.env["drive.slot"].search([("point_id", "=", self.point.id), ("state", "=", "open")])
        beside = (slots - order.drive_slot_id)[:1]
        return self.env["drive.proposal"]._propose(order, beside, beside.cutoff, False)

    def _sample_drive_proposal(self):
        values = {"order_id": self.order.id, "slot_id": self.slot.id, "expires_at": "2099-01-01"}
        return self._proposal(), {"reason": "x"}, values

    def _waiting(self):
        """A place offered to the member's household, in a slot of its own."""
        slot = self._full_slot()
        slot.capacity = 1
        for earlier in self.env["drive.waiting"].search([("state", "in", ("waiting", "offered"))]):
            earlier._leave()
        self.env.flush_all()
        values = {"point_id": self.point.id, "slot_id": slot.id, "day": slot._drive_day()}
        people = {"partner_id": self.member.id, "household_id": self.member.id}
        waiting = self.env["drive.waiting"].create({**values, **people})
        waiting._offer(slot)
        return waiting

    def _full_slot(self):
        """A slot that could be taken if it had a place."""
        # At an odd second, where no other one begins.
        number = self.env["drive.slot"].search_count([])
        return self._create_slot(hours=60 + (2 * number + 1) / 3600, capacity=0)

    def _sample_drive_waiting(self):
        people = {"partner_id": self.member.id, "household_id": self.member.id}
        return self._waiting(), {"state": "left"}, {"point_id": self.point.id, "day": "2099-01-01", **people}

    def _sample_drive_closure(self):
        closure = {"kind": "slots", "slot_ids": self._far_slot().ids, "point_id": self.point.id}
        return self.env["drive.closure"].create(closure), {"reason": "x"}, closure

    def _sample_drive_closure_line(self):
        line = {"closure_id": self._sample_drive_closure()[0].id, "order_id": self.order.id}
        return self.env["drive.closure.line"].create(line), {"choice": "move"}, line

    def _sample_drive_batch_move(self):
        move = {"order_id": self.order.id}
        return self.env["drive.batch.move"].create(move), {"batch_id": False}, move

    def _sample_drive_move(self):
        move = {"order_id": self.order.id}
        return self.env["drive.move"].create(move), {"day": "2099-01-01"}, move

    def _list(self):
        """A private list of `member`, with a product."""
        return self.env["drive.list"]._drive_keep(self.member, "Semaine", {self.bread: 1.0})

    def _sample_drive_list(self):
        number = self.env["drive.list"].search_count([])
        return self._list(), {"is_shared": True}, {"name": f"L{number}", "partner_id": self.member.id}

    def _sample_drive_list_line(self):
        values = {"list_id": self._list().id, "product_id": self.env["product.product"].create({"name": "New"}).id}
        return self._list().line_ids[0], {"quantity": 2}, values

    def _sample_drive_sign_in(self):
        tries = self.env["drive.sign.in"]
        number = tries.search_count([])
        values = {"kind": "pair", "last_at": "2026-01-01 08:00:00"}
        return (
            tries.create({**values, "key": f"a{number}"}),
            {"failures": 0},
            {**values, "key": f"b{number}"},
        )

    def _sample_drive_password_reset(self):
        reset = {"user_id": self.people["other"].id}
        return self.env["drive.password.reset"].create(reset), reset, reset

    def _sample_drive_first_steps(self):
        return self.env["drive.first.steps"].create({}), {"step_ids": []}, {}

    def _sample_drive_first_step(self):
        page = self.env["drive.first.steps"].create({})
        return page.step_ids[0], {"code": "mail"}, {"page_id": page.id, "code": "mail"}

    def _sample_drive_health_page(self):
        return self.env["drive.health.page"].create({}), {"row_ids": []}, {}

    def _sample_drive_health_row(self):
        page = self.env["drive.health.page"].create({})
        return page.row_ids[0], {"code": "disk"}, {"page_id": page.id, "code": "disk"}

    def _policy(self):
        return self.env["drive.policy"]._for(self.company)

    def _sample_drive_policy(self):
        return self._policy(), {"no_show_limit": 3}, {"company_id": self.company.id}

    def _sample_drive_policy_state(self):
        values = {"policy_id": self._policy().id, "state": "left"}
        return self._policy().state_ids[0], {"message": "Écris-nous"}, values

    def _import_values(self):
        return {"file": "YmFyY29kZSxuYW1lCg==", "filename": "x.csv", "point_id": self.point.id}

    def _sample_drive_product_import(self):
        values = self._import_values()
        return self.env["drive.product.import"].create(values), {"default_stock": 1}, values

    def _sample_drive_product_lookup(self):
        values = {"file": "Y29kZQo="}
        return self.env["drive.product.lookup"].create(values), {"filename": "x.csv"}, values

    def _sample_drive_member_import(self):
        values = {"file": "bnVtYmVyCg=="}
        return self.env["drive.member.import"].create(values), {"default_state": "up_to_date"}, values

    def _sample_drive_team_member(self):
        values = {"user_id": self.people["volunteer"].id}
        return self.env["drive.team.member"].create(values), {"is_shared": False}, values

    def _sample_drive_invitation(self):
        return self.env["drive.invitation"].create({}), {"summary": "x"}, {"summary": "x"}

    # === ODOO'S, TO WHICH THE ADDON ADDS SOMETHING === #

    def _quotation(self):
        """An ordinary order, not of the drive."""
        return self.env["sale.order"].create({"partner_id": self.member.id})

    def _sample_sale_order(self):
        return self.order, {"drive_note": "x"}, {"partner_id": self.member.id}

    def _sample_sale_order_line(self):
        values = {"order_id": self._quotation().id, "product_id": self.bread.id}
        return self.order.order_line, {"drive_substitution": "none"}, values

    def _sample_pos_config(self):
        return self.config, {"name": "Renamed"}, {"name": "Another till"}

    def _sample_product_product(self):
        return self.bread, {"drive_producer": "A farm"}, {"name": "Pain"}

    def _sample_product_template(self):
        return self.bread.product_tmpl_id, {"drive_producer": "A farm"}, {"name": "Pain"}

    def _sample_res_partner(self):
        return self.member, {"coop_number": "4711"}, {"name": "Somebody"}

    def _sample_resource_calendar(self):
        return self.calendar, {"name": "Renamed"}, {"name": "Other hours"}

    def _sample_resource_calendar_attendance(self):
        evening = {"dayofweek": "5", "hour_from": 18, "hour_to": 20, "day_period": "afternoon"}
        values = {"name": "Evening", "calendar_id": self.calendar.id, **evening}
        return self.calendar.attendance_ids[0], {"name": "Renamed"}, values

    def _sample_resource_calendar_leaves(self):
        day = {"date_from": "2020-01-01 08:00:00", "date_to": "2020-01-01 20:00:00"}
        closure = {"name": "Closed", "calendar_id": self.calendar.id, **day}
        return self.env["resource.calendar.leaves"].create(closure), {"name": "Renamed"}, closure

    def _sample_stock_picking_batch(self):
        values = {"picking_type_id": self.warehouse.out_type_id.id}
        return self.env["stock.picking.batch"].create(values), {"drive_point_id": False}, values

    def _sample_stock_picking(self):
        return self.order.picking_ids, {"note": "x"}, {"picking_type_id": self.warehouse.out_type_id.id}

    def _places(self):
        return {"location_id": self.stock.id, "location_dest_id": self.env.ref("stock.stock_location_customers").id}

    def _sample_stock_move(self):
        values = {"product_id": self.bread.id, "product_uom": self.bread.uom_id.id, **self._places()}
        return self.order.picking_ids.move_ids, {"description_picking": "x"}, values

    def _sample_stock_move_line(self):
        values = {"product_id": self.bread.id, "company_id": self.company.id, **self._places()}
        return self.order.picking_ids.move_line_ids, {"picked": True}, values

    def _invoice(self, post=True):
        """An invoice of the member's order."""
        line = {"product_id": self.bread.id, "sale_line_ids": self.order.order_line.ids, "tax_ids": []}
        values = {"move_type": "out_invoice", "partner_id": self.member.id, "invoice_date": "2026-01-02"}
        invoice = self.env["account.move"].create({**values, "invoice_line_ids": [Command.create(line)]})
        if post:
            invoice.action_post()
        return invoice

    def _sample_account_move(self):
        values = {"move_type": "out_invoice", "partner_id": self.member.id}
        return self._invoice(), {"ref": "x"}, values

    def _sample_account_move_line(self):
        values = {"move_id": self._invoice(post=False).id, "product_id": self.bread.id, "tax_ids": []}
        return self._invoice().invoice_line_ids, {"name": "x"}, values
