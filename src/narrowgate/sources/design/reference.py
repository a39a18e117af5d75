"""The page about the design file, of the table of fields: `python -m narrowgate.sources.design.reference`."""

import sys
from collections.abc import Iterator, Mapping

from narrowgate.options.registry import OPTIONS
from narrowgate.sources.design.fields import OBJECTS, Field

_TITLES = {
    "design": "The file",
    "vpc": "A VPC (`vpcs.NAME`)",
    "subnet": "A subnet (`vpcs.NAME.subnets`)",
    "endpoint": "An endpoint that exists (`vpcs.NAME.endpoints`)",
    "api": "An API (`apis.NAME`)",
    "consumer": "A consumer (`consumers.NAME`)",
    "on_premises": "A network on premises (`on_premises.NAME`)",
    "link": "A link that exists (`links`)",
    "constraints": "Constraints (`constraints`)",
    "usage": "Usage (`usage`)",
    "logs": "Logs and alarms (`logs`)",
}

_HEAD = """\
# The design file

`narrowgate.yaml` says who may call which private API, from where, and what must stay closed. It is short, because
everything has a default; `narrowgate init` writes one to start from, and `narrowgate init --from SNAPSHOT` takes
over what an estate holds already.

```yaml
region: us-east-1

vpcs:
  requester: {cidr: 10.1.0.0/16}
  api: {cidr: 10.0.0.0/16}

apis:
  orders: {vpc: api, routes: [GET /orders, "GET /orders/{id}"]}

consumers:
  web: {vpc: requester, may_call: [orders]}

links:
  - peering: [requester, api]

expect:
  - web must not reach 10.0.1.20:5432
```

`narrowgate compare` lists the ways to connect, `narrowgate check` traces every `may_call` and every line of
`expect`. `narrowgate schema design` prints the JSON Schema for editors: with the YAML extension of most editors, a
first line `# yaml-language-server: $schema=narrowgate.design.schema.json` is enough.

Questions may be asked of a design in its own words: a consumer's name is a client, `API/PATH` a URL, and a folder
that holds `narrowgate.yaml` is that design: `narrowgate trace . --from web orders/orders/1`.

A design that AWS would refuse is refused before anything else happens, with file, line, column, the rule and the
way out. What a design does not say is assumed: network ACLs let everything pass, hosts let everything out, and
existing route tables have the routes of `links`.
"""

_TAIL = """\
## Expectations

A line of `expect` is a sentence: a consumer, `must` or `must not`, and what.

| sentence | holds when |
| --- | --- |
| `web must resolve NAME` | the consumer's own resolver answers, for every host of the consumer |
| `web must not resolve NAME` | neither that resolver nor any DNS server that the consumer can reach answers |
| `web must reach ADDRESS:PORT` | every host of the consumer opens the socket |
| `web must not reach ADDRESS:PORT` | no host of the consumer does, for certain |
| `web must call METHOD API/PATH` | the call is answered, by the option that is judged |
| `web must not call METHOD API/PATH` | it is refused by that option's name, the default name, and every endpoint |
| `only web may call API` | proven for all requests: no other host of any VPC, by any endpoint, as anybody |
| `only web may call METHOD API/PATH` | the same for one method |
| `only web may reach ADDRESS:PORT` | no other host, real or startable, opens the TCP socket |
| `only web may resolve NAME` | the hosts of no other VPC get a private answer, whomever they ask |

`only` takes several, `only web, batch may …`: consumers, which stand for their subnets, and VPCs with all their
hosts. The API's own VPC is one of the others unless it is named. Where the sentence is false, the answer names a
counterexample: who, from which addresses, through which endpoint.

What cannot be told for certain is undecided, and `check` leaves with status 3.

## Ways to connect

`via` is `auto` or one of these.

"""


def reference() -> str:
    """The whole page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield _HEAD
    for name, fields in OBJECTS.items():
        yield f"## {_TITLES[name]}"
        yield ""
        yield from _table(fields)
        yield ""
    yield _TAIL.rstrip()
    yield ""
    for option in OPTIONS:
        yield f"- `{option.name}`: {option.title}"


def _table(fields: Mapping[str, Field]) -> Iterator[str]:
    yield "| field | what it says |"
    yield "| --- | --- |"
    for key, field in fields.items():
        needed = " Needed." if field.required else ""
        yield f"| `{key}` | {field.doc.replace('|', '/')}{needed} |"


if __name__ == "__main__":
    sys.stdout.write(reference())
