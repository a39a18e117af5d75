"""QTA017 account-near-its-api-quota."""

from collections import Counter
from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.quotas import near, near_in_account
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """More than 540 private APIs, 45 private custom domain names or 90 access associations of an account."""
    facts = estate.facts
    yield from near_in_account(
        estate, (each.id for each in estate.apis("PRIVATE")), 600, "private APIs", "PrivateApis"
    )
    private = [own for own, each in facts.domain_names.items() if "PRIVATE" in each.endpoint_configuration.types]
    yield from near_in_account(estate, private, 50, "private custom domain names", "PrivateDomainNames")
    owners: Counter[str] = Counter()
    first: dict[str, str] = {}
    for each in facts.domain_name_access_associations:
        endpoint = each.access_association_source
        account = estate.snapshot.account_of(endpoint) or ""
        owners[account] += 1
        first[account] = min(first.get(account, endpoint), endpoint)
    for account, count in sorted(owners.items()):
        whose = f"account {account or 'not told'}"
        yield from near(estate, first[account], count, 100, "access associations", "AccessAssociations", of=whose)


RULE = Rule(
    id="QTA017",
    name="account-near-its-api-quota",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    what=(
        "An account has used more than nine tenths of its private APIs, private custom domain names or "
        "access associations in a Region."
    ),
    why=(
        "The quota is 600 private APIs, which cannot be raised, and by default 50 private custom domain "
        "names and 100 access associations."
    ),
    remediation="Put several APIs under one domain name, and several consumers behind one endpoint.",
    rules=("LIM-01", "AGW-08"),
    check=check,
)
