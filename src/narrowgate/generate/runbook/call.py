"""The test at the end: from a client's host, name, address, and answer, each with what it has to show."""

from collections.abc import Iterator
from typing import Any

from narrowgate.generate.plan import Plan
from narrowgate.generate.runbook.shell import variable
from narrowgate.model.design import Api, Consumer
from narrowgate.model.resource import GetAtt, Join, Ref
from narrowgate.options.option import Call
from narrowgate.options.parts.endpoints import callers_of
from narrowgate.options.parts.policies import routes_for


def test_section(plan: Plan) -> Iterator[str]:
    """The section; names are filled in where the steps were taken, and copied to the client's host."""
    design = plan.design
    yield "## Test"
    yield ""
    yield "Names first: print them here, then run the commands on a host of the consumer."
    yield ""
    for api in design.private_apis:
        for consumer in callers_of(design, api):
            yield from _calls(plan, consumer, api)
    yield "What a failure means:"
    yield ""
    yield "| you see | look at |"
    yield "| --- | --- |"
    yield "| `dig` prints nothing, or public addresses | the name: zone, rule, endpoint (VPCE-DNS-06) |"
    yield "| `curl` waits and times out | routes both ways, security groups, network ACLs (PCX-05, SG-06) |"
    yield "| a certificate error | the name that you call is not the one of this runbook (AGW-12) |"
    yield "| 403 `Forbidden` | resource policy and endpoint policy; was the API deployed since? (POL-03, KEY-01) |"
    yield "| 403 `Missing Authentication Token` | the path or the stage (ERR-01) |"
    yield ""
    yield "`narrowgate collect` and `narrowgate trace` find the fact that decides."
    yield ""


def _calls(plan: Plan, consumer: Consumer, api: Api) -> Iterator[str]:
    call = plan.option.call(plan.design, consumer, api)
    yield f"### `{consumer.name}` calls `{api.name}`"
    yield ""
    yield "```sh"
    yield f'echo "HOST={text(call.host)}"'
    for name, value in call.headers:
        yield f'echo "{name.upper().replace("-", "_")}={text(value)}"'
    for address in call.pinned:
        yield f'echo "{text(address)} {text(call.host)}"'
    yield "```"
    yield ""
    if call.pinned:
        yield "Put the last lines into the hosts file of each client."
        yield ""
    yield f"On a host of `{consumer.name}`, with what was printed set as variables:"
    yield ""
    yield "```sh"
    if call.pinned:
        yield 'getent hosts "$HOST"'
    else:
        yield 'dig +short "$HOST"'
    for route in routes_for(consumer, api):
        path = call.path + route.path.replace("{", "").replace("}", "").rstrip("+")
        yield _curl(call, route.method if route.method != "ANY" else "GET", path)
    yield "```"
    yield ""
    yield f"`dig` prints private addresses of the endpoint; each `curl` prints {_expected(api)}."
    yield ""


def _curl(call: Call, method: str, path: str) -> str:
    headers = "".join(f' -H "{name}: ${name.upper().replace("-", "_")}"' for name, _ in call.headers)
    insecure = ""
    return f"curl -sS -o /dev/null -w '%{{http_code}}\\n' -m 10 -X {method}{headers}{insecure} \"https://$HOST{path}\""


def _expected(api: Api) -> str:
    if api.authorization == "NONE":
        return "`200`"
    return "`403` until the call is signed" if api.authorization == "AWS_IAM" else "`401` until it has a token"


def text(value: Any) -> str:
    """A host or header for the shell, within double quotes."""
    match value:
        case Ref(logical_id=own):
            return f"${{{variable(own)}}}"
        case GetAtt(logical_id=own, attribute=attribute):
            return f"${{{variable(own, attribute)}}}"
        case Join(parts=parts):
            return "".join(text(part) for part in parts)
        case _:
            return str(value)
