"""Logs as AWS writes them: flow log records, Resolver query log entries, access log lines (OPS-01 to OPS-03)."""

import json
import time
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from narrowgate.lab.kernel.watch import Event
from narrowgate.lab.plan.types import Plan
from narrowgate.model.snapshot import Snapshot


class Logs:
    """Three files in the lab's folder, one record a line."""

    def __init__(self, snapshot: Snapshot, plan: Plan, folder: Path) -> None:
        """Open the files."""
        self.snapshot = snapshot
        self.ports = {(port.vpc, address): port for port in plan.ports for address in port.addresses}
        self.vpcs = {router.name: router.label for router in plan.routers}
        self._flow = (folder / "flow.log").open("a", buffering=1, encoding="utf-8")
        self._query = (folder / "query.jsonl").open("a", buffering=1, encoding="utf-8")
        self._access = (folder / "access.jsonl").open("a", buffering=1, encoding="utf-8")

    def flow(self, event: Event) -> None:
        """A record of version 2, for the interface of the VPC that took part."""
        vpc = self.vpcs.get(event.router, "")
        port = self.ports.get((vpc, event.target)) or self.ports.get((vpc, event.source))
        if port is None:
            return
        now = int(time.time())
        account = self.snapshot.account_of(port.vpc) or "unknown"
        action = "REJECT" if event.is_drop else "ACCEPT"
        # A host that could be started has no interface's id: a name without spaces keeps the record's columns.
        interface = port.label.replace(" ", "-")
        fields = (2, account, interface, event.source, event.target, event.source_port, event.target_port)
        _write(self._flow, " ".join(map(str, (*fields, event.protocol, 1, 60, now, now + 1, action, "OK"))))

    def query(self, entry: dict[str, object]) -> None:
        """An entry of a Resolver query log."""
        record = {
            "version": "1.100000",
            "query_timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "query_class": "IN",
            **entry,
        }
        _write(self._query, json.dumps(record))

    def access(self, entry: dict[str, object]) -> None:
        """A line of an access log; what no API was found for stands in the log of none (ERR-01)."""
        if entry["apiId"] is not None:
            shown = {key: value for key, value in entry.items() if key != "reason"}
            now = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime())
            _write(self._access, json.dumps({"requestTime": now} | shown))


def _write(file: TextIO, line: str) -> None:
    """A full disk must not change what packets and answers do: the line is lost."""
    with suppress(OSError):
        file.write(line + "\n")
