"""The frame of every page: style and script inside it, and a policy that lets nothing in from elsewhere."""

import base64
import hashlib
from functools import cache
from importlib import resources

from narrowgate.report.html_text import text


def page(title: str, body: str, *, has_script: bool = False) -> str:
    """A whole document; `title` is escaped, `body` is markup."""
    script = asset("page.js") if has_script else ""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    allowed = f"; script-src 'sha256-{digest}'" if script else ""
    policy = f"default-src 'none'; style-src 'unsafe-inline'{allowed}"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{text(title)}</title>\n<style>\n{asset('page.css')}</style>\n</head>\n<body>\n{body}\n"
        + (f"<script>{script}</script>\n" if script else "")
        + "</body>\n</html>\n"
    )


@cache
def asset(name: str) -> str:
    """A file of this package, as text."""
    return (resources.files("narrowgate.report.html") / name).read_text(encoding="utf-8")
