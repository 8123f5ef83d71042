"""Imports a file into a database, as the menus "Import products" and "Import members" do.

    script/import products FILE [--db NAME] [--dry-run]
    script/import members FILE [--db NAME] [--dry-run]

FILE is a CSV or XLSX file whose first line names its columns.

Products: barcode and name, and as you like brand, shelf, price (taxes included), unit,
stock, producer, origin, labels, net, vat, storage, step, piece weight. A product that
has the barcode already is updated.

Members: number, and name or first name and last name; as you like email, phone,
household (the number of the main member), state, until, next, reason, message,
exception, exception reason. A member who has the number already is updated. No account
is made and no e-mail is sent.

Empty cells change nothing. Bad rows are named by line and left out; the others are
imported, part by part. What is done is kept even when the run is interrupted: run it
again, nothing is doubled.

Ends with 0 when all rows were imported, 3 when some were left out, 1 when nothing could
be done.
"""

import argparse
import sys
import time
from pathlib import Path

import postgres
from common import DEFAULT_DATABASE, Failure, main, say
from odoo_environment import environment

LEFT_OUT = 3
SHOWN_CHANGES = 500


def parse():
    parser = argparse.ArgumentParser(
        prog="script/import",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="products|members")
    products = kinds.add_parser("products", help="products, their prices and their stock")
    members = kinds.add_parser("members", help="members, their households and their state")
    for kind in (products, members):
        kind.add_argument("file", type=Path, metavar="FILE", help="CSV or XLSX, as a spreadsheet saves it")
        kind.add_argument("--db", default=DEFAULT_DATABASE, help="the database (default: %(default)s)")
        kind.add_argument("--dry-run", action="store_true", help="say what would be done, change nothing")
    products.add_argument("--point", metavar="NAME", help="set the stock at this drive point (default: the first)")
    products.add_argument(
        "--made-up-prices", action="store_true", help="give new products without a price a made-up one"
    )
    products.add_argument(
        "--stock", type=int, default=0, metavar="N", help="stock of new products that come without one"
    )
    members.add_argument(
        "--state",
        default="candidate",
        metavar="STATE",
        help="state of new members who come without one: candidate, up_to_date, … (default: %(default)s)",
    )
    return parser.parse_args()


def read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Failure(f"{path} cannot be read: {error.strerror}.") from error


def create_wizard(env, options):
    if options.kind == "members":
        states = dict(env["drive.member.import"]._fields["default_state"].selection)
        if options.state not in states:
            raise Failure(f"“{options.state}” is no state: {', '.join(states)}.")
        return env["drive.member.import"].create({"default_state": options.state})
    values = {"made_up_prices": options.made_up_prices, "default_stock": options.stock}
    if options.point:
        point = env["drive.point"].search([("name", "=", options.point)], limit=1)
        if not point:
            raise Failure(f"there is no drive point “{options.point}”.")
        values["point_id"] = point.id
    return env["drive.product.import"].create(values)


def show_progress(started):
    last = started

    def progress(done, total):
        nonlocal last
        now = time.monotonic()
        if sys.stdout.isatty():
            print(
                f"\r\x1b[K  {done} of {total} rows, {now - started:.0f} s",
                end="\n" if done == total else "",
                flush=True,
            )
        elif done == total or now - last > 10:
            last = now
            say(f"  {done} of {total} rows, {now - started:.0f} s")

    return progress


def import_file(options) -> int:
    from odoo.exceptions import UserError
    from odoo.service.model import retrying

    content = read(options.file)
    say(f"Importing {options.file} into {options.db} …")
    started = time.monotonic()
    with environment(options.db) as env:
        wizard = create_wizard(env, options)
        if not options.dry_run:
            env.cr.commit()
        try:
            report = wizard._run(
                content,
                # Part by part, so that members can go on ordering meanwhile.
                around=None if options.dry_run else lambda work: retrying(work, env),
                progress=show_progress(started),
            )
        except UserError as error:
            raise Failure(str(error)) from error
        if options.dry_run:
            env.cr.rollback()
    changes = sorted(report.changes) if options.dry_run else []
    for title, lines in (
        ("would change", changes[:SHOWN_CHANGES]),
        ("left out", report.rejected),
        ("remark", report.notes),
    ):
        for line, sentence in sorted(lines):
            say(f"line {line}: {title}: {sentence}")
    if len(changes) > SHOWN_CHANGES:
        say(f"and {len(changes) - SHOWN_CHANGES} other changes")
    if report.ignored:
        say(f"columns not used: {', '.join(report.ignored)}")
    done = "would be " if options.dry_run else ""
    say(
        f"{done}created {report.created}, {done}updated {report.updated}, unchanged {report.unchanged},"
        f" left out {len(report.rejected)}, in {time.monotonic() - started:.0f} s"
    )
    return LEFT_OUT if report.rejected else 0


def _main() -> int:
    options = parse()
    with postgres.running():
        return import_file(options)


if __name__ == "__main__":
    main(_main)
