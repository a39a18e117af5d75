"""The forms of an API's names (api-gateway rules, table N1 to N6)."""

import re

import msgspec

# An API id is ten lower-case letters and digits; ids of other lengths are taken too, so that none is missed.
_LABEL = re.compile(r"(?P<api>[a-z0-9]+)(?:-(?P<vpce>vpce-[a-z0-9]+))?")
_SUFFIX = re.compile(r"^(?P<label>[^.]+)\.execute-api\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$")
_ENDPOINT = re.compile(
    r"^(?P<vpce>vpce-[a-z0-9]+)-(?P<rest>[a-z0-9-]+)\.(?P<service>[a-z0-9.-]+)\.(?P<region>[a-z]{2}(?:-[a-z]+)+-\d)"
    r"\.vpce\.amazonaws\.com(?:\.cn)?$"
)


class ApiName(msgspec.Struct, frozen=True):
    """N1 `{api}.execute-api…`, or N2 `{api}-{vpce}.execute-api…` where `vpc_endpoint_id` is set."""

    api_id: str
    region: str
    vpc_endpoint_id: str | None = None


class EndpointName(msgspec.Struct, frozen=True):
    """N3 `{vpce}-{suffix}.…vpce.amazonaws.com`; `suffix` holds the AZ in the zonal form."""

    vpc_endpoint_id: str
    suffix: str
    service: str
    region: str


def parse_api_name(name: str) -> ApiName | None:
    """Read N1 or N2 (AGW-04, AGW-06); None for any other name."""
    found = _SUFFIX.match(name)
    if found is None:
        return None
    label = _LABEL.fullmatch(found["label"])
    if label is None:
        return None
    return ApiName(label["api"], found["region"], label["vpce"])


def parse_endpoint_name(name: str) -> EndpointName | None:
    """Read N3 (AGW-07); None for any other name."""
    found = _ENDPOINT.match(name)
    if found is None:
        return None
    return EndpointName(found["vpce"], found["rest"], found["service"], found["region"])


def is_execute_api_domain(name: str) -> bool:
    """True for the name of the zone itself or anything in it, API or not."""
    return bool(re.search(r"(^|\.)execute-api\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$", name))
