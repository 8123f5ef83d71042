"""Who sees what in the back office: buttons, menus and actions of the addon. As for the
tables of ``access_tables.py``, what is not in them fails a test.

The columns are those of ``ROLES``: visitor, member, household, other, volunteer,
cashier, manager. Seeing is not doing: what a button does is in METHODS.
"""

# Buttons of the addon's views: the view's name and the method (or the action) it calls.
BUTTONS = """
drive_first_steps_view_form action_do                            no  no  no  no  no  no  yes
drive_health_page_view_form action_look                          no  no  no  no  no  no  yes
drive_batch_move_view_form action_move                           no  no  no  no  no  no  yes
drive_closure_view_form action_apply                             no  no  no  no  no  no  yes
drive_closure_view_form action_close                             no  no  no  no  no  no  yes
drive_policy_view_form_food action_missing_particulars           no  no  no  no  no  no  yes
drive_product_lookup_view_form action_import                     no  no  no  no  no  no  yes
drive_product_lookup_view_form action_preview                    no  no  no  no  no  no  yes
drive_policy_view_form_lookup drive_product_lookup_action        no  no  no  no  no  no  yes
drive_forget_view_form action_forget                             no  no  no  no  no  no  yes
drive_move_view_form action_move                                 no  no  no  no  no  no  yes
drive_member_import_view_form action_import                      no  no  no  no  no  no  yes
drive_member_import_view_form action_members                     no  no  no  no  no  no  yes
drive_member_import_view_form action_preview                     no  no  no  no  no  no  yes
drive_point_view_form action_add_public_holidays                 no  no  no  no  no  no  yes
drive_point_view_form action_generate_slots                      no  no  no  no  no  no  yes
drive_point_view_form action_replan                              no  no  no  no  no  no  yes
drive_point_view_form action_view_slots                          no  no  no  no  no  no  yes
drive_product_import_view_form action_import                     no  no  no  no  no  no  yes
drive_product_import_view_form action_preview                    no  no  no  no  no  no  yes
drive_team_member_view_form action_save                          no  no  no  no  no  no  yes
drive_product_import_view_form action_products                   no  no  no  no  no  no  yes
drive_slot_view_form_waiting action_view_waiting                 no  no  no  no  no  no  yes
drive_waiting_view_list action_drive_remove                      no  no  no  no  no  no  yes
drive_repair_view_list action_settle                             no  no  no  no  no  no  yes
drive_repair_view_list action_try_again                          no  no  no  no  no  no  yes
drive_replan_view_form action_apply                              no  no  no  no  no  no  yes
res_partner_view_form action_drive_amnesty                       no  no  no  no  no  no  yes
res_partner_view_form action_drive_invite                        no  no  no  no  no  no  yes
res_partner_view_form_card action_drive_new_card                 no  no  no  no  no  no  yes
res_partner_view_form_card action_drive_print_cards              no  no  no  no  no  no  yes
res_partner_view_form_invitation action_drive_invite             no  no  no  no  no  no  yes
res_partner_view_form_on_behalf action_drive_order_for           no  no  no  no  no  yes yes
res_partner_view_form_privacy action_drive_forget                no  no  no  no  no  no  yes
res_partner_view_list_card action_drive_print_cards              no  no  no  no  no  no  yes
res_partner_view_list_drive action_drive_invite                  no  no  no  no  no  no  yes
res_partner_view_list_on_behalf action_drive_order_for           no  no  no  no  no  yes yes
res_users_view_list_drive action_drive_team                      no  no  no  no  no  no  yes
sale_order_view_form_drive action_drive_deliver_again            no  no  no  no  no  no  yes
sale_order_view_form_drive action_drive_no_show                  no  no  no  no  no  no  yes
sale_order_view_form_drive action_drive_open_sale                no  no  no  no  no  no  yes
sale_order_view_form_drive action_drive_pardon                   no  no  no  no  no  no  yes
sale_order_view_form_drive_move drive_move_action                no  no  no  no  no  no  yes
sale_order_view_form_drive_batch drive_batch_move_action         no  no  no  no  no  no  yes
sale_order_view_form_drive_paper action_drive_print              no  no  no  no  no  no  yes
stock_picking_batch_view_form action_drive_print                 no  no  no  no  no  no  yes
sale_order_view_list_drive action_drive_no_show                  no  no  no  no  no  no  yes
sale_order_view_list_drive action_drive_pardon                   no  no  no  no  no  no  yes
"""

MENUS = """
menu_drive_closure                                               no  no  no  no  no  no  yes
menu_drive_proposal                                              no  no  no  no  no  no  yes
menu_drive_configuration                                         no  no  no  no  no  no  yes
menu_drive_crate                                                 no  no  no  no  no  no  yes
menu_drive_first_steps                                           no  no  no  no  no  no  yes
menu_drive_health                                                no  no  no  no  no  no  yes
menu_drive_for                                                   no  no  no  no  no  yes yes
menu_drive_member                                                no  no  no  no  no  no  yes
menu_drive_member_import                                         no  no  no  no  no  no  yes
menu_drive_numbers                                               no  no  no  no  no  no  yes
menu_drive_order                                                 no  no  no  no  no  no  yes
menu_drive_orders                                                no  no  no  no  no  no  yes
menu_drive_place                                                 no  no  no  no  no  no  yes
menu_drive_point                                                 no  no  no  no  no  no  yes
menu_drive_policy                                                no  no  no  no  no  no  yes
menu_drive_preparation                                           no  no  no  no  yes no  yes
menu_drive_product_import                                        no  no  no  no  no  no  yes
menu_drive_products                                              no  no  no  no  no  no  yes
menu_drive_repair                                                no  no  no  no  no  no  yes
menu_drive_root                                                  no  no  no  no  yes yes yes
menu_drive_slot                                                  no  no  no  no  no  no  yes
menu_drive_slots                                                 no  no  no  no  no  no  yes
menu_drive_team                                                  no  no  no  no  no  no  yes
menu_drive_till                                                  no  no  no  no  no  yes yes
menu_drive_waiting                                               no  no  no  no  no  no  yes
menu_drive_day_summary                                           no  no  no  no  no  yes yes
menu_drive_day_sheet                                             no  no  no  no  no  yes yes
menu_drive_today                                                 no  no  no  no  no  no  yes
"""

# Actions, by menu, by button or by address. That one opens means that it says where a
# page is: whoever may read contacts or orders of theirs may list them there, and pages
# that ask for all they show are answered as METHODS says.
ACTIONS = """
action_drive_day_summary                                         no  yes yes yes yes yes yes
action_drive_day_sheet                                           no  yes yes yes yes yes yes
action_drive_for                                                 no  yes yes yes yes yes yes
action_drive_preparation                                         no  yes yes yes yes yes yes
cron_apply_membership_dates_ir_actions_server                    no  no  no  no  no  no  no
cron_erase_notes_ir_actions_server                               no  no  no  no  no  no  no
cron_forget_due_ir_actions_server                                no  no  no  no  no  no  no
cron_form_batches_ir_actions_server                              no  no  no  no  no  no  no
cron_generate_slots_ir_actions_server                            no  no  no  no  no  no  no
cron_password_reset_ir_actions_server                            no  no  no  no  no  no  no
cron_end_sessions_ir_actions_server                              no  no  no  no  no  no  no
cron_mail_health_ir_actions_server                               no  no  no  no  no  no  no
cron_offer_places_ir_actions_server                              no  no  no  no  no  no  no
cron_recall_baskets_ir_actions_server                            no  no  no  no  no  no  no
cron_remind_ir_actions_server                                    no  no  no  no  no  no  no
cron_remove_baskets_ir_actions_server                            no  no  no  no  no  no  no
cron_send_invitations_ir_actions_server                          no  no  no  no  no  no  no
cron_send_mails_ir_actions_server                                no  no  no  no  no  no  no
drive_batch_move_action                                          no  no  no  no  no  no  yes
drive_closure_action                                             no  no  no  no  no  no  yes
drive_proposal_action                                            no  no  no  no  no  no  yes
drive_crate_action                                               no  no  no  no  no  no  yes
drive_first_steps_action                                         no  no  no  no  no  no  yes
drive_health_action                                              no  no  no  no  no  no  yes
drive_member_import_action                                       no  no  no  no  no  no  yes
drive_product_lookup_action                                      no  no  no  no  no  no  yes
drive_move_action                                                no  no  no  no  no  no  yes
drive_numbers_action                                             no  no  no  no  no  no  yes
drive_repair_action                                              no  no  no  no  no  no  yes
drive_place_action                                               no  no  no  no  no  no  yes
drive_point_action                                               no  no  no  no  no  no  yes
drive_policy_action                                              no  no  no  no  no  no  yes
drive_policy_action_open                                         no  no  no  no  no  no  yes
drive_product_import_action                                      no  no  no  no  no  no  yes
drive_slot_action                                                no  no  no  no  no  no  yes
drive_waiting_action                                             no  no  no  no  no  no  yes
drive_today_action                                               no  yes yes yes yes yes yes
product_template_action_drive                                    no  no  no  no  yes yes yes
product_template_action_particulars                              no  no  no  no  yes yes yes
res_partner_action_drive                                         no  yes yes yes yes yes yes
res_users_action_drive                                           no  yes yes yes yes yes yes
sale_order_action_drive                                          no  yes yes yes no  yes yes
"""
