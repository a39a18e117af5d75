"""The lab as a person uses it: up, a host's own curl and dig, faults and back, down; nothing stays."""

import importlib
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.tools import ROOT, missing

GUIDE = ROOT / "examples" / "guide" / "narrowgate.yaml"
sys.path.insert(0, str(ROOT / "benchmarks"))
lab_kills = importlib.import_module("lab_kills")
CALLER = "arn:aws:iam::111122223333:role/caller"


class Lab:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {**os.environ, "XDG_RUNTIME_DIR": str(folder), "NO_COLOR": "1"}

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "narrowgate", "lab", *arguments]
        return subprocess.run(command, capture_output=True, text=True, env=self.environment, timeout=120)

    def state(self, name: str = "lab"):
        found = next(self.folder.glob(f"narrowgate-lab-*/{name}/lab.json"))
        return json.loads(found.read_bytes())


@pytest.fixture
def lab(tmp_path):
    lab = Lab(tmp_path)
    yield lab
    lab("down", "--all")


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    lab = Lab(tmp_path_factory.mktemp("running"))
    done = lab("up", str(GUIDE), "--principal", CALLER)
    assert done.returncode == 0, done.stderr
    yield lab
    lab("down", "--all")


@pytest.fixture
def running(shared):
    """One lab for all tests that need no lab of their own; whatever a test breaks is whole for the next."""
    yield shared
    if shared.state()["broken"]:
        shared("mend")


def _url(lab: Lab) -> str:
    return lab.state()["calls"][0][1]


def _needs(program: str) -> None:
    if shutil.which(program) is None:
        missing(program)


def test_the_guides_design_agrees_on_every_line(lab):
    done = lab("test", str(GUIDE), "--format", "json")
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["verdict"]) == (0, "allowed")
    assert {each["agrees"] for each in answer["compared"]} == {True}
    assert {"http_200", "dns_nxdomain"} <= {each["expected"] for each in answer["compared"]}


@pytest.mark.parametrize(
    ("name", "address"),
    [("web", "10.1.1."), ("requester", "10.1.1."), ("requester-b", "10.1.2."), ("api", "10.0.")],
)
def test_a_host_is_found_by_its_consumer_its_subnet_and_its_vpc(running, name, address):
    done = running("shell", name, "--", "hostname", "-I")
    assert done.stdout.startswith(address), done.stderr


def test_a_hosts_own_curl_reaches_the_api_and_its_certificate_holds(running):
    _needs("curl")
    done = running("shell", "web", "--", "curl", "-sv", "--max-time", "5", _url(running))
    assert done.returncode == 0, done.stderr
    assert "SSL certificate verify ok" in done.stderr
    assert json.loads(done.stdout)["vpcSourceIp"].startswith("10.1.")


def test_what_curl_signs_is_known_and_another_secret_is_refused(running):
    _needs("curl")
    key, secret, _ = running.state()["keys"][0]
    call = ("curl", "-s", "--max-time", "5", "--aws-sigv4", "aws:amz:us-east-1:execute-api")
    right = running("shell", "web", "--", *call, "--user", f"{key}:{secret}", _url(running))
    wrong = running("shell", "web", "--", *call, "--user", f"{key}:other", _url(running))
    assert json.loads(right.stdout)["principal"] == CALLER
    assert "signature" in json.loads(wrong.stdout)["message"]


def test_dig_in_a_host_gets_the_endpoints_addresses(running):
    _needs("dig")
    done = running("shell", "web", "--", "dig", "+short", "+timeout=3", _url(running).split("/")[2])
    assert len(done.stdout.split()) == 2
    assert all(each.startswith("10.0.") for each in done.stdout.split())


def test_a_broken_interface_fails_over_and_comes_back(running):
    _needs("curl")
    name = _url(running).split("/")[2]
    address = sorted(running("shell", "web", "--", "dig", "+short", name).stdout.split())[0]
    call = ("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--connect-timeout", "6", _url(running))
    only = (*call[:-1], "--connect-timeout", "1", "--connect-to", f"::{address}:", call[-1])
    assert running("break", address).returncode == 0
    assert running("shell", "web", "--", *only).stdout == "000"
    assert running("shell", "web", "--", *call).stdout == "200"
    assert running("mend").returncode == 0
    assert running("shell", "web", "--", *only).stdout == "200"


def test_status_lists_what_is_broken_until_it_is_mended(running):
    assert running("break", "acl", "api-a", *_HTTPS_IN).stdout == "broken: acl api-a: tcp 443 in\n"
    assert running("break", "link", "requester-to-api").returncode == 0
    assert "Broken\n  acl api-a: tcp 443 in\n  link requester-to-api\n" in running("status").stdout
    assert running("mend", "acl", "api-a").stdout == "mended: acl api-a: tcp 443 in\n"
    assert "Broken\n  link requester-to-api\n" in running("status").stdout
    assert running("mend").stdout == "mended: link requester-to-api\n"
    assert "Broken" not in running("status").stdout


_HTTPS_IN = ("--port", "443", "--direction", "in")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("break", "acl", "api-aa"), "did you mean `api-a`?"),
        (("break", "acls", "api-a"), "did you mean `acl`?"),
        (("break", "group", "api-execute-api", "--port", "22", "--direction", "in"), "no rule to take away"),
        (("break", "link", "requester-to-api", "--port", "443"), "are for `acl` and `group`"),
        (("mend", "api-a"), "broken: nothing"),
        (("shell", "wob", "--", "true"), "did you mean `web`?"),
        (("status", "--name", "lob"), "did you mean `lab`?"),
    ],
)
def test_a_wrong_name_names_the_right_one(running, words, said):
    done = running(*words)
    assert done.returncode == 2
    assert said in done.stderr


@pytest.mark.parametrize(
    ("begun", "offered"),
    [
        (("break", "ac"), "acl"),
        (("break", "acl", "api-"), "api-a"),
        (("break", "endpoint-az", "api-exe"), "api-execute-api/us-east-1a"),
        (("shell", "we"), "web"),
        (("capture", "we"), "web"),
        (("down", "--name", ""), "lab"),
    ],
)
def test_names_are_completed_in_the_shell(running, begun, offered):
    words = ("narrowgate", "lab", *begun)
    asked = {
        "_NARROWGATE_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(words),
        "COMP_CWORD": str(len(words) - 1),
    }
    command = [str(Path(sys.executable).with_name("narrowgate"))]
    done = subprocess.run(command, env={**running.environment, **asked}, capture_output=True, text=True)
    assert f"plain,{offered}" in done.stdout.splitlines()


def test_logs_are_written_as_aws_writes_them(running):
    _needs("curl")
    running("shell", "web", "--", "curl", "-s", _url(running))
    folder = Path(running.state()["folder"])
    record = (folder / "flow.log").read_text().splitlines()[-1].split(" ")
    assert len(record) == 14
    assert (record[0], record[-2:]) == ("2", ["ACCEPT", "OK"])
    query = json.loads((folder / "query.jsonl").read_text().splitlines()[-1])
    assert query["query_name"].rstrip(".") == _url(running).split("/")[2]
    assert json.loads((folder / "access.jsonl").read_text().splitlines()[-1])["apiId"]


def test_a_capture_is_a_pcap_file(running, tmp_path):
    _needs("curl")
    out = tmp_path / "web.pcap"
    recording = subprocess.Popen(
        [sys.executable, "-m", "narrowgate", "lab", "capture", "web", "--out", str(out), "--packets", "3"],
        env=running.environment,
    )
    while recording.poll() is None:
        running("shell", "web", "--", "curl", "-s", "--max-time", "2", _url(running))
    assert out.read_bytes()[:4] == b"\xd4\xc3\xb2\xa1"


def test_a_command_keeps_its_status(running):
    assert running("shell", "web", "--", "sh", "-c", "exit 7").returncode == 7
    assert running("shell", "nobody", "--", "true").returncode == 2


def test_a_killed_lab_is_cleaned_up_and_two_run_side_by_side(lab):
    assert lab("up", str(lab_kills.GUIDE)).returncode == 0
    assert lab("up", str(lab_kills.GUIDE), "--name", "other").returncode == 0
    assert "several labs" in lab("down").stderr
    os.kill(lab.state()["process"], signal.SIGKILL)
    assert lab("up", str(lab_kills.GUIDE)).returncode == 0
    assert lab("down", "--all").returncode == 0
    assert lab("status").stdout == "no lab is running\n"
    assert not list(lab.folder.glob("narrowgate-lab-*"))


@pytest.mark.parametrize(("seconds", "sign"), [(0.3, signal.SIGKILL), (0.5, signal.SIGINT)])
def test_nothing_stays_of_a_lab_that_was_ended_at_some_moment(tmp_path, seconds, sign):
    assert list(lab_kills.stayed(tmp_path, seconds, sign)) == []


def test_nothing_on_the_host_changes(lab):
    before = lab_kills.host()
    assert lab("up", str(lab_kills.GUIDE)).returncode == 0
    during = lab_kills.host()
    lab("down")
    assert before == during == lab_kills.host()


def test_a_name_that_runs_is_refused_and_going_down_twice_is_no_error(lab):
    assert lab("up", str(lab_kills.GUIDE)).returncode == 0
    twice = lab("up", str(lab_kills.GUIDE))
    assert (twice.returncode, "a lab called `lab` is running" in twice.stderr) == (2, True)
    assert lab("down").stdout == "lab: stopped\n"
    again = lab("down")
    assert (again.returncode, again.stdout) == (0, "no lab is running\n")
    assert lab("down", "--name", "other").returncode == 2


def test_a_bad_source_builds_nothing(lab, tmp_path):
    (tmp_path / "bad.yaml").write_text("design: [")
    done = lab("up", str(tmp_path / "bad.yaml"))
    assert done.returncode == 2
    assert lab("status").stdout == "no lab is running\n"


def test_an_endpoint_of_another_service_is_no_way_to_an_api(running):
    _needs("curl")
    _needs("dig")
    name = _url(running).split("/")[2]
    call = ("curl", "-s", "--max-time", "4", "--resolve")
    from_api_vpc = ("shell", "10.0.1.4", "--", *call)
    secrets = running("shell", "10.0.1.4", "--", "dig", "+short", "secretsmanager.us-east-1.amazonaws.com")
    address = secrets.stdout.split()[0]
    checked = running(*from_api_vpc, f"{name}:443:{address}", _url(running))
    assert checked.returncode == 60, "the certificate is another service's"
    trusting = running(*from_api_vpc, f"{name}:443:{address}", "-k", "-w", "%{http_code}", _url(running))
    assert trusting.stdout == "404"
