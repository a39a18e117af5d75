"""The fields of a design file: the one table behind the reader, the JSON Schema and the documentation."""

from collections.abc import Mapping
from typing import Any

import msgspec

NAME = r"^[a-z][a-z0-9-]{0,30}$"
ACCOUNT = r"^([0-9]{12}|[a-z][a-z0-9-]{0,30})$"
CIDR = r"^[0-9a-fA-F.:]+/[0-9]{1,3}$"
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "ANY")
ROUTE = rf"^({'|'.join(METHODS)}) /\S*$"
EXPECTATION = (
    r"^(\S+ must( not)?|only \S+(,? \S+)* may) "
    r"(resolve \S+|reach \S+:[0-9]{1,5}|call ([A-Z]+ )?(https?://\S+|[a-z][a-z0-9-]*(/\S*)?))$"
)
AUTHORIZATIONS = {"none": "NONE", "iam": "AWS_IAM", "lambda": "CUSTOM", "cognito": "COGNITO_USER_POOLS"}
API_TYPES = {"private": "PRIVATE", "regional": "REGIONAL", "edge": "EDGE"}
PROTOCOLS = ("rest", "http", "websocket")

Schema = dict[str, Any]


class Field(msgspec.Struct, frozen=True):
    """One field: what it takes as JSON Schema, and one sentence about it."""

    schema: Mapping[str, Any]
    doc: str
    required: bool = False


_TEXT: Schema = {"type": "string"}
_BOOLEAN: Schema = {"type": "boolean"}
_CIDR: Schema = {"type": "string", "pattern": CIDR}
_ROUTE: Schema = {"type": "string", "pattern": ROUTE}
_NAME: Schema = {"type": "string", "pattern": NAME}
_ACCOUNT: Schema = {"type": ["string", "integer"]}
_ROUTES: Schema = {"type": "array", "items": _ROUTE}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _map(values: Schema) -> Schema:
    return {"type": "object", "propertyNames": {"pattern": NAME}, "additionalProperties": values}


def _one_or_more(items: Schema) -> Schema:
    return {"anyOf": [items, {"type": "array", "items": items, "minItems": 1}]}


def _number(low: float) -> Schema:
    return {"type": "number", "minimum": low}


DESIGN: Mapping[str, Field] = {
    "name": Field(
        _NAME, "What the design is called; names of resources start with it. Default: the file's folder."
    ),
    "region": Field(_TEXT, "The Region of everything that names no other.", required=True),
    "accounts": Field(_map(_ACCOUNT), "Names for account ids, to use in `account`."),
    "account": Field(_ACCOUNT, "The account of everything that names no other. Default: the one that deploys."),
    "vpcs": Field(_map(_ref("vpc")), "VPCs by name.", required=True),
    "apis": Field(_map(_ref("api")), "REST APIs by name, private ones and public ones that must go on working."),
    "consumers": Field(_map(_ref("consumer")), "Who calls, by name."),
    "on_premises": Field(_map(_ref("on_premises")), "Networks outside AWS, by name."),
    "links": Field(_list(_ref("link")), "What joins the VPCs already, with routes both ways."),
    "constraints": Field(_ref("constraints"), "What a solution must not do."),
    "via": Field(
        _TEXT, "The way to connect: `auto`, or an option that `narrowgate compare` lists. Default: `auto`."
    ),
    "expect": Field(
        _list({"type": "string", "pattern": EXPECTATION}),
        "What must hold beside every `may_call`: `web must not resolve db.corp.internal`, "
        "`web must not reach 10.0.1.20:5432`, `web must call GET orders/orders`, `only web may call orders`.",
    ),
    "usage": Field(_ref("usage"), "What a month is assumed to hold, for costs."),
    "logs": Field(_ref("logs"), "Logs and alarms of what is made; on by default."),
    "tags": Field({"type": "object", "additionalProperties": _TEXT}, "Tags of everything that is made."),
}

VPC: Mapping[str, Field] = {
    "cidr": Field(_one_or_more(_CIDR), "Its IPv4 range, or several; the first is the primary one.", required=True),
    "account": Field(_ACCOUNT, "Its account."),
    "region": Field(_TEXT, "Its Region."),
    "id": Field({"type": "string", "pattern": "^vpc-"}, "Its id, where it exists already."),
    "azs": Field(
        {"anyOf": [{"type": "integer", "minimum": 1, "maximum": 6}, _list(_TEXT)]},
        "How many Availability Zones, or which (`[a, b]`). Default: 2.",
    ),
    "subnets": Field(
        _list({"anyOf": [_CIDR, _ref("subnet")]}),
        "Its subnets for this design, one in each zone. Default: cut from the range, one a zone.",
    ),
    "dns_support": Field(_BOOLEAN, "`enableDnsSupport`. Default: true."),
    "dns_hostnames": Field(_BOOLEAN, "`enableDnsHostnames`. Default: true."),
    "private_zones": Field(
        {"type": "object", "additionalProperties": {"type": ["object", "null"], "additionalProperties": _TEXT}},
        "Private hosted zones that it has already, with addresses by name: `corp.internal: {db: 10.0.1.20}`.",
    ),
    "endpoints": Field(
        _list({"anyOf": [_TEXT, _ref("endpoint")]}),
        "Interface endpoints that it has already, such as `secretsmanager`.",
    ),
    "execute_api_azs": Field(
        _list(_TEXT),
        "Zones in which `aws ec2 describe-vpc-endpoint-services` lists execute-api. Default: all of them.",
    ),
}

SUBNET: Mapping[str, Field] = {
    "cidr": Field(_CIDR, "Its range.", required=True),
    "az": Field(_TEXT, "Its Availability Zone: a letter, or the whole name."),
    "id": Field({"type": "string", "pattern": "^subnet-"}, "Its id, where it exists already."),
    "route_table": Field({"type": "string", "pattern": "^rtb-"}, "Its route table, where it exists already."),
}

ENDPOINT: Mapping[str, Field] = {
    "service": Field(_TEXT, "The service: `execute-api`, `secretsmanager`.", required=True),
    "id": Field({"type": "string", "pattern": "^vpce-"}, "Its id."),
    "private_dns": Field(_BOOLEAN, "Whether its private DNS is on. Default: true."),
    "security_group": Field(
        {"type": "string", "pattern": "^sg-"}, "Its security group, where the design may add rules to it."
    ),
}

API: Mapping[str, Field] = {
    "type": Field({"enum": list(API_TYPES)}, "`private` (default), `regional` or `edge`."),
    "protocol": Field({"enum": list(PROTOCOLS)}, "`rest` (default); only REST APIs can be private."),
    "vpc": Field(_NAME, "The VPC of the team that owns it, where its interface endpoint stands or will stand."),
    "account": Field(_ACCOUNT, "Its account. Default: that of its VPC."),
    "region": Field(_TEXT, "Its Region. Default: that of its VPC."),
    "id": Field({"type": "string", "pattern": "^[a-z0-9]{10}$"}, "Its id, where it exists already."),
    "routes": Field(_ROUTES, "Its methods: `GET /orders/{id}`."),
    "openapi": Field(_TEXT, "An OpenAPI file (YAML or JSON) to take the routes from, beside the design."),
    "stage": Field(_TEXT, "Its stage. Default: `prod`."),
    "stages": Field(_list(_TEXT), "The stages that an existing API has, to check `stage` against."),
    "authorization": Field({"enum": list(AUTHORIZATIONS)}, "How its methods are authorized. Default: `none`."),
    "custom_domain": Field(_TEXT, "A private custom domain name for it."),
    "certificate": Field({"type": "string", "pattern": "^arn:aws:acm:"}, "The certificate of the custom domain."),
    "policy": Field(
        {"type": "object"},
        "A resource policy of your own; `${vpcs.NAME}` and `${endpoints.NAME}` stand for the ids of a VPC and of "
        "the execute-api endpoint in it. Default: each option writes the narrowest one that works.",
    ),
}

CONSUMER: Mapping[str, Field] = {
    "vpc": Field(_NAME, "The VPC that its hosts are in."),
    "on_premises": Field(_NAME, "Or the network on premises that its hosts are in."),
    "subnets": Field(_list(_CIDR), "The subnets of that VPC that its hosts are in. Default: all."),
    "address": Field(_TEXT, "The one address that calls. Default: any in its subnets."),
    "may_call": Field(
        _list({"anyOf": [_NAME, {"type": "object", "additionalProperties": _ROUTES}]}),
        "What it may call: an API (`orders`), or some routes of one (`orders: [GET /orders]`).",
    ),
    "principal": Field({"type": "string", "pattern": "^arn:aws:"}, "Who signs its calls of an API with `iam`."),
    "browser": Field(_BOOLEAN, "Whether a browser calls, which cannot set a Host header. Default: false."),
}

ON_PREMISES: Mapping[str, Field] = {
    "cidr": Field(_one_or_more(_CIDR), "Its ranges.", required=True),
    "vpc": Field(_NAME, "The VPC that the VPN or Direct Connect ends in.", required=True),
}

LINK: Mapping[str, Field] = {
    "peering": Field(_list(_NAME), "The two VPCs that a peering joins."),
    "transit_gateway": Field(_list(_NAME), "The VPCs that a transit gateway joins."),
    "id": Field({"type": "string", "pattern": "^(pcx|tgw)-"}, "Its id."),
    "dns_resolution": Field(_BOOLEAN, "Whether a peering's DNS resolution is on, both ways. Default: false."),
}

CONSTRAINTS: Mapping[str, Field] = {
    "no_endpoint": Field(
        _BOOLEAN, "No execute-api endpoint is made, to see what comes of a guide that forgets it (AGW-01)."
    ),
    "no_new_peering": Field(_BOOLEAN, "No peering is added."),
    "no_transit_gateway": Field(_BOOLEAN, "No transit gateway is added."),
    "no_route53": Field(
        _BOOLEAN, "Nothing of Route 53 is configured: no zone, rule, Resolver endpoint or Profile."
    ),
    "keep_public_apis": Field(_BOOLEAN, "Public APIs of the Region stay reachable for every consumer."),
    "keep_default_name": Field(_BOOLEAN, "Clients call the API's default name, not another one."),
    "no_client_change": Field(_BOOLEAN, "Nothing on the clients' hosts changes but the URL: no header, no file."),
    "no_single_point_of_failure": Field(_BOOLEAN, "No part stands in one Availability Zone only."),
    "max_monthly_cost": Field(_number(0), "The most that a month may cost, in US dollars."),
}

USAGE: Mapping[str, Field] = {
    "requests": Field({"type": ["integer", "string"]}, "Calls a month. Default: 1,000,000."),
    "gigabytes": Field(_number(0), "Gigabytes in and out a month. Default: 10."),
    "dns_queries": Field(
        {"type": ["integer", "string"]}, "DNS queries that reach a Resolver endpoint a month. Default: 2,000,000."
    ),
    "hours": Field({"type": "integer", "minimum": 1, "maximum": 744}, "Hours of a month. Default: 730."),
    "cross_az_percent": Field(
        {"type": "number", "minimum": 0, "maximum": 100},
        "How much of the traffic changes the Availability Zone. Default: 100, the worst case.",
    ),
}

RETENTIONS = (
    1,
    3,
    5,
    7,
    14,
    30,
    60,
    90,
    120,
    150,
    180,
    365,
    400,
    545,
    731,
    1096,
    1827,
    2192,
    2557,
    2922,
    3288,
    3653,
)
"""The days for which CloudWatch Logs can keep a group."""

LOGS: Mapping[str, Field] = {
    "enabled": Field(_BOOLEAN, "Whether anything is logged or watched. Default: true."),
    "retention_days": Field({"enum": list(RETENTIONS)}, "How long log groups keep what they hold. Default: 365."),
    "alarms": Field(
        _BOOLEAN, "Whether alarms watch errors, latency, dropped packets and Resolver endpoints. Default: true."
    ),
    "notify": Field(
        {"type": "string", "pattern": "^arn:aws:sns:"},
        "The SNS topic that alarms tell; alarms in other Regions than the topic's tell nobody. Default: none.",
    ),
    "waf": Field(
        _BOOLEAN,
        "Whether a web ACL of AWS's managed rules stands before new APIs; what it makes of a call is not "
        "modelled, so calls that must work are undecided then. Default: false.",
    ),
}

OBJECTS: Mapping[str, Mapping[str, Field]] = {
    "design": DESIGN,
    "vpc": VPC,
    "subnet": SUBNET,
    "endpoint": ENDPOINT,
    "api": API,
    "consumer": CONSUMER,
    "on_premises": ON_PREMISES,
    "link": LINK,
    "constraints": CONSTRAINTS,
    "usage": USAGE,
    "logs": LOGS,
}
"""Every mapping of a design file whose keys are fixed."""


def design_schema() -> Schema:
    """The JSON Schema of a design file (draft 2020-12), for editors."""
    definitions = {name: _object(fields) for name, fields in OBJECTS.items() if name != "design"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:narrowgate:design:1",
        "title": "narrowgate.design/1",
        **_object(DESIGN),
        "$defs": definitions,
    }


def _object(fields: Mapping[str, Field]) -> Schema:
    required = [name for name, field in fields.items() if field.required]
    properties = {name: {**field.schema, "description": field.doc} for name, field in fields.items()}
    found: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**found, "required": required} if required else found
