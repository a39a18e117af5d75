"""Draw a terminal session as SVG: every command is run in a terminal, and what it prints is the picture.

python docs/pictures/record.py          writes the pictures anew
"""

import os
import pty
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(__file__).resolve().parent
_CALL = "$in_requester curl -s -o /dev/null --connect-timeout 3 -w '%{http_code} %{exitcode}\\n' $url"
LAB = (
    "narrowgate lab up examples/guide/snapshot | head -1",
    'in_requester="narrowgate lab shell requester-host --"',
    "url=https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/prod/orders",
    "$in_requester dig +short a1b2c3d4e5.execute-api.us-east-1.amazonaws.com | sort",
    _CALL,
    "narrowgate lab break group execute-api-endpoint --port 443 --direction in",
    _CALL,
    "narrowgate lab flows | tail -1",
    "narrowgate lab mend",
    _CALL,
    "narrowgate lab down",
)
SESSIONS = {"lab.svg": LAB}

_COLUMNS, _CHARACTER, _LINE, _MARGIN, _BAR = 116, 8.43, 19, 16, 34
_ESCAPE = re.compile(r"\x1b\[([0-9;]*)m")
_STYLE = """
  .screen { fill: #f6f8fa; stroke: #d0d7de } .bar { fill: #eaeef2 } .dot { fill: #afb8c1 }
  text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #1f2328 }
  .prompt { fill: #0969da } .typed { font-weight: 600 } .s1 { font-weight: 600 } .s2 { fill: #656d76 }
  .s31 { fill: #cf222e } .s32 { fill: #1a7f37 } .s33 { fill: #9a6700 } .s35 { fill: #8250df }
  @media (prefers-color-scheme: dark) {
    .screen { fill: #0d1117; stroke: #30363d } .bar { fill: #161b22 } .dot { fill: #484f58 }
    text { fill: #e6edf3 } .prompt { fill: #58a6ff } .s2 { fill: #8b949e }
    .s31 { fill: #ff7b72 } .s32 { fill: #3fb950 } .s33 { fill: #d29922 } .s35 { fill: #bc8cff }
  }
"""


def main() -> None:
    """Write every picture."""
    for name, commands in SESSIONS.items():
        (FOLDER / name).write_text(draw(tuple(record(commands))), encoding="utf-8")


def record(commands: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Each command with what it printed, colours and all."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **{name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "CI")},
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "XDG_RUNTIME_DIR": folder,
            "TERM": "xterm-256color",
            "COLUMNS": str(_COLUMNS),
        }
        try:
            for command in commands:
                name, equals, value = command.partition("=")
                if equals and name.isidentifier():
                    environment[name] = "".join(shlex.split(value))
                    yield command, ""
                else:
                    yield command, _run(command, environment)
        except BaseException:
            _run("narrowgate lab down --all", environment)
            raise


def _run(command: str, environment: dict[str, str]) -> str:
    ours, theirs = pty.openpty()
    done = subprocess.Popen(  # noqa: S603 - the commands of this file
        ["/bin/bash", "-c", command],
        cwd=ROOT,
        env=environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    printed = b""
    while True:
        try:
            part = os.read(ours, 1 << 16)
        except OSError:  # the other end of a terminal is closed so
            break
        if not part:
            break
        printed += part
    os.close(ours)
    done.wait()
    return printed.decode(errors="replace").replace("\r\n", "\n").rstrip("\n")


def draw(session: tuple[tuple[str, str], ...]) -> str:
    """The session as one SVG, readable on light pages and on dark ones."""
    lines: list[str] = []
    for command, printed in session:
        folded = list(_fold(f"$ {command}"))
        lines.append(f'<tspan class="prompt">$</tspan><tspan class="typed">{escape(folded[0][1:])}</tspan>')
        lines += [f'<tspan class="typed">{escape(each)}</tspan>' for each in folded[1:]]
        for line in printed.split("\n") if printed else ():
            lines += [_dressed(each) for each in _fold(line)]
    width, height = round(2 * _MARGIN + _COLUMNS * _CHARACTER), _BAR + 2 * _MARGIN + len(lines) * _LINE
    rows = "\n".join(
        f'<text x="{_MARGIN}" y="{_BAR + _MARGIN + 14 + number * _LINE}" xml:space="preserve">{line}</text>'
        for number, line in enumerate(lines)
    )
    dots = "".join(f'<circle class="dot" cx="{_MARGIN + 6 + 20 * n}" cy="{_BAR // 2}" r="6"/>' for n in range(3))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" aria-label="A terminal session">\n'
        f"<style>{_STYLE}</style>\n"
        f'<rect class="screen" x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="8"/>\n'
        f'<rect class="bar" x="1" y="1" width="{width - 2}" height="{_BAR - 2}" rx="8"/>{dots}\n'
        f"{rows}\n</svg>\n"
    )


def _fold(line: str) -> Iterator[str]:
    """A line as a terminal of this width breaks it; one with colours is short enough."""
    if len(_ESCAPE.sub("", line)) <= _COLUMNS:
        yield line
        return
    yield from (line[start : start + _COLUMNS] for start in range(0, len(line), _COLUMNS))


def _dressed(line: str) -> str:
    """A line with its colours as classes."""
    parts, classes = [], ""
    for number, part in enumerate(_ESCAPE.split(line)):
        if number % 2:
            classes = " ".join(f"s{each}" for each in part.split(";") if each not in ("", "0"))
        elif part:
            text = escape(part)
            parts.append(f'<tspan class="{classes}">{text}</tspan>' if classes else text)
    return "".join(parts)


if __name__ == "__main__":
    main()
