"""URLs, names of APIs, and how a path finds its method."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrowgate.engine.http.deployed_methods import match_resource
from narrowgate.engine.http.deployment import is_health_check, refuse_long_url, split_stage
from narrowgate.engine.http.names import ApiName, parse_api_name, parse_endpoint_name
from narrowgate.engine.http.url import parse_request
from narrowgate.engine.tls.server_identity import covers, evaluate_server_identity, service_certificate
from narrowgate.model.answer import Verdict
from narrowgate.model.errors import InputError
from narrowgate.model.reason import Reason

NAME = "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com"


def test_a_url_is_taken_apart():
    request = parse_request(
        "https://A1B2.Execute-API.us-east-1.amazonaws.com./prod/x?y=1", headers=["X-Thing:  7"]
    )
    assert (request.host, request.port, request.path) == (
        "a1b2.execute-api.us-east-1.amazonaws.com",
        443,
        "/prod/x",
    )
    assert request.header("x-thing") == "7"


def test_the_host_header_replaces_the_url_s_host():
    assert parse_request(f"https://{NAME}/", headers=["Host: Other.example:443"]).host_header == "other.example"


def test_an_address_in_the_url_is_a_literal():
    assert parse_request("https://10.0.1.10/prod").is_literal
    assert parse_request("https://[fd00::1]/prod").is_literal
    assert not parse_request(f"https://{NAME}/prod").is_literal


def test_plain_http_uses_port_80():
    assert parse_request(f"http://{NAME}/prod").port == 80


@pytest.mark.parametrize(
    "url", ["", "x", "https:///x", "https://a b/", "https://a..b/", "gopher://a/", "https://a:0x1/"]
)
def test_what_is_no_url_is_refused(url):
    with pytest.raises(InputError):
        parse_request(url)


@pytest.mark.parametrize(("method", "header"), [("FETCH", "a: b"), ("GET", "no colon"), ("GET", "a: b\r\nc: d")])
def test_methods_and_headers_are_checked(method, header):
    with pytest.raises(InputError):
        parse_request(f"https://{NAME}/", method=method, headers=[header])


@given(st.text(max_size=80))
def test_any_text_is_a_request_or_an_input_error(text):
    try:
        request = parse_request(text)
    except InputError as error:
        assert error.message
    else:
        assert request.host


def test_default_and_alias_names_are_told_apart():
    assert parse_api_name(NAME) == ApiName("a1b2c3d4e5", "us-east-1")
    alias = "a1b2c3d4e5-vpce-0123456789abcdef0.execute-api.us-east-1.amazonaws.com"
    assert parse_api_name(alias) == ApiName("a1b2c3d4e5", "us-east-1", "vpce-0123456789abcdef0")


@pytest.mark.parametrize(
    "name",
    [
        "execute-api.us-east-1.amazonaws.com",
        "x.y.execute-api.us-east-1.amazonaws.com",
        "a1b2c3d4e5.myexecute-api.us-east-1.amazonaws.com",
        "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com.example",
        "vpce-0a-1b.execute-api.us-east-1.vpce.amazonaws.com",
    ],
)
def test_other_names_are_no_api_names(name):
    assert parse_api_name(name) is None


def test_an_endpoint_s_own_name_is_recognised_with_its_zone():
    found = parse_endpoint_name("vpce-0a1b-9f8e-us-east-1a.execute-api.us-east-1.vpce.amazonaws.com")
    assert found is not None
    assert (found.vpc_endpoint_id, found.suffix, found.service) == ("vpce-0a1b", "9f8e-us-east-1a", "execute-api")
    assert parse_endpoint_name(NAME) is None


@pytest.mark.parametrize(
    ("path", "resource"),
    [
        ("/orders", "/orders"),
        ("/orders/", "/orders"),
        ("/orders/7", "/orders/{id}"),
        ("/orders/new", "/orders/new"),
        ("/orders/7/items", None),
        ("/files/a/b", "/files/{path+}"),
        ("/files", None),
        ("/", "/"),
        ("/Orders", None),
    ],
)
def test_a_path_finds_the_most_literal_resource(path, resource):
    resources = ("/", "/orders", "/orders/{id}", "/orders/new", "/files/{path+}")
    assert match_resource(resources, path) == resource


def test_a_greedy_resource_yields_to_a_literal_one():
    assert match_resource(("/{proxy+}", "/orders/{id}"), "/orders/7") == "/orders/{id}"
    assert match_resource(("/{proxy+}", "/orders/{id}"), "/orders/7/8") == "/{proxy+}"


def test_the_stage_is_the_first_segment():
    outcome = split_stage("a1", "/prod/orders/7")
    assert outcome.target is not None
    assert (outcome.target.stage, outcome.target.path) == ("prod", "/orders/7")
    bare = split_stage("a1", "/prod")
    assert bare.target is not None
    assert bare.target.path == "/"


def test_a_url_without_a_stage_is_forbidden():
    outcome = split_stage("a1", "/")
    assert outcome.http is not None
    assert (outcome.http.status, outcome.http.error_type) == (403, "ForbiddenException")


def test_a_url_of_8192_characters_passes_and_one_more_does_not():
    assert refuse_long_url("a1", "x" * 8192) is None
    refused = refuse_long_url("a1", "x" * 8193)
    assert refused is not None
    assert refused.http is not None
    assert refused.http.status == 414


def test_health_checks_are_the_service_s_own():
    assert is_health_check("/ping")
    assert is_health_check("/sping")
    assert not is_health_check("/prod/ping")


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        ("*.example.com", "a.example.com", True),
        ("*.example.com", "A.EXAMPLE.com.", True),
        ("*.example.com", "example.com", False),
        ("*.example.com", "a.b.example.com", False),
        ("example.com", "example.com", True),
        ("a*.example.com", "ab.example.com", False),
    ],
)
def test_a_certificate_s_wildcard_covers_one_label(pattern, name, fits):
    assert covers(pattern, name) is fits


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        (NAME, Verdict.ALLOWED),
        (NAME.replace(".execute", "-vpce-0a1b.execute"), Verdict.ALLOWED),
        ("vpce-0a1b-9f.execute-api.us-east-1.vpce.amazonaws.com", Verdict.ALLOWED),
        (NAME.replace("us-east-1", "eu-west-1"), Verdict.DENIED),
        ("api.corp.example", Verdict.DENIED),
    ],
)
def test_the_service_s_certificate_covers_its_own_names_only(name, verdict):
    step = evaluate_server_identity(
        "vpce-0a1b", name, is_literal=False, certificate_names=service_certificate("us-east-1")
    )
    assert step.verdict is verdict


def test_an_address_matches_no_certificate():
    step = evaluate_server_identity("vpce-0a1b", "10.0.1.10", is_literal=True, certificate_names=("10.0.1.10",))
    assert (step.verdict, step.reason, step.rule) == (Verdict.DENIED, Reason.TLS_NAME_MISMATCH, "AGW-11")
