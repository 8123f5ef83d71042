"""The proxy's certificate: of the shop's own network, or of a public name, from an authority as Let's Encrypt is."""

import contextlib
import json
import os
import re
import socket
import socketserver
import ssl
import subprocess
import threading
import time
from datetime import datetime, timedelta, timezone
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

import clock
import programs
from common import PYTHON, ROOT
from serving import HOST, PROXY, free_port, is_free

PROGRAM = ROOT / "deploy" / "certificate"
NOW = datetime.now(timezone.utc)
# As one of Let's Encrypt. The authority is a program whose clock cannot be another: in a run at another time, what it
# has given lasts as long from then, and most of its life is still to come.
LASTS = timedelta(days=90, seconds=3 * clock.offset())
# No name of the world's: the test's own authority asks the test where it leads.
PUBLIC_NAME = "drive.test"


def certificate(folder, *arguments, **environment):
    """Run `deploy/certificate`: how it ends, and what it says."""
    done = subprocess.run(
        [PYTHON, PROGRAM, "--folder", folder, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=clock.carried() | {"PATH": f"{PYTHON.parent}:/usr/bin:/bin", **environment},
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def folder(tmp_path):
    """A certificate of a local network."""
    assert certificate(tmp_path / "drive", "local", "localhost", HOST)[0] == 0
    return tmp_path / "drive"


def test_a_local_certificate_is_for_these_names_alone(folder):
    _end, said = certificate(folder, "local", "shop.lan", "192.168.1.20", "localhost")
    authority = x509.load_pem_x509_certificate((folder / "authority.crt").read_bytes())
    [leaf, chained] = x509.load_pem_x509_certificates((folder / "drive.pem").read_bytes())
    assert chained == authority
    leaf.verify_directly_issued_by(authority)
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(name.value) for name in names] == ["shop.lan", "192.168.1.20", "localhost"]
    # A phone whose clock is an hour behind takes it, and an iPhone takes none that lasts longer.
    now = datetime.now(timezone.utc)
    assert leaf.not_valid_before_utc < now - timedelta(hours=1)
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc <= timedelta(days=825)
    assert authority.extensions.get_extension_for_class(x509.NameConstraints).critical
    assert re.search(r"\b([0-9A-F]{2}:){31}[0-9A-F]{2}\b", said)
    for secret in ("drive.pem", "authority.key"):
        assert (folder / secret).stat().st_mode & 0o777 == 0o600
    settings = (folder / "proxy.env").read_text(encoding="utf-8")
    assert "DRIVE_URL=https://shop.lan\n" in settings


def test_phones_keep_their_trust_when_a_name_changes(folder):
    before = (folder / "authority.crt").read_bytes()
    (folder / "proxy.env").open("a", encoding="utf-8").write("DRIVE_SIGN_INS=30\n")
    assert certificate(folder, "local", "drive.local", "10.0.0.4")[0] == 0
    assert (folder / "authority.crt").read_bytes() == before
    settings = (folder / "proxy.env").read_text(encoding="utf-8").splitlines()
    assert "DRIVE_URL=https://drive.local" in settings
    assert "DRIVE_SIGN_INS=30" in settings


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["local", "my shop"], "neither a name nor an address"),
        (["local", "bank.example"], "may not speak for bank.example"),
        (["public", "192.0.2.1", "--email", "it@example.org"], "is no public name"),
        (["public", "shop", "--email", "it@example.org"], "is no public name"),
        (["public", "drive.invalid", "--email", "it@example.org"], "the name drive.invalid leads nowhere"),
    ],
)
def test_a_name_that_cannot_be_is_refused_and_nothing_changes(folder, arguments, sentence):
    before = {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    end, said = certificate(folder, *arguments)
    assert end == 1
    assert sentence in said
    assert {path: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before


def spoil(folder, **changes):
    """The folder's certificate with something else in its place."""
    [leaf, authority] = x509.load_pem_x509_certificates((folder / "drive.pem").read_bytes())
    key = serialization.load_pem_private_key((folder / "authority.key").read_bytes(), None)
    builder = x509.CertificateBuilder(
        issuer_name=authority.subject,
        subject_name=leaf.subject,
        public_key=leaf.public_key(),
        serial_number=1,
        not_valid_before=changes.get("begins", leaf.not_valid_before_utc),
        not_valid_after=changes.get("ends", leaf.not_valid_after_utc),
        extensions=list(leaf.extensions),
    )
    pem = builder.sign(key, leaf.signature_hash_algorithm).public_bytes(serialization.Encoding.PEM)
    (folder / "drive.pem").write_bytes(pem)


TROUBLES = {
    "no certificate": (lambda folder: (folder / "drive.pem").unlink(), "there is no certificate"),
    "half a file": (lambda folder: (folder / "drive.pem").write_text("-----BEGIN"), "holds no certificate"),
    "no settings": (lambda folder: (folder / "proxy.env").unlink(), "has no DRIVE_URL"),
    "ended": (lambda folder: spoil(folder, ends=NOW - timedelta(hours=1)), "ended on"),
    "a clock that is behind": (lambda folder: spoil(folder, begins=NOW + timedelta(hours=1)), "clock is right"),
    "another name": (
        lambda folder: (folder / "proxy.env").write_text("DRIVE_URL=https://other.lan\n"),
        "the certificate is for localhost, 127.0.0.1, and DRIVE_URL is https://other.lan",
    ),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_what_would_keep_it_from_starting_is_said(folder, trouble):
    assert certificate(folder, "check", "--ports")[0] == 0
    make, sentence = TROUBLES[trouble]
    make(folder)
    end, said = certificate(folder, "check", "--ports")
    assert end == 1
    assert sentence in said


@pytest.mark.parametrize("address", ["127.0.0.1", "::"])
def test_a_port_in_use_is_named(folder, address):
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as other:
        other.bind((address, 0))
        other.listen()
        port = other.getsockname()[1]
        end, said = certificate(folder, "check", "--ports", str(port))
    assert end == 1
    assert f"port {port} is taken" in said
    assert certificate(folder, "check", "--ports", str(port))[0] == 0


def test_a_certificate_that_ends_soon_is_renewed(folder):
    assert certificate(folder, "renew") == (0, "")
    spoil(folder, ends=NOW + timedelta(days=20))
    end, said = certificate(folder, "renew")
    assert end == 0
    assert "The proxy takes it at its next start." in said
    leaf = x509.load_pem_x509_certificates((folder / "drive.pem").read_bytes())[0]
    assert leaf.not_valid_after_utc > NOW + timedelta(days=700)


# A public name


class EveryName(socketserver.BaseRequestHandler):
    """Tells whoever asks that all names lead to this machine, by IPv4 alone."""

    def handle(self):
        question, answer_to = self.request
        kind = question[question.index(b"\0", 12) + 1 :][:2]
        found = b"\0\1" if kind == b"\0\1" else b"\0\0"
        answer = question[:2] + b"\x81\x80" + question[4:6] + found + b"\0\0\0\0"
        answer += question[12 : question.index(b"\0", 12) + 5]
        if found == b"\0\1":
            answer += b"\xc0\x0c\0\1\0\1\0\0\0\1\0\4" + socket.inet_aton(HOST)
        answer_to.sendto(answer, self.client_address)


@contextlib.contextmanager
def running(command, port, log, **environment):
    with open(log, "w", encoding="utf-8") as out:
        process = subprocess.Popen(
            [str(part) for part in command], stdout=out, stderr=out, env=os.environ | environment
        )
    try:
        while is_free(port):
            assert process.poll() is None, log.read_text(encoding="utf-8")
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait()


@pytest.fixture
def names():
    """The address of a server that knows the names."""
    with socketserver.UDPServer((HOST, 0), EveryName) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield "{}:{}".format(*server.server_address)
        server.shutdown()


@pytest.fixture
def proxy(folder, tmp_path):
    """The proxy of production, alone: its ports for http, https and who answers for a name; its own socket."""
    http, https, challenge = free_port(), free_port(), free_port()
    admin = tmp_path / "proxy.sock"
    environment = {
        "DRIVE_PAGES": str(PROXY.parent / "pages"),
        "DRIVE_URL": f"https://{HOST}:{https}",
        "DRIVE_CERTIFICATE": str(folder / "drive.pem"),
        "DRIVE_HTTP": f"{HOST}:{http}",
        "DRIVE_HTTPS": f"{HOST}:{https}",
        "DRIVE_CHALLENGE": f"{HOST}:{challenge}",
        "DRIVE_ADMIN": str(admin),
        "DRIVE_SOCKET": f"cafoutch-drive-{https}",
        **clock.REAL_TIME,
    }
    with running([programs.find("haproxy"), "-f", PROXY, "-db"], https, tmp_path / "proxy.log", **environment):
        yield http, https, challenge, admin


@pytest.fixture
def authority(names, proxy, tmp_path):
    """What `deploy/certificate` is told of an authority that asks this machine's proxy."""
    web = tmp_path / "web"
    assert certificate(web, "local", "localhost", HOST)[0] == 0
    port, management = free_port(), free_port()
    settings = {
        "listenAddress": f"{HOST}:{port}",
        "managementListenAddress": f"{HOST}:{management}",
        "certificate": str(web / "drive.pem"),
        "privateKey": str(web / "drive.pem"),
        "httpPort": proxy[0],
        "tlsPort": proxy[1],
        "retryAfter": {"authz": 1, "order": 1},
        "certificateValidityPeriod": LASTS // timedelta(seconds=1),
    }
    (tmp_path / "pebble.json").write_text(json.dumps({"pebble": settings}), encoding="utf-8")
    command = [programs.find("pebble"), "-config", tmp_path / "pebble.json", "-dnsserver", names]
    quick = {"PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "0"}
    with running(command, port, tmp_path / "pebble.log", **quick):
        yield {
            "DRIVE_ACME": f"https://localhost:{port}/dir",
            "DRIVE_CHALLENGE_PORT": str(proxy[2]),
            "REQUESTS_CA_BUNDLE": str(web / "authority.crt"),
        }


def shown(port):
    """The certificate that a browser is shown."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection((HOST, port)) as plain, context.wrap_socket(plain) as tls:
        return x509.load_der_x509_certificate(tls.getpeercert(binary_form=True))


def issuer(leaf):
    return leaf.issuer.rfc4514_string()


@pytest.fixture
def make_public(folder, authority, monkeypatch):
    """`make_public(**environment)`: as `deploy/certificate public`, for a name that this machine cannot look up."""
    spec = spec_from_loader("certificate", SourceFileLoader("certificate", str(PROGRAM)))
    program = module_from_spec(spec)
    spec.loader.exec_module(program)
    # That it is asked where a name leads is seen in a test above.
    monkeypatch.setattr(program, "check_resolves", lambda name: None)

    def make(**environment):
        path = f"{PYTHON.parent}:{os.environ['PATH']}"
        for name, value in (authority | {"PATH": path} | environment).items():
            monkeypatch.setenv(name, value)
        try:
            program.make_public(program.Folder(folder), PUBLIC_NAME, "it@example.org")
        except program.Failure as failure:
            return str(failure)
        return None

    return make


def test_a_public_name_gets_its_certificate_by_itself(folder, proxy, authority, make_public):
    """Through the proxy of production, and renewed while it runs."""
    _http, https, _challenge, admin = proxy
    assert make_public() is None
    first = x509.load_pem_x509_certificates((folder / "drive.pem").read_bytes())[0]
    assert "Pebble" in issuer(first)
    names = first.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == [PUBLIC_NAME]
    settings = (folder / "proxy.env").read_text(encoding="utf-8")
    assert f"DRIVE_URL=https://{PUBLIC_NAME}\n" in settings
    assert "DRIVE_AUTHORITY" not in settings
    assert not (folder / "authority.key").exists()
    assert "Cafoutch Drive" in issuer(shown(https))

    handed_over = {"DRIVE_ADMIN": str(admin), "DRIVE_CERTIFICATE": str(folder / "drive.pem")}
    # Nothing ends soon: nothing is asked.
    assert certificate(folder, "renew", **authority, **handed_over) == (0, "")
    renewal = folder / "acme" / "config" / "renewal" / "drive.conf"
    renewal.write_text(
        f"renew_before_expiry = {LASTS.days + 1} days\n" + renewal.read_text(encoding="utf-8"), encoding="utf-8"
    )
    assert certificate(folder, "renew", **authority, **handed_over) == (0, "The proxy shows it.\n")
    second = x509.load_pem_x509_certificates((folder / "drive.pem").read_bytes())[0]
    assert second.serial_number != first.serial_number
    assert shown(https) == second


def test_a_name_that_leads_elsewhere_gets_none(folder, make_public):
    """A sentence, and the certificate that was there goes on."""
    before = {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    said = make_public(DRIVE_CHALLENGE_PORT=str(free_port()))
    assert "no certificate was given: does the name lead to this machine" in said
    assert {path: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before
