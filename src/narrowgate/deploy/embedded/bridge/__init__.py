"""Where moto differs from AWS in what our designs need: each defect named, mended, and tested against its absence.

A module for each service; `DEFECTS` lists them all, in the words that `docs/deploy.md` shows. A newer moto that
mends one itself makes its test say so, and the entry goes.
"""

from narrowgate.deploy.embedded.bridge import (
    absent,
    accounts,
    apigateway,
    balancers,
    certificates,
    domains,
    ec2,
    endpoints,
    logs,
    peering,
    profiles,
    resolver,
    route53,
    transit,
)
from narrowgate.deploy.embedded.bridge.defect import Defect

DEFECTS: tuple[Defect, ...] = (
    *accounts.DEFECTS,
    *ec2.DEFECTS,
    *endpoints.DEFECTS,
    *peering.DEFECTS,
    *logs.DEFECTS,
    *transit.DEFECTS,
    *route53.DEFECTS,
    *balancers.DEFECTS,
    *resolver.DEFECTS,
    *profiles.DEFECTS,
    *apigateway.DEFECTS,
    *domains.DEFECTS,
    *certificates.DEFECTS,
    *absent.DEFECTS,
)


def apply_bridge() -> None:
    """Mend every defect in this process's moto."""
    for defect in DEFECTS:
        defect.mend()
