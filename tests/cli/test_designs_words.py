"""A design asked in its own words, through the real command."""

from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
GUIDE = EXAMPLES / "guide"


def test_a_consumer_calls_a_route_of_an_api_by_their_names(narrowgate):
    result = narrowgate("trace", GUIDE, "--from", "web", "orders/orders/1")

    assert result.returncode == 0, result.stderr
    assert ".execute-api.us-east-1.amazonaws.com/prod/orders/1" in result.stdout.splitlines()[0]


def test_an_api_that_the_consumer_may_not_call_is_not_reached_in_words_either(narrowgate):
    result = narrowgate("trace", GUIDE, "--from", "web", "billing/invoices")

    assert result.returncode == 1, result.stderr


def test_words_carry_the_headers_that_the_way_needs(narrowgate, tmp_path):
    design = tmp_path / "narrowgate.yaml"
    design.write_text((GUIDE / "narrowgate.yaml").read_text().replace("region:", "via: host-header\nregion:", 1))

    result = narrowgate("trace", tmp_path, "--from", "web", "orders/orders")

    assert result.returncode == 0, result.stderr
    assert ".vpce.amazonaws.com/prod/orders" in result.stdout.splitlines()[0]


@pytest.mark.parametrize(
    ("client", "url", "way_out"),
    [
        ("web", "order/orders", "did you mean `orders`?"),
        ("wob", "orders/orders", "did you mean `web`?"),
        ("x", "orders/orders", "known: `web`, `internet`,"),
    ],
)
def test_a_word_that_the_design_does_not_have_is_one_error(narrowgate, client, url, way_out):
    result = narrowgate("trace", GUIDE, "--from", client, url)

    assert result.returncode == 2
    assert way_out in result.stderr


def test_a_snapshot_has_no_words(narrowgate):
    result = narrowgate("trace", GUIDE / "snapshot", "--from", "requester-host", "orders/orders")

    assert result.returncode == 2


def test_a_designs_folder_is_the_design(narrowgate):
    by_folder, by_file = narrowgate("cost", GUIDE), narrowgate("cost", GUIDE / "narrowgate.yaml")

    assert by_folder.returncode == 0, by_folder.stderr
    assert by_folder.stdout == by_file.stdout


def test_a_snapshots_folder_stays_a_snapshot_with_a_design_beside_its_accounts(narrowgate, snapshot, tmp_path):
    for account in snapshot.iterdir():
        (tmp_path / account.name).symlink_to(account)
    (tmp_path / "narrowgate.yaml").write_text((GUIDE / "narrowgate.yaml").read_text())

    result = narrowgate("check", tmp_path)

    assert f"{tmp_path}/narrowgate.yaml" not in result.stdout
