"""The pages of the ways to connect: up to date, complete, and their pictures end where the engine says."""

from pathlib import Path

import pytest

from narrowgate.cli.option_pages import pages
from narrowgate.options.registry import OPTIONS

ROOT = Path(__file__).resolve().parents[3]
PAGES = pages(ROOT / "examples")


def test_there_is_one_page_for_each_option_and_no_other():
    published = {path.name for path in (ROOT / "docs" / "options").glob("*.md")}
    assert published == {f"{option.name}.md" for option in OPTIONS} | {"index.md"} == set(PAGES)


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_is_what_the_options_the_engine_and_the_prices_say_today(name):
    assert (ROOT / "docs" / "options" / name).read_text() == PAGES[name], (
        "run: python -m narrowgate.cli.option_pages docs/options"
    )


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_a_page_has_a_picture_a_choice_an_exposure_a_cost_and_traps_with_rules(option):
    page = PAGES[f"{option.name}.md"]
    for heading in ("When to choose it", "The path", "What it exposes", "Cost", "Traps", "Parts"):
        assert f"\n## {heading}\n" in page
    assert "```mermaid\nflowchart LR\n" in page
    traps = page.partition("## Traps\n")[2].partition("## Parts")[0].strip().splitlines()
    assert traps
    assert all("](../rules/" in line for line in traps)


def picture(name: str) -> list[str]:
    return PAGES[f"{name}.md"].partition("```mermaid\n")[2].partition("\n```")[0].splitlines()


def test_the_picture_of_a_hub_shows_the_hub_and_no_peering():
    text = "\n".join(picture("transit-gateway"))
    assert "transit gateway<br>HubGateway" in text
    assert "peering" not in text


def test_the_picture_of_the_resolver_pair_shows_the_chain_of_the_name():
    arrows = [line.strip() for line in picture("resolver") if "-.->" in line]
    assert arrows == [
        'client -.->|"name"| nRequesterRuleForOrders',
        "nRequesterRuleForOrders -.-> nRequesterOutboundResolver",
        "nRequesterOutboundResolver -.-> nApiInboundResolver",
        "nApiInboundResolver -.-> nApiExecuteApiEndpoint",
    ]


@pytest.mark.parametrize(
    ("name", "end"),
    [("peering-dns", "✗ dns_nxdomain"), ("custom-dns", "✗ dns_servfail"), ("lattice", "? unknown")],
)
def test_the_picture_of_what_does_not_work_ends_in_its_symptom(name, end):
    text = picture(name)
    assert f'  stop(["{end}"])' in text
    assert not any("==>" in line for line in text)
