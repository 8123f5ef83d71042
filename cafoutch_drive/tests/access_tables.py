"""Who may do what: the tables of the access tests, written by hand.

What is not in them fails a test: whoever adds a route, a model, a method that can be
called from outside, a field for some, a report, a button, a menu or an action says here
who may use it. What each is called with is in ``access_tries.py``.
"""

# `household` lives with `member`; `other` is a member of another household. All but the
# visitor are members who may order. <int:order_id> is an order that `member` confirmed.
# A number is an HTTP status; "login" leads to the sign-in page; a word is the `code` of
# a refusal, and "ok" none.
#                                           visitor    member household other volunteer cashier manager
ROUTES = """
GET  /drive                                 login      200 200 200 200 200 200
GET  /drive/shelf/<int:shelf_id>            login      200 200 200 200 200 200
GET  /drive/search                          login      200 200 200 200 200 200
GET  /drive/product/<int:product_id>        login      200 200 200 200 200 200
GET  /drive/slots                           login      200 200 200 200 200 200
POST /drive/basket/set                      login      303 303 303 303 303 303
POST /drive/basket/ceiling                  login      303 303 303 303 303 303
POST /drive/slots/hold                      login      303 303 303 303 303 303
POST /drive/slots/extend                    login      303 303 303 303 303 303
POST /drive/slots/release                   login      303 303 303 303 303 303
JSON /drive/api/basket/set                  signed_out ok  ok  ok  ok  ok  ok
POST /drive/basket/wish                     login      303 303 303 303 303 303
JSON /drive/api/slots/hold                  signed_out ok  ok  ok  ok  ok  ok
JSON /drive/api/slots/extend                signed_out ok  ok  ok  ok  ok  ok
JSON /drive/api/slots/release               signed_out ok  ok  ok  ok  ok  ok
GET  /drive/basket                          login      200 200 200 200 200 200
GET  /drive/basket/panel                    login      200 200 200 200 200 200
GET  /drive/checkout                        login      200 200 200 200 200 200
POST /drive/checkout/confirm                login      303 303 303 303 303 303
POST /drive/checkout/keep                   login      303 303 303 303 303 303
GET  /drive/terms                           login      200 200 200 200 200 200
JSON /drive/api/checkout/confirm            signed_out ok  ok  ok  ok  ok  ok
GET  /drive/card                            login      200 200 200 200 200 200
GET  /drive/orders                          login      200 200 200 200 200 200
GET  /drive/orders/<int:order_id>           login      200 200 404 404 404 404
GET  /drive/orders/<int:order_id>/pickup.ics login     200 200 404 404 404 404
GET  /drive/orders/<int:order_id>/receipt   login      404 404 404 404 404 404
POST /drive/orders/<int:order_id>/message   login      303 303 404 404 404 404
POST /drive/orders/<int:order_id>/late      login      303 303 404 404 404 404
POST /drive/orders/<int:order_id>/collector login      303 303 404 404 404 404
POST /drive/orders/<int:order_id>/arrived   login      409 409 404 404 404 404
POST /drive/orders/<int:order_id>/cancel    login      303 303 404 404 404 404
JSON /drive/api/orders/cancel               signed_out ok  ok  no_such_order no_such_order no_such_order no_such_order
GET  /drive/orders/<int:order_id>/slots     login      200 200 404 404 404 404
POST /drive/orders/<int:order_id>/move      login      303 303 404 404 404 404
JSON /drive/api/orders/move                 signed_out ok  ok  no_such_order no_such_order no_such_order no_such_order
GET  /drive/orders/<int:order_id>/change    login      200 200 404 404 404 404
POST /drive/orders/<int:order_id>/change    login      303 303 404 404 404 404
JSON /drive/api/orders/change               signed_out ok  ok  no_such_order no_such_order no_such_order no_such_order
GET  /drive/manifest.webmanifest                200        200 200 200 200 200 200
GET  /drive/service-worker.js                   200        200 200 200 200 200 200
GET  /drive/offline                             200        200 200 200 200 200 200
GET  /drive/health                              200        200 200 200 200 200 200
GET  /drive/icon/192                            200        200 200 200 200 200 200
GET  /drive/icon/512                            200        200 200 200 200 200 200
GET  /drive/question/<string:question_token> 200       200 200 200 200 200 200
POST /drive/question/<string:question_token> 303       303 303 303 303 303 303
GET  /drive/proposal/<string:token>         200        200 200 200 200 200 200
POST /drive/proposal/<string:token>         303        303 303 303 303 303 303
POST /drive/waiting/join                    login      303 303 303 303 303 303
GET  /drive/waiting/panel                   login      200 200 200 200 200 200
POST /drive/waiting/<int:waiting_id>/take   login      303 303 404 404 404 404
POST /drive/waiting/<int:waiting_id>/leave  login      303 303 404 404 404 404
JSON /drive/api/waiting/join                signed_out ok  ok  ok  ok  ok  ok
JSON /drive/api/waiting/take signed_out ok ok no_such_waiting no_such_waiting no_such_waiting no_such_waiting
JSON /drive/api/waiting/leave signed_out ok ok no_such_waiting no_such_waiting no_such_waiting no_such_waiting
GET  /drive/offer/<string:waiting_token>    200        200 200 200 200 200 200
POST /drive/offer/<string:waiting_token>    303        303 303 303 303 303 303
GET  /drive/me                              login      200 200 200 200 200 200
GET  /drive/me/data                         login      200 200 200 200 200 200
GET  /drive/me/allergens                    login      200 200 200 200 200 200
POST /drive/me/allergens                    login      303 303 303 303 303 303
GET  /drive/me/data/export                  login      200 200 200 200 200 200
GET  /drive/for                             login      404 404 404 404 200 200
GET  /drive/for/<int:member_id>             login      404 404 404 404 200 200
POST /drive/for/<int:member_id>/begin       login      404 404 404 404 303 303
POST /drive/for/end                         login      303 303 303 303 303 303
GET  /drive/usual                           login      200 200 200 200 200 200
POST /drive/usual/add                       login      303 303 303 303 303 303
GET  /drive/favourites                      login      200 200 200 200 200 200
POST /drive/favourites/set                  login      303 303 303 303 303 303
JSON /drive/api/favourites/set              signed_out ok  ok  ok  ok  ok  ok
GET  /drive/lists                           login      200 200 200 200 200 200
POST /drive/lists/keep                      login      303 303 303 303 303 303
GET  /drive/lists/<int:list_id>             login      200 404 404 404 404 404
POST /drive/lists/<int:list_id>/add         login      303 404 404 404 404 404
POST /drive/lists/<int:list_id>/set         login      303 404 404 404 404 404
POST /drive/lists/<int:list_id>/rename      login      303 404 404 404 404 404
POST /drive/lists/<int:list_id>/delete      login      303 404 404 404 404 404
POST /drive/orders/<int:order_id>/again     login      303 303 404 404 404 404
GET  /drive/recall/<string:token>           200        200 200 200 200 200 200
POST /drive/recall/<string:token>           303        303 303 303 303 303 303
POST /drive/me/recall                       login      303 303 303 303 303 303
"""

# The same routes for a member who may not order, with an order of before: a page that
# says why (403), or the code of the refusal; what is theirs stays open.
REFUSED = """
GET  /drive                                 403
GET  /drive/shelf/<int:shelf_id>            403
GET  /drive/search                          403
GET  /drive/product/<int:product_id>        403
GET  /drive/slots                           403
POST /drive/basket/set                      403
POST /drive/basket/ceiling                  403
POST /drive/slots/hold                      403
POST /drive/slots/extend                    403
POST /drive/slots/release                   403
JSON /drive/api/basket/set                  suspended
JSON /drive/api/slots/hold                  suspended
JSON /drive/api/slots/extend                no_slot
JSON /drive/api/slots/release               no_slot
GET  /drive/basket                          403
GET  /drive/basket/panel                    403
GET  /drive/checkout                        403
POST /drive/checkout/confirm                403
POST /drive/checkout/keep                   403
GET  /drive/terms                           200
JSON /drive/api/checkout/confirm            suspended
GET  /drive/card                            200
GET  /drive/orders                          200
GET  /drive/orders/<int:order_id>           200
GET  /drive/orders/<int:order_id>/pickup.ics 200
GET  /drive/orders/<int:order_id>/receipt   404
POST /drive/orders/<int:order_id>/message   303
POST /drive/orders/<int:order_id>/late      303
POST /drive/orders/<int:order_id>/collector 303
POST /drive/orders/<int:order_id>/arrived   409
POST /drive/orders/<int:order_id>/cancel    303
JSON /drive/api/orders/cancel               ok
GET  /drive/orders/<int:order_id>/slots     200
POST /drive/orders/<int:order_id>/move      303
JSON /drive/api/orders/move                 ok
GET  /drive/orders/<int:order_id>/change    200
POST /drive/orders/<int:order_id>/change    303
JSON /drive/api/orders/change               ok
GET  /drive/manifest.webmanifest            200
GET  /drive/service-worker.js               200
GET  /drive/offline                         200
GET  /drive/health                          200
GET  /drive/icon/192                        200
GET  /drive/icon/512                        200
GET  /drive/question/<string:question_token> 200
POST /drive/question/<string:question_token> 303
GET  /drive/proposal/<string:token>         200
POST /drive/proposal/<string:token>         303
POST /drive/waiting/join                    403
GET  /drive/waiting/panel                   403
POST /drive/waiting/<int:waiting_id>/take   403
POST /drive/waiting/<int:waiting_id>/leave  303
JSON /drive/api/waiting/join                suspended
JSON /drive/api/waiting/take                suspended
JSON /drive/api/waiting/leave               ok
GET  /drive/offer/<string:waiting_token>    200
POST /drive/offer/<string:waiting_token>    409
GET  /drive/me                              200
GET  /drive/me/data                         200
GET  /drive/me/allergens                    200
POST /drive/me/allergens                    303
GET  /drive/me/data/export                  200
GET  /drive/for                             404
GET  /drive/for/<int:member_id>             404
POST /drive/for/<int:member_id>/begin       404
POST /drive/for/end                         303
POST /drive/basket/wish                     403
GET  /drive/usual                           403
POST /drive/usual/add                       403
GET  /drive/favourites                      403
POST /drive/favourites/set                  403
JSON /drive/api/favourites/set              suspended
GET  /drive/lists                           403
POST /drive/lists/keep                      403
GET  /drive/lists/<int:list_id>             403
POST /drive/lists/<int:list_id>/add         403
POST /drive/lists/<int:list_id>/set         403
POST /drive/lists/<int:list_id>/rename      403
POST /drive/lists/<int:list_id>/delete      403
POST /drive/orders/<int:order_id>/again     403
GET  /drive/recall/<string:token>           200
POST /drive/recall/<string:token>           303
POST /drive/me/recall                       303
"""

# Rights on the addon's models, and on what it adds to others: letters of read, write,
# create, delete; "-" for none. Only managers work on records; everybody else uses the
# pages and the methods below, which check for themselves.
#                                           visitor    member household other volunteer cashier manager
MODELS = """
drive.point                                 -          -   -   -   -   -   rwcd
drive.policy                                -          -   -   -   -   -   rw
drive.allergen                              -          -   -   -   r   r   r
drive.avoidance                             -          -   -   -   -   -   -
drive.policy.state                          -          -   -   -   -   -   rw
drive.slot                                  -          -   -   -   -   -   rwcd
drive.booking                               -          -   -   -   -   -   r
drive.replan                                -          -   -   -   -   -   rwc
drive.numbers                               -          -   -   -   -   -   r
drive.repair                                -          -   -   -   -   -   rw
drive.place                                 -          -   -   -   -   -   rwcd
drive.crate                                 -          -   -   -   -   -   rwcd
drive.catalogue.change                      -          -   -   -   -   -   r
drive.forget                                -          -   -   -   -   -   rc
drive.closure                               -          -   -   -   -   -   rwc
drive.closure.line                          -          -   -   -   -   -   rwc
drive.proposal                              -          -   -   -   -   -   r
drive.waiting                               -          -   -   -   -   -   r
drive.move                                  -          -   -   -   -   -   rwc
drive.batch.move                            -          -   -   -   -   -   rwc
drive.list                                  -          -   -   -   -   -   -
drive.list.line                             -          -   -   -   -   -   -
drive.preparation.claim                     -          -   -   -   -   -   -
drive.preparation.tick                      -          -   -   -   -   -   -
drive.question                              -          -   -   -   -   -   -
drive.question.choice                       -          -   -   -   -   -   -
drive.sign.in                               -          -   -   -   -   -   -
drive.password.reset                        -          -   -   -   -   -   -
drive.first.steps                           -          -   -   -   -   -   rc
drive.first.step                            -          -   -   -   -   -   rc
drive.health.page                           -          -   -   -   -   -   rc
drive.health.row                            -          -   -   -   -   -   rc
drive.team.member                           -          -   -   -   -   -   rwc
drive.product.import                        -          -   -   -   -   -   rwc
drive.product.lookup                        -          -   -   -   -   -   rwc
drive.member.import                         -          -   -   -   -   -   rwc
drive.invitation                            -          -   -   -   -   -   r
pos.config                                  -          -   -   -   -   r   rwc
product.product                             -          -   -   -   r   r   rwcd
product.template                            -          -   -   -   r   r   rwcd
res.partner                                 -          r   r   -   -   r   rwcd
resource.calendar                           -          -   -   -   r   r   rwcd
resource.calendar.attendance                -          -   -   -   r   r   rwcd
resource.calendar.leaves                    -          -   -   -   r   r   rwcd
stock.picking.batch                         -          -   -   -   -   -   rwcd
sale.order                                  -          r   r   -   -   r   rwc
sale.order.line                             -          r   r   -   -   r   rwcd
stock.lot                                   -          -   -   -   -   r   rwcd
stock.picking                               -          r   -   -   -   rcd rwcd
stock.move                                  -          -   -   -   -   rcd rwcd
stock.move.line                             -          -   -   -   -   rcd rwcd
account.move                                -          r   r   -   -   -   r
account.move.line                           -          r   r   -   -   -   r
"""
# Models of Odoo's to which the addon only adds how they are shown or counted: their
# rights are as Odoo gave them, and what we added is no secret.
STOCK_MODELS = {
    "barcode.rule",
    "change.password.own",
    "ir.cron",
    "mail.mail",
    "pos.category",
    "pos.order",
    "pos.order.line",
    "pos.session",
    "res.company",
    "res.users",
    "uom.uom",
}
# Models without a table of their own: nothing to read, their methods are in METHODS.
ABSTRACT_MODELS = {
    "drive.catalogue",
    "drive.catalogue.source",
    "drive.demo",
    "drive.health",
    "drive.import",
    "drive.paper",
    "drive.preparation",
    "report.cafoutch_drive.report_basket_slips",
    "report.cafoutch_drive.report_crate_labels",
    "report.cafoutch_drive.report_day_sheet",
    "report.cafoutch_drive.report_day_summary",
    "report.cafoutch_drive.report_member_cards",
    "report.cafoutch_drive.report_pick_list",
}

# Methods that can be called from outside. "no": refused for want of rights. Two of them
# only say where a page is, and nothing of what it shows.
#                                           visitor    member household other volunteer cashier manager
METHODS = """
drive.first.step.action_do                  no         no  no  no  no  no  yes
drive.first.steps.action_open               no         no  no  no  no  no  yes
drive.health.page.action_open               no         no  no  no  no  no  yes
drive.health.row.action_look                no         no  no  no  no  no  yes
drive.point.action_generate_slots           no         no  no  no  no  no  yes
drive.point.action_view_slots               no         no  no  no  no  no  yes
drive.point.action_add_public_holidays      no         no  no  no  no  no  yes
drive.point.action_replan                   no         no  no  no  no  no  yes
drive.replan.action_apply                   no         no  no  no  no  no  yes
drive.point.drive_day                       no         no  no  no  no  no  yes
drive.forget.action_forget                  no         no  no  no  no  no  yes
drive.policy.action_open                    no         no  no  no  no  no  yes
drive.slot.action_view_waiting              no         no  no  no  no  no  yes
drive.waiting.action_drive_remove           no         no  no  no  no  no  yes
drive.policy.action_missing_particulars     no         no  no  no  no  no  yes
drive.closure.action_apply                  no         no  no  no  no  no  yes
drive.closure.action_close                  no         no  no  no  no  no  yes
drive.batch.move.action_move                no         no  no  no  no  no  yes
drive.move.action_move                      no         no  no  no  no  no  yes
drive.preparation.apply                     no         no  no  no  yes no  yes
drive.preparation.basket                    no         no  no  no  yes no  yes
drive.preparation.board                     no         no  no  no  yes no  yes
drive.preparation.claim                     no         no  no  no  yes no  yes
drive.preparation.find                      no         no  no  no  yes no  yes
drive.preparation.give_back                 no         no  no  no  yes no  yes
drive.preparation.open                      no         no  no  no  yes no  yes
drive.preparation.scan                      no         no  no  no  yes no  yes
drive.preparation.since                     no         no  no  no  yes no  yes
drive.preparation.substitutes               no         no  no  no  yes no  yes
drive.member.import.action_preview          no         no  no  no  no  no  yes
drive.member.import.action_import           no         no  no  no  no  no  yes
drive.member.import.action_members          no         yes yes yes yes yes yes
drive.team.member.action_save               no         no  no  no  no  no  yes
res.users.action_drive_team                 no         no  no  no  no  no  yes
drive.product.lookup.action_preview         no         no  no  no  no  no  yes
drive.product.lookup.action_import          no         no  no  no  no  no  yes
drive.product.import.action_preview         no         no  no  no  no  no  yes
drive.product.import.action_import          no         no  no  no  no  no  yes
drive.product.import.action_products        no         yes yes yes yes yes yes
res.partner.action_drive_amnesty            no         no  no  no  no  no  yes
res.partner.action_drive_forget             no         no  no  no  no  no  yes
res.partner.action_drive_invite             no         no  no  no  no  no  yes
res.partner.action_drive_order_for          no         no  no  no  no  yes yes
res.partner.action_drive_new_card           no         no  no  no  no  no  yes
res.partner.action_drive_print_cards        no         no  no  no  no  no  yes
res.partner.drive_till_partner              no         no  no  no  no  yes yes
res.users.drive_operator_enter              no         no  no  no  no  yes yes
res.users.drive_operator_leave              no         no  no  no  yes yes yes
res.users.drive_operator_state              no         no  no  no  no  yes yes
sale.order.action_drive_open_sale           no         yes yes no  no  yes yes
sale.order.action_drive_deliver_again       no         no  no  no  no  no  yes
drive.repair.action_try_again               no         no  no  no  no  no  yes
drive.repair.action_settle                  no         no  no  no  no  no  yes
sale.order.action_drive_no_show             no         no  no  no  no  no  yes
sale.order.action_drive_pardon              no         no  no  no  no  no  yes
sale.order.action_drive_print               no         no  no  no  yes no  yes
stock.picking.batch.action_drive_print      no         no  no  no  no  no  yes
sale.order.drive_till_card                  no         no  no  no  no  yes yes
sale.order.drive_till_crate                 no         no  no  no  no  yes yes
sale.order.drive_till_may_pay               no         no  no  no  no  yes yes
sale.order.drive_till_nothing               no         no  no  no  no  yes yes
sale.order.drive_till_refused               no         no  no  no  no  yes yes
sale.order.drive_till_open                  no         no  no  no  no  yes yes
sale.order.drive_till_orders                no         no  no  no  no  yes yes
"""

# What of contacts and accounts the team reads where the coop narrows it; it reads all else.
# The cost: a cashier does not find any other member as a customer.
#                                            volunteer cashier manager
NARROWED = """
res.partner own                              r         r       r
res.partner colleague                        r         r       r
res.partner company                          r         r       r
res.partner member_to_collect                -         r       r
res.partner member_on_an_open_ticket         -         r       r
res.partner member_without_an_order          -         -       r
res.partner supplier                         -         -       r
res.users own                                r         r       r
res.users colleague                          r         r       r
res.users member_to_collect                  -         -       r
"""

# Fields that not everybody who reads the record may read: every one of the addon, and on
# accounts those of their contact too.
#                                           visitor    member household other volunteer cashier manager
FIELDS = """
res.partner.barcode                         no         no  no  no  no  no  yes
res.partner.coop_state_reason               no         no  no  no  no  no  yes
res.partner.coop_state_message              no         no  no  no  no  no  yes
res.partner.drive_avoids                    no         no  no  no  no  no  no
res.partner.drive_before_alert              no         no  no  no  no  no  yes
res.partner.drive_exception_reason          no         no  no  no  no  no  yes
res.partner.drive_forget_on                 no         no  no  no  no  no  yes
res.partner.drive_forgotten_at              no         no  no  no  no  no  yes
res.partner.drive_no_show_count             no         no  no  no  no  no  yes
res.partner.drive_refusal_message           no         no  no  no  no  no  yes
res.partner.drive_portal_state              no         no  no  no  no  no  yes
res.partner.drive_invited_at                no         no  no  no  no  no  yes
res.partner.drive_invitation_error          no         no  no  no  no  no  yes
res.partner.drive_invitation_pending        no         no  no  no  no  no  yes
sale.order.drive_taken_by_id                no         no  no  no  no  yes yes
sale.order.drive_begun_by_id                no         no  no  no  no  no  yes
sale.order.drive_finished_by_id             no         no  no  no  no  no  yes
sale.order.drive_handed_over_by_id          no         no  no  no  no  no  yes
sale.order.drive_opened_by_id               no         no  no  no  no  no  yes
sale.order.line.drive_prepared_by_id        no         no  no  no  no  no  yes
res.users.drive_has_pin                     no         no  no  no  no  no  yes
res.users.drive_pin_hash                    no         no  no  no  no  no  no
sale.order.drive_handover_code              no         no  no  no  no  yes yes
sale.order.drive_handover_reason            no         no  no  no  no  yes yes
sale.order.drive_opened_at                  no         no  no  no  no  yes yes
sale.order.drive_opened_config_id           no         no  no  no  no  yes yes
pos.order.line.drive_kept_for_id            no         no  no  no  no  no  no
pos.order.line.drive_own_delivery           no         no  no  no  no  no  no
"""

#                                           visitor    member household other volunteer cashier manager
REPORTS = """
action_report_basket_slips                  login      403 403 403 200 403 200
action_report_crate_labels                  login      403 403 403 200 403 200
action_report_day_sheet                     login      403 403 403 403 200 200
action_report_day_summary                   login      403 403 403 403 200 200
action_report_member_cards                  login      403 403 403 403 403 200
action_report_pick_list                     login      403 403 403 200 403 200
"""
