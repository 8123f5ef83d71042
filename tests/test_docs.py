"""What the docs name is there: links, files, commands with their options, methods, models, tests."""

import re
import subprocess
from fnmatch import fnmatch
from functools import cache

import pytest

from common import ADDON, ROOT

# What changed tells of what is gone, too.
DOCS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINKED = [*DOCS, ROOT / "CHANGELOG.md"]
SOURCES = (ADDON, "script", "tests")
# No `conf`: those are of the reader's own machine.
ENDINGS = "csv|css|js|json|md|po|py|rst|scss|sh|svg|toml|xml|yml|webp"

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_INLINE = re.compile(r"`([^`\n]+)`")
_BLOCK = re.compile(r"^(?: {4}|\t)(\S.*)$|^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"(?<![\w./])script/(\w[\w-]*)(?![\w/])((?:[ =][^\s`#;|]+)*)")
_FILE = re.compile(rf"(?![/.~])(?:[\w.*-]+/)+[\w.*-]*|[\w*-]+(?:\.[\w-]+)*\.(?:{ENDINGS})")


def pages_and(parts):
    """`{page: what parts(text) finds in it}` as pairs."""
    return {(str(page.relative_to(ROOT)), part) for page in DOCS for part in parts(page.read_text(encoding="utf-8"))}


def code(text):
    """What is set as code: in a line, or in a block of its own."""
    return [*_INLINE.findall(text), *("".join(found) for found in _BLOCK.findall(text))]


def commands(text):
    """`(name, words)` of each of our commands."""
    for piece in code(text):
        for name, words in _COMMAND.findall(piece):
            yield name, tuple(words.replace("=", " ").split())


def files(text):
    """What stands as code and looks like a file or a folder of the checkout."""
    return [piece for piece in _INLINE.findall(text) if _FILE.fullmatch(piece)]


def names(text):
    """Methods, models and addresses that stand as code."""
    for piece in _INLINE.findall(text):
        if re.fullmatch(r"(?:[\w.]+\.)?_?\w+\(\)|_\w+", piece):
            yield piece.removesuffix("()").rpartition(".")[2]
        elif re.fullmatch(r"drive(?:\.[a-z_]+)+", piece) or re.fullmatch(r"/drive[\w/-]*", piece):
            yield piece


def named_tests(text):
    """`(class, test)` of the addon's tests; the test is empty where the whole class is named."""
    for piece in _INLINE.findall(text):
        if found := re.fullmatch(r"(Test\w+)(?:\.(test_\w+))?", piece):
            yield found.groups("")


@cache
def all_files():
    """Each file and folder of the checkout, as addresses from its top."""
    tops = [top for top in ROOT.iterdir() if not top.name.startswith(".") and top.name != "node_modules"]
    found = [*tops, *(path for top in tops if top.is_dir() for path in top.rglob("*"))]
    return ["/" + str(path.relative_to(ROOT)) for path in found if "__pycache__" not in path.parts]


@cache
def source():
    paths = [path for folder in SOURCES for path in (ROOT / folder).rglob("*") if path.is_file()]
    texts = [path.read_text(encoding="utf-8") for path in paths if path.suffix in (".py", ".js", ".xml", ".csv")]
    return "\n".join(texts)


@cache
def classes():
    """`{class: its text}` of the addon's tests."""
    found = {}
    for path in (ROOT / ADDON / "tests").glob("test_*.py"):
        parts = re.split(r"^class (\w+)\([^)]*\):$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        found |= dict(zip(parts[1::2], parts[2::2], strict=True))
    return found


@cache
def help_of(command, *words):
    """What `--help` says, empty where there is no such command."""
    if not command.exists():
        return ""
    done = subprocess.run([command, *words, "--help"], capture_output=True, text=True, check=False, cwd=ROOT)
    return done.stdout + done.stderr if done.returncode == 0 else ""


def anchors(page):
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", LINKED, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    lost = []
    for link in _LINK.findall(page.read_text(encoding="utf-8")):
        if "://" in link or link.startswith("mailto:"):
            continue
        address, _sign, anchor = link.partition("#")
        target = page.parent / address if address else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            lost.append(link)
    assert not lost


def test_every_command_is_there_with_its_options():
    lost = []
    for page, (name, words) in sorted(pages_and(commands)):
        command = ROOT / "script" / name
        known = help_of(command)
        options = [word for word in words if word.startswith("-")]
        # Of Odoo's own command line, and of ours that has commands of its own.
        if options and re.fullmatch(r"[a-z]+", words[0]):
            known += help_of(command, words[0])
        elif name == "odoo":
            known += help_of(command, "server")
        missing = [option for option in options if not re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", known)]
        if not known or missing:
            lost.append((page, name, *missing))
    assert not lost


def test_every_file_is_there():
    lost = [
        (page, name)
        for page, name in sorted(pages_and(files))
        if not any(fnmatch(path, f"*/{name.rstrip('/')}") for path in all_files())
    ]
    assert not lost


def test_every_name_is_in_the_code():
    def is_known(name):
        if name.startswith("drive."):
            model, _dot, method = name.rpartition(".")
            own = f'_name = "{name}"' in source()
            return own or (f'_name = "{model}"' in source() and f"def {method}(" in source())
        if name.startswith("/"):
            return f'"{name}' in source()
        return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", source())

    lost = [(page, name) for page, name in sorted(pages_and(names)) if not is_known(name)]
    assert not lost


def test_every_test_is_there():
    named = pages_and(named_tests)
    # A page that names none would pass.
    assert len(named) > 20
    lost = [
        (page, name, test)
        for page, (name, test) in sorted(named)
        if name not in classes() or (test and f"def {test}(" not in classes()[name])
    ]
    assert not lost
