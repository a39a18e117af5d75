"""Call a private API from where this runs, step by step, and say how far it came.

Paste it into a shell (`python3 - URL < requester.py`), run it by SSM, or deploy it as a Lambda function (handler
`lambda_handler`, event `{"url": …}`). It needs Python 3.8 and nothing else. `--sign` signs the call (SigV4) with
the credentials of the environment; they are never printed.
"""

import argparse
import datetime
import hashlib
import hmac
import http.client
import json
import os
import platform
import socket
import ssl
import sys
import time
import urllib.parse

SCHEMA = "narrowgate.probe/1"
MOST_BODY = 300


def probe(url, method="GET", headers=None, sign=False, timeout=5.0, cafile=None):
    """Resolve, connect, shake hands, call; stop at the first step that fails."""
    parts = urllib.parse.urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise ValueError("the URL has to begin with https:// and a name")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    report = {
        "schema": SCHEMA,
        "url": url,
        "method": method,
        "at": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "from": {"host": platform.node(), "address": None, "name_servers": name_servers()},
        "steps": [],
        "status": None,
        "error_type": None,
        "body": None,
    }
    steps = report["steps"]
    addresses = timed(steps, "resolve", lambda: resolve(parts.hostname, port))
    if not addresses:
        return report
    steps[-1]["addresses"] = addresses
    stream = timed(steps, "connect", lambda: connect(addresses, port, timeout))
    if stream is None:
        return report
    try:
        report["from"]["address"] = stream.getsockname()[0]
        steps[-1]["address"] = stream.getpeername()[0]
        if parts.scheme == "https":
            secure = timed(steps, "tls", lambda: shake_hands(stream, parts.hostname, cafile))
            if secure is None:
                return report
            stream = secure
            steps[-1]["version"] = stream.version()
        sent = dict(headers or {})
        if sign:
            sent = signed(method, parts, sent)
        answer = timed(steps, "call", lambda: call(stream, method, parts, sent))
        if answer is not None:
            report.update(answer)
            steps[-1]["status"] = answer["status"]
    finally:
        stream.close()
    return report


def timed(steps, name, action):
    """Do one step, note how long it took and how it failed; None where it failed."""
    started = time.monotonic()
    step = {"step": name, "ok": False, "ms": 0.0, "error": None, "kind": None}
    steps.append(step)
    try:
        result = action()
        step["ok"] = True
        return result
    except (OSError, ValueError, http.client.HTTPException) as error:
        step["error"] = "%s: %s" % (type(error).__name__, error)
        step["kind"] = kind_of(name, error)
        return None
    finally:
        step["ms"] = round((time.monotonic() - started) * 1000, 1)


def kind_of(name, error):
    """The failure in one word of narrowgate's."""
    if name == "resolve":
        # Python tells "no such name" and "no address of this kind" apart only where the system does.
        missing = (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))
        return "dns_nxdomain" if getattr(error, "errno", None) in missing else "dns_failure"
    if isinstance(error, ssl.SSLCertVerificationError):
        return "tls_name_mismatch" if "match" in str(error).lower() else "tls_untrusted"
    if isinstance(error, (socket.timeout, TimeoutError)):
        return name + "_timeout"
    if isinstance(error, ConnectionRefusedError):
        return "connection_refused"
    return name + "_failure"


def name_servers():
    """The resolvers that the system asks."""
    try:
        with open("/etc/resolv.conf", encoding="utf-8", errors="replace") as file:
            lines = [line.split() for line in file]
    except OSError:
        return []
    return [words[1] for words in lines if len(words) > 1 and words[0] == "nameserver"]


def resolve(name, port):
    """Every address of a name, each once, as the system gives them."""
    found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(each[4][0] for each in found))


def connect(addresses, port, timeout):
    """The first address that answers; the last error where none does."""
    last = OSError("no address")
    for address in addresses:
        try:
            return socket.create_connection((address, port), timeout)
        except OSError as error:
            last = error
    raise last


def shake_hands(stream, name, cafile):
    """TLS with the name that is called."""
    return ssl.create_default_context(cafile=cafile).wrap_socket(stream, server_hostname=name)


def call(stream, method, parts, headers):
    """One request on an open stream."""
    connection = http.client.HTTPConnection(parts.hostname, parts.port)
    connection.sock = stream
    target = (parts.path or "/") + ("?" + parts.query if parts.query else "")
    connection.request(method, target, headers=dict({"User-Agent": "narrowgate-probe"}, **headers))
    answer = connection.getresponse()
    body = answer.read(64 * 1024).decode("utf-8", "replace")
    return {
        "status": answer.status,
        "error_type": answer.getheader("x-amzn-errortype"),
        "body": body[:MOST_BODY],
    }


def signed(method, parts, headers):
    """The headers with a SigV4 signature of the environment's credentials."""
    key, secret = os.environ.get("AWS_ACCESS_KEY_ID"), os.environ.get("AWS_SECRET_ACCESS_KEY")
    if not key or not secret:
        raise ValueError("--sign needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment")
    labels = parts.hostname.split(".")
    region = (
        labels[labels.index("execute-api") + 1] if "execute-api" in labels[:-1] else os.environ.get("AWS_REGION")
    )
    if not region:
        raise ValueError("the name tells no Region: set AWS_REGION")
    now = datetime.datetime.now(datetime.timezone.utc)
    return signature(method, parts, headers, (key, secret, os.environ.get("AWS_SESSION_TOKEN")), region, now)


def signature(method, parts, headers, credentials, region, now):
    """SigV4 for `execute-api` with an empty body (AWS's signing process, version 4)."""
    key, secret, token = credentials
    stamp, day = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d")
    sent = dict({name: value for name, value in headers.items() if name.lower() != "host"})
    host = next((value for name, value in headers.items() if name.lower() == "host"), parts.netloc)
    extra = {"host": host, "x-amz-date": stamp}
    if token:
        extra["x-amz-security-token"] = token
    every = {name.lower(): " ".join(str(value).split()) for name, value in dict(sent, **extra).items()}
    names = ";".join(sorted(every))
    quoted = urllib.parse.quote(
        urllib.parse.quote(urllib.parse.unquote(parts.path or "/"), safe="/-_.~"), safe="/-_.~"
    )
    # As sent: what stands encoded in the URL is encoded for the signature too.
    pairs = sorted(each.partition("=") for each in parts.query.split("&") if each)
    query = "&".join("%s=%s" % (name, value) for name, _, value in pairs)
    lines = "".join("%s:%s\n" % (name, every[name]) for name in sorted(every))
    canonical = "\n".join((method, quoted, query, lines, names, hashlib.sha256(b"").hexdigest()))
    scope = "%s/%s/execute-api/aws4_request" % (day, region)
    text = "\n".join(("AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()))
    step = ("AWS4" + secret).encode()
    for part in (day, region, "execute-api", "aws4_request"):
        step = hmac.new(step, part.encode(), hashlib.sha256).digest()
    proof = hmac.new(step, text.encode(), hashlib.sha256).hexdigest()
    told = "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s" % (key, scope, names, proof)
    return dict(
        headers, **dict({name: value for name, value in extra.items() if name != "host"}, Authorization=told)
    )


def table(report):
    """The report for people."""
    lines = [
        "%s %s from %s" % (report["method"], report["url"], report["from"]["address"] or report["from"]["host"])
    ]
    for step in report["steps"]:
        told = (
            step["error"]
            or ", ".join(step.get("addresses", ()))
            or str(step.get("status") or step.get("address") or "")
        )
        lines.append("%-4s %-8s %9.1f ms  %s" % ("ok" if step["ok"] else "FAIL", step["step"], step["ms"], told))
    if report["status"] is not None:
        lines.append("%s %s %s" % (report["status"], report["error_type"] or "", (report["body"] or "").strip()))
    return "\n".join(lines)


def lambda_handler(event, context):
    """As a Lambda function: the event holds `url`, and may hold `method`, `headers`, `sign`, `timeout`."""
    wanted = {name: event[name] for name in ("method", "headers", "sign", "timeout") if name in event}
    return probe(event["url"], **wanted)


def main(arguments=None):
    """The command line: a table on standard error, JSON on standard output."""
    parser = argparse.ArgumentParser(prog="probe", description="Call a private API step by step.")
    parser.add_argument("url")
    parser.add_argument("--method", default="GET")
    parser.add_argument("--header", action="append", default=[], metavar="'K: V'")
    parser.add_argument("--sign", action="store_true", help="sign with the environment's credentials")
    parser.add_argument("--timeout", type=float, default=5.0, metavar="SECONDS")
    parser.add_argument("--cafile", help="trust this certificate authority instead of the system's")
    told = parser.parse_args(arguments)
    headers = dict((part.strip() for part in each.split(":", 1)) for each in told.header if ":" in each)
    try:
        report = probe(told.url, told.method, headers, told.sign, told.timeout, told.cafile)
    except ValueError as error:
        sys.stderr.write("error: %s\n" % error)
        return 2
    sys.stderr.write(table(report) + "\n")
    sys.stdout.write(json.dumps(report, indent=2) + "\n")
    return 0 if all(step["ok"] for step in report["steps"]) else 1


if __name__ == "__main__":
    sys.exit(main())
