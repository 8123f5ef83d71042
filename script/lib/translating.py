"""Translations: collect the addon's texts, merge them into i18n/LANGUAGE.po, say what is missing.

    script/i18n                 merge into the languages there are, name the untranslated texts
    script/i18n --add FILE.po   take translations from other files first
    script/i18n es              begin a language
    script/i18n --check         change nothing; exit 1 when a text is missing, stale or broken

The texts come from Odoo's own exporter, on a database that has the addon and no demo data.
"""

import argparse
import os
import re
import tempfile
from pathlib import Path

import polib

import database
import odoo_command
import postgres
from common import ADDON, LOGS, ROOT, Failure, main, run, say

FOLDER = ROOT / ADDON / "i18n"
# %s, %(name)s, {{ object.name }}: a translation without them breaks when it is shown.
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sdifr]|\{\{.*?\}\}", re.DOTALL)
# Markup and placeholders, in which punctuation is not prose.
MARKUP = re.compile(r"(<[^>]*>|&\w+;|\{\{.*?\}\}|\$\{.*?\}|https?://\S+)", re.DOTALL)
APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")
TALL_PUNCTUATION = re.compile(r"(?<=[^\s\u00a0\u202f]) (?=[:;!?»])|(?<=«) ")
SHOWN = 20
# The comment of a text that is meant to be the same.
SAME = "The same in this language."


def export() -> polib.POFile:
    """The addon's texts of now, without translations."""
    name = f"{ADDON}_i18n_{os.getpid()}"
    database.create(name, "empty")
    try:
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / f"{ADDON}.pot"
            run(
                odoo_command.command("i18n", "export", "-d", name, "-l", "pot", "-o", target, ADDON),
                LOGS / "i18n.log",
                "collecting the texts",
                "Odoo could not export the texts",
                env=odoo_command.environment(),
            )
            return polib.pofile(str(target))
    finally:
        database.drop(name)


def path_of(language: str) -> Path:
    return FOLDER / f"{language}.po"


def languages() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.po"))


def known(*paths: Path) -> dict[str, str]:
    """Translations by source text; the later file wins where two have one."""
    return {
        entry.msgid: entry.msgstr
        for path in paths
        if path.exists()
        for entry in polib.pofile(str(path))
        if entry.msgstr and not entry.obsolete and not entry.fuzzy
    }


def french(text: str) -> str:
    """The same text with French typography: ’ and a no-break space before : ; ! ?"""
    parts = MARKUP.split(text)
    parts[::2] = [TALL_PUNCTUATION.sub("\u00a0", APOSTROPHE.sub("’", part)) for part in parts[::2]]
    return "".join(parts)


def merge(texts: polib.POFile, language: str, translations: dict[str, str]) -> polib.POFile:
    """The texts of now with their translations; what is no longer said is left out."""
    merged = polib.POFile(wrapwidth=78)
    merged.header = f"Translation of Cafoutch Drive.\nThis file contains the translation of the addon {ADDON}."
    merged.metadata = {
        "Project-Id-Version": "Cafoutch Drive 19.0",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
    }
    tidy = french if language.startswith("fr") else str
    for entry in texts:
        entry.msgstr = tidy(translations.get(entry.msgid, ""))
        if entry.msgstr == entry.msgid:
            entry.tcomment = SAME
        merged.append(entry)
    merged.sort(key=lambda entry: entry.msgid)
    return merged


def problems(texts: polib.POFile, language: str) -> list[str]:
    """What keeps a language from being complete, one line each."""
    if not path_of(language).exists():
        return [f"there is no {path_of(language).relative_to(ROOT)}"]
    entries = {entry.msgid: entry for entry in polib.pofile(str(path_of(language))) if not entry.obsolete}
    wanted = {entry.msgid for entry in texts}
    found = [f"new, not in the file: {text!r}" for text in sorted(wanted - entries.keys())]
    found += [f"no longer said: {text!r}" for text in sorted(entries.keys() - wanted)]
    for text in sorted(wanted & entries.keys()):
        translation = entries[text].msgstr
        if not translation or entries[text].fuzzy:
            found.append(f"not translated: {text!r}")
        elif sorted(PLACEHOLDER.findall(text)) != sorted(PLACEHOLDER.findall(translation)):
            found.append(f"other placeholders than in the source: {text!r}")
        elif language.startswith("fr") and french(translation) != translation:
            found.append(f"French typography (’ and no-break spaces): {translation!r}")
    return found


def parse():
    parser = argparse.ArgumentParser(
        prog="script/i18n",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("languages", nargs="*", metavar="LANGUAGE", help="such as fr; all that exist by default")
    parser.add_argument("--add", nargs="+", type=Path, default=[], metavar="FILE", help="translations to take over")
    parser.add_argument("--check", action="store_true", help="change nothing, exit 1 when something is wrong")
    parser.add_argument("--all", action="store_true", help=f"name every problem, not the first {SHOWN}")
    options = parser.parse_args()
    for path in options.add:
        if not path.is_file():
            raise Failure(f"there is no file {path}.")
    return options


def _main() -> int:
    options = parse()
    with postgres.running():
        texts = export()
    bad = False
    for language in options.languages or languages() or ["fr"]:
        if not options.check:
            FOLDER.mkdir(exist_ok=True)
            translations = known(path_of(language), *options.add)
            merge(texts, language, translations).save(str(path_of(language)))
        found = problems(texts, language)
        bad = bad or bool(found)
        say(f"{language}: {len(texts)} texts, {len(found)} problems.")
        for line in found if options.all else found[:SHOWN]:
            say(f"  {line}")
        if len(found) > SHOWN and not options.all:
            say(f"  … and {len(found) - SHOWN} more: --all")
    return 1 if bad and options.check else 0


if __name__ == "__main__":
    main(_main)
