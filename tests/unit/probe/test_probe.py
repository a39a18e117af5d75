"""The probe against servers of our own on loopback, and its report beside a prediction."""

import ast
import datetime
import json
import socket
import ssl
import subprocess
import sys
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, HTTPServer

import msgspec
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.tools import ROOT

from narrowgate import api
from narrowgate.api.observing import load_probe_report, observe
from narrowgate.guide.estate import CLIENT, build_guide
from narrowgate.guide.folder import snapshot_of
from narrowgate.model.answer import Verdict
from narrowgate.model.errors import InputError, QuestionError
from narrowgate.probe import requester

PROGRAM = ROOT / "src" / "narrowgate" / "probe" / "requester.py"


class Answers(BaseHTTPRequestHandler):
    def do_GET(self):
        body = b'{"message":"Forbidden"}'
        self.send_response(403)
        self.send_header("x-amzn-errortype", "ForbiddenException")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


def certificate(folder, name):
    """A self-signed certificate for a name, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    own = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(own + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def serve():
    """Start a server; with a certificate it speaks TLS. Gives its port."""
    started = []

    def start(pem=None):
        server = HTTPServer(("127.0.0.1", 0), Answers)
        if pem is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(pem)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        started.append((server, thread))
        return server.server_port

    yield start
    for server, thread in started:
        server.shutdown()
        server.server_close()
        thread.join()


def steps(report):
    return [(each["step"], each["ok"], each["kind"]) for each in report["steps"]]


def test_a_call_that_gets_there_is_timed_at_every_step(serve, tmp_path):
    pem = certificate(tmp_path, "localhost")
    report = requester.probe(f"https://localhost:{serve(pem)}/prod/orders", cafile=str(pem))
    assert steps(report) == [(name, True, None) for name in ("resolve", "connect", "tls", "call")]
    assert (report["status"], report["error_type"], report["body"]) == (
        403,
        "ForbiddenException",
        '{"message":"Forbidden"}',
    )
    assert all(each["ms"] >= 0 for each in report["steps"])


def test_a_certificate_of_another_name_stops_at_tls(serve, tmp_path):
    pem = certificate(tmp_path, "other.example")
    report = requester.probe(f"https://localhost:{serve(pem)}/", cafile=str(pem))
    assert steps(report)[-1] == ("tls", False, "tls_name_mismatch")


def test_an_unknown_authority_is_told_apart_from_another_name(serve, tmp_path):
    report = requester.probe(f"https://localhost:{serve(certificate(tmp_path, 'localhost'))}/")
    assert steps(report)[-1] == ("tls", False, "tls_untrusted")


def test_a_closed_port_is_refused():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert steps(requester.probe(f"https://127.0.0.1:{port}/"))[-1] == ("connect", False, "connection_refused")


def test_a_server_that_never_speaks_tls_times_out():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        report = requester.probe(f"https://127.0.0.1:{silent.getsockname()[1]}/", timeout=0.3)
    assert steps(report)[-1] == ("tls", False, "tls_timeout")


def test_a_name_that_nobody_has_stops_at_the_name():
    report = requester.probe("https://no-such-name.invalid/")
    assert steps(report)[0][:2] == ("resolve", False)
    assert steps(report)[0][2] in {"dns_nxdomain", "dns_failure"}
    assert len(report["steps"]) == 1


@pytest.mark.parametrize("path", ["/prod/orders", "/prod/orders/a%20b?b=2&a=1", "/prod/na%C3%AFve?q=%2F+x", "/"])
def test_signatures_are_those_of_botocore(path):
    url = "https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com" + path
    request = AWSRequest("GET", url, headers={"x-apigw-api-id": "a1b2c3d4e5"})
    SigV4Auth(Credentials("AKIDEXAMPLE", "secret", "token"), "execute-api", "us-east-1").add_auth(request)
    now = datetime.datetime.strptime(request.headers["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.UTC)
    ours = requester.signature(
        "GET",
        urllib.parse.urlsplit(url),
        {"x-apigw-api-id": "a1b2c3d4e5"},
        ("AKIDEXAMPLE", "secret", "token"),
        "us-east-1",
        now,
    )
    assert ours["Authorization"] == request.headers["Authorization"]


def test_it_reads_as_python_3_8_and_imports_the_standard_library_alone():
    tree = ast.parse(PROGRAM.read_text(), feature_version=(3, 8))
    imported = {
        name.name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for name in node.names
    }
    assert not any(isinstance(node, ast.ImportFrom) for node in ast.walk(tree))
    assert imported <= sys.stdlib_module_names


def test_the_printed_program_runs_from_a_pipe_and_as_a_lambda_function(serve):
    printed = subprocess.run(
        [sys.executable, "-m", "narrowgate", "probe"], capture_output=True, text=True, check=True
    )
    url = f"http://127.0.0.1:{serve()}/prod"
    done = subprocess.run([sys.executable, "-", url], input=printed.stdout, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["status"] == 403
    assert "403 ForbiddenException" in done.stderr
    assert requester.lambda_handler({"url": url}, None)["status"] == 403


def test_secrets_of_the_environment_are_never_in_the_report(serve, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "the-secret")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "the-token")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    report = requester.probe(f"http://127.0.0.1:{serve()}/", headers={"x-api-key": "the-key"}, sign=True)
    text = json.dumps(report) + requester.table(report)
    assert not any(each in text for each in ("the-secret", "the-token", "AKIDEXAMPLE", "the-key"))


@pytest.fixture(scope="module")
def predicted():
    guide = build_guide()
    return api.trace(snapshot_of(guide.estate), CLIENT, guide.url)


def report_of(answer, *seen, status=None, error_type=None):
    return msgspec.convert(
        {
            "schema": "narrowgate.probe/1",
            "url": answer.url,
            "method": "GET",
            "at": "2026-11-20T09:00:00+00:00",
            "steps": list(seen),
            "status": status,
            "error_type": error_type,
        },
        load_probe_report.__annotations__["return"],
    )


def step(name, ok=True, **more):
    return {"step": name, "ok": ok, "ms": 1.0, **more}


def test_an_observation_as_computed_agrees_at_every_step(predicted):
    names = step("resolve", addresses=list(predicted.dns.addresses))
    seen = observe(predicted, report_of(predicted, names, step("connect"), step("tls"), step("call"), status=200))
    assert (seen.verdict, seen.parted) == (Verdict.ALLOWED, None)
    assert [each.agrees for each in seen.steps][:3] == [True, True, True]


@pytest.mark.parametrize(
    ("seen", "parted"),
    [
        ([step("resolve", addresses=["203.0.113.7"])], "resolve"),
        ([step("resolve", ok=False, kind="dns_nxdomain")], "resolve"),
        (["names", step("connect", ok=False, kind="connect_timeout")], "connect"),
        (["names", step("connect"), step("tls", ok=False, kind="tls_untrusted")], "tls"),
    ],
)
def test_the_first_step_that_differs_is_named_with_what_it_proves(predicted, seen, parted):
    names = step("resolve", addresses=list(predicted.dns.addresses))
    compared = observe(predicted, report_of(predicted, *[names if each == "names" else each for each in seen]))
    assert (compared.verdict, compared.parted) == (Verdict.DENIED, parted)
    assert compared.steps[-1].step == parted
    assert compared.proves


def test_a_refusal_where_the_call_was_computed_to_pass_parts_at_the_call(predicted):
    names = step("resolve", addresses=list(predicted.dns.addresses))
    every = (names, step("connect"), step("tls"), step("call"))
    refused = observe(predicted, report_of(predicted, *every, status=403, error_type="ForbiddenException"))
    assert predicted.http is not None
    assert refused.parted == "call"


def test_a_probe_of_another_url_is_refused(predicted):
    report = msgspec.structs.replace(report_of(predicted), url="https://other.example/")
    with pytest.raises(QuestionError, match="the probe called"):
        observe(predicted, report)


@pytest.mark.parametrize(
    "text", ["", "[]", '{"schema": "narrowgate.probe/2", "url": "", "method": "", "steps": []}']
)
def test_a_file_that_is_no_report_is_one_error(tmp_path, text):
    path = tmp_path / "probe.json"
    path.write_text(text)
    with pytest.raises(InputError):
        load_probe_report(path)
