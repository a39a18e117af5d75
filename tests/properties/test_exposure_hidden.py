"""What exposure tells of names without asking for each one, against asking for each one."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.builders import snapshot_of
from tests.properties.naive_dns import View
from tests.properties.test_dns_views import LABELS, VPCS, addresses, build, names, views

from narrowgate.engine.dns.held import held_types
from narrowgate.engine.dns.outcome import PUBLIC, Outcome, Query
from narrowgate.engine.dns.resolver import ask_resolver
from narrowgate.engine.dns.view import view_of
from narrowgate.exposure.names.hidden import hidden_from
from narrowgate.model.answer import Rcode, Verdict
from narrowgate.model.outside import Outside, OutsideRecord
from narrowgate.model.snapshot import Snapshot

SOME = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TYPES = ("A", "AAAA", "TXT", "MX")

NAMES = tuple(f"{name}.test" for one in LABELS for name in (one, *(f"{other}.{one}" for other in LABELS)))
public_records = st.fixed_dictionaries(dict.fromkeys(NAMES, addresses))


def asked(snapshot: Snapshot, vpc_id: str, name: str, kind: str = "A") -> Outcome:
    return ask_resolver(Query(snapshot, name, kind), vpc_id)


@SOME
@given(views(), public_records, st.integers(0, VPCS - 1))
def test_a_public_name_is_hidden_exactly_where_its_address_does_not_come_back(
    found: list[View], public: dict[str, str], vpc: int
) -> None:
    estate, subnets = build(found)
    snapshot = snapshot_of(estate)
    records = (OutsideRecord(name=name, type="A", value=address) for name, address in public.items())
    snapshot.outside = Outside(public_records=tuple(records))
    own = estate.resource(subnets[vpc])["VpcId"]
    hidden = hidden_from(snapshot, own)
    for name, address in public.items():
        outcome = asked(snapshot, own, name)
        is_other = outcome.verdict is not Verdict.UNKNOWN and address not in outcome.addresses
        assert (name in hidden) is is_other, (name, outcome)


@SOME
@given(views(), st.lists(names, min_size=2, max_size=8), st.integers(0, VPCS - 1))
def test_a_type_that_a_name_is_known_not_to_hold_gets_no_answer(
    found: list[View], every: list[str], vpc: int
) -> None:
    estate, subnets = build(found)
    snapshot = snapshot_of(estate)
    own = estate.resource(subnets[vpc])["VpcId"]
    for name in every:
        held = held_types(snapshot, view_of(snapshot, own), name)
        for kind in TYPES:
            outcome = asked(snapshot, own, name, kind)
            if held is not None and not held & {kind, "CNAME"}:
                assert outcome.rcode in (Rcode.NXDOMAIN, Rcode.NODATA), (name, kind, outcome)
                assert outcome.answered_by != PUBLIC, (name, kind, outcome)
            elif held is not None and kind in held:
                assert outcome.verdict is Verdict.ALLOWED, (name, kind, outcome)
