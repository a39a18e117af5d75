"""What runs on a DNS server of one's own: Unbound, forwarding as the design says (CUST-02)."""

from narrowgate.model.resource import Resource


def set_up_script(server: Resource) -> str:
    """A start script for Amazon Linux 2023 that installs and configures Unbound.

    Args:
        server: a `Custom::DnsServer`; its `Forward` says which domain goes to which address.
    """
    zones = "\n".join(
        f'forward-zone:\n  name: "{each["Domain"]}"\n  forward-addr: {each["To"]}'
        for each in server.properties["Forward"]
    )
    return f"""#!/bin/bash
set -euo pipefail
dnf install -y unbound
cat > /etc/unbound/conf.d/narrowgate.conf <<'END'
server:
  interface: {server.properties["Address"]}
  access-control: 10.0.0.0/8 allow
  access-control: 172.16.0.0/12 allow
  access-control: 192.168.0.0/16 allow
  domain-insecure: "amazonaws.com"
{zones}
END
systemctl enable --now unbound
"""
