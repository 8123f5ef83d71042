-- The rights that Odoo's database role has, and no more. The administrator of PostgreSQL runs this once; it can be run
-- again at any time, and takes from a role that is there what it has too much:
--
--     sudo -u postgres psql --set=role=odoo --file=deploy/postgresql-role.sql
--
-- Odoo makes, copies and drops databases of its own, and is no superuser: it reads no file of the server, starts no
-- program on it and sees no database of others. What it cannot do for itself is done here, in a template that each of
-- its databases begins as (db_template in odoo.conf).
\set ON_ERROR_STOP on
SET client_min_messages = warning;
SELECT format('CREATE ROLE %I LOGIN', :'role')
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec
ALTER ROLE :"role" NOSUPERUSER CREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
-- To know on which disk the databases are: a restore asks first whether there is room.
GRANT pg_read_all_settings TO :"role";
-- As Odoo makes one by itself.
SELECT format('CREATE DATABASE cafoutch_drive_template OWNER %I ENCODING ''unicode'' LC_COLLATE ''C'' TEMPLATE template0', :'role')
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'cafoutch_drive_template') \gexec
\connect cafoutch_drive_template
SET client_min_messages = warning;
-- Made by the role, so that they are its own and it can restore a dump, which comments them.
SET ROLE :"role";
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;
RESET ROLE;
-- An index may use it only so. PostgreSQL's administrator answers for that: the rules of unaccent do not change while
-- a database lives. Odoo says the same to each new database, and may, as the owner of this one function.
ALTER FUNCTION unaccent(text) IMMUTABLE;
ALTER FUNCTION unaccent(text) OWNER TO :"role";
-- At last: what is a template is whole.
ALTER DATABASE cafoutch_drive_template IS_TEMPLATE true;
