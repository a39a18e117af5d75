"""Faults that come together are mended together: after the changes everything holds that has to."""

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from narrowgate.guide.estate import API_CIDR, REQUESTER_CIDR, Guide, build_guide
from narrowgate.guide.folder import snapshot_of
from narrowgate.guide.responses import tcp
from narrowgate.model.answer import Verdict
from narrowgate.repair.fix import mend
from narrowgate.repair.goal import Goal
from narrowgate.sources.synthetic.filters import allow


def no_return_route(guide: Guide) -> None:
    guide.api.estate.remove_route(guide.api.route_table, REQUESTER_CIDR)


def no_forward_route(guide: Guide) -> None:
    guide.requester.estate.remove_route(guide.requester.route_table, API_CIDR)


def endpoint_group_empty(guide: Guide) -> None:
    guide.api.estate.set_permissions(guide.endpoint_group, ingress=[])


def client_group_without_egress(guide: Guide) -> None:
    guide.requester.estate.set_permissions(guide.requester.host_group, ingress=[], egress=[])


def inbound_group_without_udp(guide: Guide) -> None:
    guide.api.estate.set_permissions(guide.api.resolver_group, ingress=[tcp(53, REQUESTER_CIDR)])


def rule_not_associated(guide: Guide) -> None:
    call = "route53resolver.list_resolver_rule_associations"
    guide.requester.estate.remove(call, guide.rule_association, "Id")


def private_dns_off(guide: Guide) -> None:
    guide.api.estate.set_private_dns(guide.endpoint, enabled=False)


def dns_hostnames_off(guide: Guide) -> None:
    guide.api.estate.set_dns_attribute(guide.api.vpc, "enableDnsHostnames", value=False)


def policy_names_the_client_vpc(guide: Guide) -> None:
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "execute-api:Invoke",
        "Resource": "execute-api:/*",
        "Condition": {"StringEquals": {"aws:SourceVpc": guide.requester.vpc}},
    }
    guide.api.estate.set_policy("a1b2c3d4e5", {"Version": "2012-10-17", "Statement": [statement]})
    guide.api.estate.deploy("a1b2c3d4e5", "prod")


def endpoint_policy_for_another_api(guide: Guide) -> None:
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "execute-api:Invoke",
        "Resource": "arn:aws:execute-api:us-east-1:111122223333:f6g7h8i9j0/*",
    }
    guide.api.estate.set_endpoint_policy(guide.endpoint, {"Version": "2012-10-17", "Statement": [statement]})


def acl_cuts_replies(guide: Guide) -> None:
    estate = guide.api.estate
    entries = [allow(100, "0.0.0.0/0", protocol="tcp", ports=443, egress=False)]
    acl = estate.network_acl(guide.api.vpc, "strict", entries=entries)
    estate.move_to_acl(guide.api.subnets[0], acl)


FAULTS: tuple[Callable[[Guide], None], ...] = (
    no_return_route,
    no_forward_route,
    endpoint_group_empty,
    client_group_without_egress,
    inbound_group_without_udp,
    rule_not_associated,
    private_dns_off,
    dns_hostnames_off,
    policy_names_the_client_vpc,
    endpoint_policy_for_another_api,
    acl_cuts_replies,
)


@settings(max_examples=40, deadline=None)
@given(faults=st.sets(st.sampled_from(FAULTS), min_size=2, max_size=3))
def test_faults_that_come_together_are_mended_together(faults):
    guide = build_guide()
    for fault in sorted(faults, key=lambda each: each.__name__):
        fault(guide)
    must = Goal(client="requester-host", url=guide.url)
    other = guide.api.estate.invoke_host("f6g7h8i9j0")
    must_not = Goal(client="requester-host", url=f"https://{other}/prod/invoices", must=False)
    answer = mend(snapshot_of(guide.estate), [must, must_not])
    assert answer.verdict is Verdict.ALLOWED, [each.text for each in answer.blocking]
    assert all(each.holds for each in answer.goals)
    assert len(answer.changes) <= len(faults) + 1
