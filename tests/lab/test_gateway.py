"""API Gateway's own answers in the lab, beside what the engine says of the same call: keys, authorizers, CORS."""

import json

import pytest
from tests.builders import Estate, invoke_statement, policy_document, snapshot_of, tcp

from narrowgate.api import questions
from narrowgate.lab.https.exchange import Reply, Request
from narrowgate.lab.https.gateway import API_KEY, Admitted, Gateway

HOST = "10.1.1.50"


class Site:
    """A host and an endpoint with private DNS in one VPC, and a private API with every kind of method."""

    def __init__(self) -> None:
        self.estate = estate = Estate()
        vpc = estate.vpc("10.1.0.0/16", "requester")
        subnet = estate.subnet(vpc, "10.1.1.0/24")
        group = estate.security_group(vpc, "all", ingress=[tcp(443, "10.1.0.0/16")])
        self.host = estate.instance(subnet, "web", [group], address=HOST)
        self.endpoint = estate.interface_endpoint([subnet], [group])
        allow = policy_document(invoke_statement())
        paths = ("/plain", "/keyed", "/pool", "/function", "/files/{name}")
        self.api = estate.rest_api("orders", {path: ["GET"] for path in paths}, policy=allow)
        resources = estate.ledger.answer("apigateway.get_resources", self.api)["items"]
        keyed = next(each for each in resources if each["path"] == "/keyed")
        keyed["resourceMethods"]["GET"]["apiKeyRequired"] = True
        pool = estate.authorizer(self.api, "pool", kind="COGNITO_USER_POOLS")
        estate.set_authorization(self.api, "/pool", "GET", kind="COGNITO_USER_POOLS", authorizer=pool)
        function = estate.authorizer(self.api, "function")
        estate.set_authorization(self.api, "/function", "GET", kind="CUSTOM", authorizer=function)
        estate.deploy(self.api)
        self.snapshot = snapshot_of(estate)

    def ask(self, path: str, method: str = "GET", host: str = "", **headers: str) -> Admitted | Reply:
        endpoint = self.snapshot.facts.vpc_endpoints[self.endpoint]
        host = host or f"{self.api}.execute-api.us-east-1.amazonaws.com"
        given = {"host": host} | {name.replace("_", "-"): value for name, value in headers.items()}
        path, _, query = path.partition("?")
        return Gateway(self.snapshot, endpoint, {}).admit(
            Request(method=method, path=f"/prod{path}", query=query, headers=given, client=HOST)
        )

    def told(self, path: str, method: str = "GET", **headers: str):
        """What the engine says that the client gets."""
        url = f"https://{self.api}.execute-api.us-east-1.amazonaws.com/prod{path}"
        lines = tuple(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())
        return questions.trace(self.snapshot, self.host, url, method=method, headers=lines, principal="anonymous")


@pytest.fixture(scope="module")
def site() -> Site:
    return Site()


@pytest.mark.parametrize(
    ("path", "method", "headers", "status", "message"),
    [
        ("/keyed", "GET", {}, 403, "Forbidden"),
        ("/pool", "GET", {}, 401, "Unauthorized"),
        ("/function", "GET", {}, 401, "Unauthorized"),
        ("/plain", "POST", {}, 403, "Missing Authentication Token"),
        ("/files/" + "a" * 1600, "GET", {}, 414, "Request URI too long"),
        ("/plain?" + "a" * 8192, "GET", {}, 414, "Request URI too long"),
        # No method answers a preflight by itself: CORS is what somebody deployed (ERR-18).
        ("/plain", "OPTIONS", {"origin": "https://example.com"}, 403, "Missing Authentication Token"),
    ],
)
def test_the_lab_and_the_engine_refuse_in_the_same_words(site, path, method, headers, status, message):
    reply, told = site.ask(path, method, **headers), site.told(path, method, **headers).http
    assert isinstance(reply, Reply)
    assert (reply.status, json.loads(reply.body)["message"]) == (status, message)
    assert (told.status, told.error_type, told.body) == (reply.status, reply.error, reply.body.decode())


@pytest.mark.parametrize(("key", "is_admitted"), [(API_KEY, True), ("another-key", False)])
def test_only_the_labs_own_api_key_is_taken(site, key, is_admitted):
    assert isinstance(site.ask("/keyed", x_api_key=key), Admitted) is is_admitted


@pytest.mark.parametrize("path", ["/pool", "/function"])
def test_a_token_is_taken_as_one_that_the_authorizer_lets_in(site, path):
    assert isinstance(site.ask(path, authorization="a-token"), Admitted)


def test_a_refusal_of_an_api_is_its_own_and_one_of_no_api_is_nobodys(site):
    assert site.ask("/plain", "POST").api == site.api
    assert site.ask("/plain", host="nobody.execute-api.us-east-1.amazonaws.com").api is None
