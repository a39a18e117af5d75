"""Who is who on the lab's Internet: addresses for documentation, which nobody has."""

INTERNET = "internet"
"""What the namespace is called that stands for it, and the host in it that a person can enter."""

PUBLIC_ADDRESS = "203.0.113.80"
"""Where the public APIs of every Region are served, and what their names answer with here."""

PUBLIC_DNS = "203.0.113.53"
"""What the Internet's own hosts ask for names."""

PUBLIC_CLIENT, PUBLIC_CLIENT_V6 = "203.0.113.7", "2001:db8:ffff::7"
"""Whom others see when a host on the Internet calls."""
