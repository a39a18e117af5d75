"""A transit gateway's template is patched: associations, propagations and the zones of an attachment."""

import re
from pathlib import Path

from tests.repair.test_patches import apply

from narrowgate.api.generate import generate
from narrowgate.api.repairs import Goal, fix_source
from narrowgate.api.sources import load
from narrowgate.model.answer import Verdict

EXAMPLE = Path(__file__).parents[2] / "examples" / "hub" / "narrowgate.yaml"
LOST = (
    (
        r"  HubGatewayTableApiLearnsShop:\n(?:    .*\n)+",
        "",
        "HubGatewayTableApiTransitGatewayRouteTablePropagation:",
    ),
    (
        r"  HubGatewayTableApiAssociation:\n(?:    .*\n)+",
        "",
        "HubGatewayTableApiTransitGatewayRouteTableAssociation:",
    ),
    (
        r"(  ShopToHubGateway:\n(?:    .*\n)*?        - !Ref ShopSubnetA\n)        - !Ref ShopSubnetB\n",
        r"\1",
        "+        - !Ref ShopSubnetB",
    ),
)


def template(place: Path) -> str:
    """The hub as one template that makes everything itself."""
    text = EXAMPLE.read_text().replace(", private_zones: {corp.internal: {db: 10.0.1.20}}", "")
    design = place / "narrowgate.yaml"
    design.write_text("".join(line for line in text.splitlines(keepends=True) if "db.corp.internal" not in line))
    generate(design, "cloudformation", place / "out")
    return (place / "out" / "us-east-1.yaml").read_text()


def test_what_a_gateway_lacks_is_written_beside_its_table(tmp_path):
    source = tmp_path / "hub.yaml"
    text = template(tmp_path)
    for pattern, kept, _ in LOST:
        text, found = re.subn(pattern, kept, text)
        assert found == 1
    source.write_text(text)
    snapshot = load(source)
    host = next(own for own, each in snapshot.facts.subnets.items() if each.cidr_block == "10.1.2.0/24")
    (api,) = snapshot.facts.rest_apis
    goal = Goal(client=host, url=f"https://{api}.execute-api.us-east-1.amazonaws.com/prod/orders")
    assert goal.ask(snapshot).verdict is Verdict.DENIED
    answer = fix_source(source, [goal])
    assert len(answer.changes) == len(LOST)
    for _, _, written in LOST:
        assert written in answer.patch, (answer.patch, [each.by_hand for each in answer.changes])
    apply(answer, source)
    assert goal.ask(load(source)).verdict is Verdict.ALLOWED
