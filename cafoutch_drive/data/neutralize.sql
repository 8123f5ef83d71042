-- A copy of a shop: what the shop has signed, for its members' mails, opens nothing here, and what is signed here
-- opens nothing there.
UPDATE ir_config_parameter
   SET value = gen_random_uuid()::text
 WHERE key = 'database.secret';

-- What waited to be sent is the shop's to send.
UPDATE mail_mail
   SET state = 'cancel'
 WHERE state = 'outgoing';
