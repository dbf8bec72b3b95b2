"""The commands themselves, with the real CDK command line, which is installed once from a package registry."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from infra.config import CONTEXT_KEY, ROOT, cdk_context, choose
from infra.synthesis import cached_synthesis
from tests.end_to_end.deployment.checkout import checkout, make

pytestmark = pytest.mark.prove

LOCALLY = [sys.executable, "-m", "deployment", "locally"]


def start() -> subprocess.Popen[str]:
    return subprocess.Popen(LOCALLY, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # noqa: S603


def who_speaks_to(endpoint: str) -> list[str]:
    """Return the processes that were started for that endpoint and still run."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            variables = (process / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if f"AWS_ENDPOINT_URL={endpoint}".encode() in variables:
            found.append(process.name)
    return found


def listens(endpoint: str) -> bool:
    try:
        socket.create_connection(("127.0.0.1", int(endpoint.rpartition(":")[2]))).close()
    except OSError:
        return False
    return True


def barnets_own_folder(folder: Path) -> Path:
    """Return a council's folder with what this repository deploys by itself: our policy, notice and entry."""
    folder.mkdir()
    shutil.copy(ROOT / "policies" / "barnet.toml", folder / "policy.toml")
    shutil.copy(ROOT / "notices" / "barnet.toml", folder / "notice.toml")
    entry = cdk_context()[CONTEXT_KEY]["local"]
    flows = entry.pop("contact_flows")
    keypad = flows.pop("card_entry")
    keypad["certificate"] = str(ROOT / keypad["certificate"])
    tables = (("local", {**entry, "policy": "policy.toml"}), ("local.contact_flows", flows))
    text = "".join(
        f"[{name}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in table.items())
        for name, table in (*tables, ("local.contact_flows.card_entry", keypad))
    )
    (folder / "environments.toml").write_text(text, encoding="utf-8")
    return folder


def test_everything_deploys_holds_a_flagged_call_and_differs_in_nothing_the_second_time(tmp_path: Path) -> None:
    """From a council's folder, in which all that is made lies; an interruption below comes while ours is deployed."""
    before, council = checkout(), barnets_own_folder(tmp_path / "council")
    said = make("deploy-local", council)
    endpoint = re.search(r"http://localhost:[0-9]+", said)
    assert "local-steward-sms: all " in said
    assert "let go when the policy says" in said
    assert "a flag on the bus held the recording" in said
    assert "nothing differs from what is deployed" in said
    assert endpoint is not None
    assert not listens(endpoint[0])
    assert (council / "build" / "deployment" / "cdk.log").is_file()
    assert checkout() == before


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_stops_the_server_and_the_command_line(how: signal.Signals) -> None:
    process = start()
    assert process.stdout is not None
    endpoint = ""
    for line in process.stdout:
        found = re.search(r"http://localhost:[0-9]+", line)
        endpoint = found[0] if found else endpoint
        if line.startswith("cdk bootstrap"):
            break
    assert listens(endpoint)
    while not who_speaks_to(endpoint):
        assert process.poll() is None
    process.send_signal(how)
    _, complained = process.communicate()
    assert process.returncode == 130
    assert complained == "steward: interrupted: everything that was started is stopped\n"
    assert not listens(endpoint)
    assert who_speaks_to(endpoint) == []


SYNTHESIZE = """
import sys
from pathlib import Path
from infra.config import ROOT, cdk_context, choose
from infra.synthesis import synthesize

deployment = choose(cdk_context())
synthesize(deployment, ROOT / deployment.environment.policy, Path(sys.argv[1]))
"""


def files(folder: Path) -> dict[Path, bytes]:
    return {path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_two_syntheses_are_the_same_byte_for_byte_wherever_and_however_they_run(tmp_path: Path) -> None:
    """One in this checkout by whichever test came first, and one elsewhere, whose sets have another order."""
    elsewhere, out = tmp_path / "elsewhere", tmp_path / "out"
    elsewhere.mkdir()
    subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", SYNTHESIZE, str(out)],
        cwd=elsewhere,
        env={**os.environ, "PYTHONHASHSEED": "4711", "PYTHONPATH": f"{ROOT}:{ROOT}/layers/steward/python"},
        check=True,
    )
    first, second = files(cached_synthesis(ROOT / choose(cdk_context()).environment.policy)), files(out)
    assert first.keys() == second.keys()
    assert [path for path in first if first[path] != second[path]] == []
    assert any(path.suffix == ".json" and "template" in path.name for path in first)
