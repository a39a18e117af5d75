"""What stands behind an API in the lab: functions and web servers of this machine, called as AWS calls them."""

import asyncio
import http.server
import json
import os
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
from tests.lab.test_command_line import GUIDE, Lab, _needs

from narrowgate.api.sources import load
from narrowgate.lab.https.exchange import Request
from narrowgate.lab.https.gateway import Admitted, Gateway
from narrowgate.lab.integrations.dispatch import Integrations
from narrowgate.lab.integrations.event import MalformedReplyError, proxy_event, reply_of
from narrowgate.lab.integrations.mapping import read_integrations
from narrowgate.lab.integrations.relay import Relay
from narrowgate.model.errors import InputError

FUNCTION = """
import json, os, socket, sys, time

def echo(event, context):
    print("called by", event["requestContext"]["identity"]["sourceIp"])
    return {"statusCode": 201, "multiValueHeaders": {"X-Two": ["a", "b"]}, "body": json.dumps(event)}

def fails(event, context):
    raise ValueError("on purpose")

def ends(event, context):
    os._exit(3)

def sleeps(event, context):
    time.sleep(30)

def returns_text(event, context):
    return "hello"

def calls_out(event, context):
    try:
        socket.create_connection(("127.0.0.1", int(event["queryStringParameters"]["port"])), timeout=1)
    except OSError as error:
        return {"statusCode": 200, "body": type(error).__name__}
    return {"statusCode": 200, "body": "connected"}
"""


class _Backend(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/slow":
            time.sleep(1)
            return
        told = {"path": self.path, "host": self.headers["Host"], "mine": self.headers["X-Mine"]}
        body = json.dumps(told).encode()
        self.send_response(404)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Backend", "here")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def backend():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Backend) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.fixture(scope="module")
def function(tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("function") / "handler.py"
    file.write_text(FUNCTION)
    return file


@pytest.fixture(scope="module")
def snapshot():
    return load(GUIDE)


# --- from a host of a running lab


@pytest.fixture(scope="module")
def lab(tmp_path_factory, backend, function):
    lab = Lab(tmp_path_factory.mktemp("run"))
    server = f"http://127.0.0.1:{backend}"
    named = (
        f"orders={function}:echo",
        f"orders GET /orders={function}:calls_out",
        f"orders GET /orders/{{id}}={server}/things/{{id}}",
    )
    done = lab("up", str(GUIDE), *(word for each in named for word in ("--integration", each)))
    assert done.returncode == 0, done.stderr
    yield lab
    lab("down", "--all")


def _curl(lab: Lab, path: str, *more: str) -> tuple[str, dict[str, str], str]:
    """Status line, headers by name in lower case, and body."""
    _needs("curl")
    url = lab.state()["calls"][0][1].removesuffix("/orders") + path
    done = lab("shell", "web", "--", "curl", "-si", "--http1.1", "--max-time", "20", *more, url)
    assert done.returncode == 0, done.stderr
    head, _, body = done.stdout.partition("\n\n")
    first, *lines = head.splitlines()
    return first, {name.lower(): value.strip() for name, _, value in (each.partition(":") for each in lines)}, body


def test_a_function_gets_the_event_of_the_real_client_and_answers_it(lab):
    first, headers, body = _curl(lab, "/orders?a=1&a=2", "-d", "order", "-H", "X-Mine: 1")
    event = json.loads(body)
    assert first.startswith("HTTP/1.1 201")
    assert headers["x-amz-apigw-id"] == event["requestContext"]["extendedRequestId"]
    assert headers["x-amzn-requestid"] == event["requestContext"]["requestId"]
    assert event["requestContext"]["identity"]["sourceIp"].startswith("10.1.")
    assert (event["httpMethod"], event["path"], event["body"]) == ("POST", "/orders", "order")
    assert event["multiValueQueryStringParameters"] == {"a": ["1", "2"]}
    assert event["headers"]["X-Mine"] == "1"
    folder = Path(lab.state()["folder"])
    assert "called by 10.1." in (folder / "function.log").read_text()


def test_a_call_that_names_no_api_has_no_id_of_api_gateways_own(lab):
    first, headers, body = _curl(lab, "/orders/7", "-H", "Host: nobody.execute-api.us-east-1.amazonaws.com")
    assert (first.split(" ")[1], body) == ("403", '{"message":"Forbidden"}')
    assert headers["x-amzn-errortype"] == "ForbiddenException"
    assert "x-amzn-requestid" in headers
    assert "x-amz-apigw-id" not in headers


def test_a_web_server_of_this_machine_answers_through_the_one_way_that_was_named(lab, backend):
    first, headers, body = _curl(lab, "/orders/7?x=1", "-H", "X-Mine: 1")
    assert first.startswith("HTTP/1.1 404")
    assert json.loads(body) == {"path": "/things/7?x=1", "host": f"127.0.0.1:{backend}", "mine": "1"}
    assert headers["x-backend"] == "here"
    assert "x-amzn-remapped-date" in headers


def test_a_host_of_the_lab_cannot_take_that_way_itself(lab, backend):
    _needs("curl")
    done = lab("shell", "web", "--", "curl", "-s", "--max-time", "3", f"http://127.0.0.1:{backend}/")
    assert done.returncode == 7


def test_a_function_cannot_reach_this_machine_and_its_calls_are_in_the_access_log(lab, backend):
    _, headers, body = _curl(lab, f"/orders?port={backend}")
    assert body == "OSError"
    lines = (Path(lab.state()["folder"]) / "access.jsonl").read_text().splitlines()
    assert headers["x-amzn-requestid"] in [json.loads(each)["requestId"] for each in lines]


# --- without packets: how API Gateway answers for an integration


def _admitted(snapshot, path="/orders", **more) -> Admitted:
    endpoints = snapshot.facts.vpc_endpoints.values()
    endpoint = next(each for each in endpoints if str(each.service_name).endswith("execute-api"))
    api = next(own for own, each in snapshot.facts.rest_apis.items() if each.name == "orders")
    headers = {"host": f"{api}.execute-api.us-east-1.amazonaws.com"}
    request = Request(
        method="GET",
        path=f"/prod{path}",
        headers=headers,
        fields=tuple(headers.items()),
        client="10.1.1.10",
        **more,
    )
    call = Gateway(snapshot, endpoint, {}).admit(request)
    assert isinstance(call, Admitted), call
    return call


def _answered(snapshot, folder: Path, *texts: str, path="/orders", seconds=10.0, **more):
    mappings = read_integrations(snapshot, texts)
    addresses = [each.authority for each in mappings if each.authority is not None]
    relay = Relay(addresses) if addresses else None

    async def ask():
        behind = Integrations(mappings, folder, relay, seconds=seconds)
        try:
            return await behind.answer(_admitted(snapshot, path, **more))
        finally:
            await behind.close()

    return asyncio.run(ask())


@pytest.mark.parametrize("name", ["fails", "ends", "returns_text", "is_not_there"])
def test_a_function_that_gives_no_reply_is_502(snapshot, tmp_path, function, name):
    reply = _answered(snapshot, tmp_path, f"orders={function}:{name}")
    assert (reply.status, reply.body) == (502, b'{"message":"Internal server error"}')
    assert reply.error == "InternalServerErrorException"


def test_a_function_that_takes_too_long_is_504(snapshot, tmp_path, function):
    reply = _answered(snapshot, tmp_path, f"orders={function}:sleeps", seconds=0.3)
    assert (reply.status, reply.body) == (504, b'{"message":"Endpoint request timed out"}')


def test_an_edited_function_counts_from_the_next_call_on(snapshot, tmp_path):
    file = tmp_path / "edited.py"

    async def ask() -> list[int]:
        behind = Integrations(read_integrations(snapshot, [f"orders={file}:handler"]), tmp_path)
        found = []
        for status in (201, 202):
            file.write_text(f"def handler(event, context): return {{'statusCode': {status}}}")
            found.append((await behind.answer(_admitted(snapshot))).status)
        await behind.close()
        return found

    file.touch()
    assert asyncio.run(ask()) == [201, 202]


def test_a_web_server_that_takes_too_long_is_504(snapshot, tmp_path, backend):
    reply = _answered(snapshot, tmp_path, f"orders=http://127.0.0.1:{backend}/slow", seconds=0.3)
    assert (reply.status, reply.body) == (504, b'{"message":"Endpoint request timed out"}')


def test_a_web_server_that_nobody_runs_is_504(snapshot, tmp_path):
    reply = _answered(snapshot, tmp_path, "orders=http://127.0.0.1:9/")
    assert (reply.status, reply.body) == (504, b'{"message":"Network error communicating with endpoint"}')


def test_plain_http_passes_on_neither_query_nor_status(snapshot, tmp_path, backend):
    reply = _answered(snapshot, tmp_path, f"orders=HTTP http://127.0.0.1:{backend}/x", query="a=1")
    assert (reply.status, json.loads(reply.body)["path"]) == (200, "/x")


def test_a_method_goes_before_its_api_and_what_nobody_named_is_a_mock(snapshot, tmp_path, function):
    named = (f"orders={function}:fails", "orders GET /orders/{id}=MOCK", f"billing={function}:fails")
    assert _answered(snapshot, tmp_path, *named, path="/orders/7").status == 200
    assert _answered(snapshot, tmp_path, *named, path="/orders").status == 502
    assert _answered(snapshot, tmp_path, named[2]).status == 200


def test_an_event_tells_resource_and_path_parameters(snapshot):
    event = proxy_event(_admitted(snapshot, "/orders/a%20b"))
    assert (event["resource"], event["pathParameters"]) == ("/orders/{id}", {"id": "a b"})
    assert (event["requestContext"]["path"], event["path"]) == ("/prod/orders/a%20b", "/orders/a%20b")
    assert event["queryStringParameters"] is event["body"] is event["stageVariables"] is None


@pytest.mark.parametrize(
    "result",
    [
        None,
        {},
        {"statusCode": "ok"},
        {"statusCode": 200, "body": {"a": 1}},
        {"statusCode": 200, "extra": 1},
        {"statusCode": 200, "headers": {"X": "a\r\nY: b"}},
        {"statusCode": 200, "multiValueHeaders": {"X": "a"}},
        {"statusCode": 200, "body": "no base64!", "isBase64Encoded": True},
    ],
)
def test_a_malformed_reply_is_none(result):
    with pytest.raises(MalformedReplyError):
        reply_of(result)


def test_a_reply_of_the_right_form_is_passed_on():
    reply = reply_of({"statusCode": "404", "headers": {"X": 1}, "body": "aGk=", "isBase64Encoded": True})
    assert (reply.status, reply.body) == (404, b"hi")
    assert reply.headers == (("Content-Type", "application/json"), ("X", "1"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("orders", "is no integration"),
        ("nobody=http://127.0.0.1/", "no API `nobody`"),
        ("orders GET /nothing=MOCK", "no resource `/nothing`"),
        ("orders=http://10.0.0.1/", "loopback"),
        ("orders=http://example.com/", "loopback"),
        ("orders=https://127.0.0.1/", "no target"),
        ("orders=nothing.py:handler", "no such file"),
        ("orders=HTTP handler.py:handler", "no target"),
    ],
)
def test_a_bad_integration_is_refused_before_anything_is_built(snapshot, text, words):
    with pytest.raises(InputError) as caught:
        read_integrations(snapshot, [text])
    assert words in caught.value.message


def test_functions_and_the_relay_die_with_a_lab_that_is_killed(tmp_path, backend, function):
    lab = Lab(tmp_path)
    named = (f"orders GET /orders={function}:echo", f"orders POST /orders=http://127.0.0.1:{backend}/")
    assert lab("up", str(GUIDE), *(word for each in named for word in ("--integration", each))).returncode == 0
    _curl(lab, "/orders")
    process = lab.state()["process"]
    # The lab itself, the relay and the function's process have one session.
    assert len(_session(process)) == 3
    os.kill(process, signal.SIGKILL)
    deadline = time.monotonic() + 5
    while _session(process) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _session(process)


def _session(number: int) -> list[str]:
    """Processes of a session that still do something."""
    found = []
    for each in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = each.read_text().rpartition(")")[2].split()
            if fields[3] == str(number) and fields[0] not in "ZX":
                found.append(each.parent.name)
    return found


def test_the_relay_ends_with_the_lab():
    relay = Relay([("127.0.0.1", 9)])
    with pytest.raises(OSError, match="refused"):
        relay.connect(("127.0.0.1", 9))
    with pytest.raises(ValueError, match="not in"):
        relay.connect(("127.0.0.1", 10))
    relay.close()
    with pytest.raises(ProcessLookupError):
        os.kill(relay.process, 0)
