from datetime import timedelta

from odoo.modules.module import load_script
from odoo.tests import new_test_user, tagged
from odoo.tools.misc import file_path

from .common import DriveCommon


@tagged("post_install", "-at_install")
class TestMigration(DriveCommon):
    """What an upgrade does with data of the versions that landed before."""

    def _migrate(self, version, step, name="migration"):
        path = file_path(f"cafoutch_drive/migrations/{version}/{step}-{name}.py")
        self.env.flush_all()
        load_script(path, f"{step}_{version}").migrate(self.env.cr, version)
        self.env.invalidate_all()

    def test_orders_not_collected_before_the_rule_are_dated(self):
        """19.0.1.0.0 had the state, and no moment."""
        order = self._create_confirmed({self.bread: 1})
        stop = order.drive_slot_id.stop
        order._action_cancel()
        order.drive_state = "no_show"
        self._migrate("19.0.2.0.0", "post")
        self.assertEqual(order.drive_no_show_at, stop)
        order.drive_no_show_at = stop - timedelta(days=1)
        self._migrate("19.0.2.0.0", "post")
        self.assertEqual(order.drive_no_show_at, stop - timedelta(days=1), "done once")

    def test_nobody_is_a_member_only_since_the_upgrade(self):
        self.env.cr.execute("ALTER TABLE res_partner RENAME COLUMN coop_state_since TO since_elsewhere")
        for _time in range(2):
            self._migrate("19.0.2.0.0", "pre")
        self.env.cr.execute("SELECT count(coop_state_since) FROM res_partner")
        self.assertEqual(self.env.cr.fetchone(), (0,))

    def test_orders_did_not_end_at_the_upgrade(self):
        ended = self._create_confirmed({self.bread: 1})
        ended._drive_cancel()
        going_on = self._create_confirmed({self.bread: 1})
        self.env.flush_all()
        self.env.cr.execute("UPDATE sale_order SET drive_ended_at = NULL, write_date = '2026-01-02 10:00:00'")
        self._migrate("19.0.2.0.0", "pre")
        self.assertEqual(str(ended.drive_ended_at), "2026-01-02 10:00:00")
        self.assertFalse(going_on.drive_ended_at)

    def test_articles_are_not_all_new_at_the_upgrade(self):
        template = self.bread.product_tmpl_id
        self.env.flush_all()
        self.env.cr.execute("UPDATE product_template SET drive_since = NULL, create_date = '2026-01-02 10:00:00'")
        self._migrate("19.0.2.0.0", "pre")
        self.assertEqual(str(template.drive_since), "2026-01-02 10:00:00")
        template.drive_since = "2026-03-04 10:00:00"
        self._migrate("19.0.2.0.0", "pre")
        self.assertEqual(str(template.drive_since), "2026-03-04 10:00:00", "done once")

    def test_other_capacities_may_be_those_of_a_manager(self):
        own = self._create_slot(hours=30, capacity=7)
        past = self._create_slot(hours=-30, capacity=7)
        self._migrate("19.0.2.0.0", "post")
        self.assertEqual((own + past + self.slot).mapped("own_capacity"), [True, False, False])

    def test_numbers_without_bounds_are_brought_down(self):
        for name in ("positive_slot", "capacities", "longest_durations"):
            self.env.cr.execute(f"ALTER TABLE drive_point DROP CONSTRAINT drive_point_{name}")
        names = ("slot_minutes", "slot_capacity", "horizon_days", "cutoff_minutes", "hold_minutes", "grace_minutes")
        before = self.point.read(names)
        self._migrate("19.0.2.0.0", "pre")
        self.assertEqual(self.point.read(names), before)
        self.point.write(dict.fromkeys(names, 10**9))
        self._migrate("19.0.2.0.0", "pre")
        self.assertEqual([self.point[name] for name in names], [1440, 10000, 1098, 43200, 43200, 43200])

    def test_jobs_of_before_are_started_by_odoo_only(self):
        job = self.env.ref("cafoutch_drive.cron_form_batches")
        job.group_ids = False
        self._migrate("19.0.2.0.0", "post")
        self.assertEqual(job.group_ids, self.env.ref("base.group_system"))

    def test_states_are_dated_as_far_as_it_was_written(self):
        ended = self._create_confirmed({self.bread: 1})
        ended._drive_cancel()
        ready = self._create_confirmed({self.bread: 1})
        ready.write({"drive_state": "ready", "drive_told_at": "2026-01-04 10:00:00"})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET drive_state_times = NULL, date_order = '2026-01-02 10:00:00',"
            " drive_ended_at = CASE WHEN drive_state = 'cancelled' THEN timestamp '2026-01-03 10:00:00' END"
        )
        for _time in range(2):
            self._migrate("19.0.2.0.0", "pre")
        self.assertEqual(
            ended.drive_state_times, [["confirmed", "2026-01-02 10:00:00"], ["cancelled", "2026-01-03 10:00:00"]]
        )
        self.assertEqual(
            ready.drive_state_times, [["confirmed", "2026-01-02 10:00:00"], ["ready", "2026-01-04 10:00:00"]]
        )

    def test_orders_know_their_batch(self):
        orders = self._create_confirmed({self.bread: 1}) | self._create_confirmed({self.bread: 1})
        orders._drive_join_batch()
        batch = orders.drive_batch_id
        self.env.flush_all()
        self.env.cr.execute("UPDATE sale_order SET drive_batch_id = NULL WHERE id IN %s", [tuple(orders.ids)])
        self.env.invalidate_all()
        for _time in range(2):
            self._migrate("19.0.2.0.0", "post")
            self.assertEqual(orders.mapped("drive_batch_id"), batch)

    def test_what_people_avoid_is_moved(self):
        milk = self.env.ref("cafoutch_drive.allergen_milk")
        self.env.cr.execute("CREATE TABLE drive_allergen_partner_rel (partner_id int, allergen_id int)")
        self.env.cr.execute("ALTER TABLE res_partner ADD COLUMN drive_avoid_since date")
        self.env.cr.execute("INSERT INTO drive_allergen_partner_rel VALUES (%s, %s)", [self.member.id, milk.id])
        self.env.cr.execute(
            "UPDATE res_partner SET drive_avoid_since = '2026-01-02', drive_avoids = true WHERE id = %s",
            [self.member.id],
        )
        for _time in range(2):
            self._migrate("19.0.2.1.0", "post")
            self.assertEqual(self.member._drive_avoidances().allergen_id, milk)
            self.assertEqual(str(self.member._drive_avoidances().since), "2026-01-02")
        self.env.cr.execute(
            """SELECT count(*) FROM information_schema.columns
                WHERE table_name = 'drive_allergen_partner_rel' OR column_name = 'drive_avoid_since'"""
        )
        self.assertEqual(self.env.cr.fetchone(), (0,))

    def test_addresses_that_members_made_are_addresses(self):
        user = new_test_user(self.env, login="maker", groups="base.group_portal")
        child = {"parent_id": user.partner_id.id, "coop_state": "up_to_date"}
        made, own, person = self.env["res.partner"].create(
            [{"name": "Made"}, {"name": "Own"}, {"name": "Person", "coop_number": "4711"}]
        )
        (made | own | person).write(child)
        self.env.flush_all()
        self.env.cr.execute("UPDATE res_partner SET create_uid = %s WHERE id IN %s", [user.id, (made | person)._ids])
        # The rule of now would not let them be members of the coop.
        self.env.cr.execute(
            "UPDATE res_partner SET type = 'contact', coop_state = 'up_to_date' WHERE id IN %s",
            [(made | own | person)._ids],
        )
        self.env.invalidate_all()
        for _time in range(2):
            self._migrate("19.0.2.1.0", "post", "addresses")
            self.assertEqual((made | own | person).mapped("type"), ["delivery", "contact", "contact"])
            self.assertEqual((made | own | person).mapped("coop_state"), [False, "up_to_date", "up_to_date"])

    def test_tills_forget_the_numbers_of_cards(self):
        till = self.env["pos.config"].create({"name": "Till"})
        till.last_data_change = "2026-01-01 10:00:00"
        self._migrate("19.0.2.1.0", "post")
        self.assertEqual(till.last_data_change, self.env.cr.now())

    def test_contacts_are_narrowed_unless_somebody_decided(self):
        policy = self.env["drive.policy"]._for(self.company)
        self.env.cr.execute("UPDATE drive_policy SET narrow_contacts = false")
        self.env.invalidate_all()
        self._migrate("19.0.2.1.0", "post")
        self.assertTrue(policy.narrow_contacts)
        # What one transaction changes to and fro is no change that is noted.
        self.env.cr.precommit.run()
        policy.with_context(tracking_disable=False).narrow_contacts = False
        self.env.cr.precommit.run()
        self._migrate("19.0.2.1.0", "post")
        self.assertFalse(policy.narrow_contacts, "by hand")
