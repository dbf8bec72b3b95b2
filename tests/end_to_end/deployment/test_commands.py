"""The commands themselves, with the real CDK command line, which is installed once from a package registry."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from infra.config import ROOT

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


def test_everything_deploys_holds_a_flagged_call_and_differs_in_nothing_the_second_time() -> None:
    process = start()
    said, complained = process.communicate()
    assert process.returncode == 0, complained
    endpoint = re.search(r"http://localhost:[0-9]+", said)
    assert "a flag on the bus held the recording" in said
    assert "nothing differs from what is deployed" in said
    assert endpoint is not None
    assert not listens(endpoint[0])


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


def test_two_syntheses_are_the_same_byte_for_byte_wherever_and_however_they_run(tmp_path: Path) -> None:
    folders = []
    for seed in ("1", "4711"):
        elsewhere = tmp_path / f"cwd-{seed}"
        elsewhere.mkdir()
        folders.append(tmp_path / f"out-{seed}")
        subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-c", SYNTHESIZE, str(folders[-1])],
            cwd=elsewhere,
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
        )
    first, second = (
        {path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
        for folder in folders
    )
    assert first.keys() == second.keys()
    assert [path for path in first if first[path] != second[path]] == []
    assert any(path.suffix == ".json" and "template" in path.name for path in first)
