"""Every fence of commands is run as its reader would run it, against an account on this machine.

What only AWS could answer is read to its last option instead (``steward_program.NEED_A_REAL_ONE``); make says what it
would do, because its targets have tests of their own: CI runs `demo`, `test` and `prove`, and test_council_folder.py
the others.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from cli.main import run
from deployment.command_line import install
from deployment.emulated.server import LocalAccount
from deployment.emulated.smoke import check
from infra.config import ROOT
from steward.policy.load import load_policy
from tests.end_to_end.deployment.published import POLICY, deployed
from tests.end_to_end.documented.fences import Fence, fences, filled_in
from tests.support.council_answers import answer
from tests.support.evidence.statements import write_month
from tests.support.signing import DeskSigner

pytestmark = pytest.mark.prove

FINE, FINDINGS = 0, 1
MAY_FIND = {"flow-lint.md", "README.md", "tearing-down.md"}
"""Pages whose commands look for something, and end with 1 where they find it."""


@dataclass(frozen=True)
class Desk:
    """A folder in which a reader works, with the programs that the pages name, and nothing else of steward's."""

    folder: Path
    variables: dict[str, str]

    def run(self, fence: Fence) -> subprocess.CompletedProcess[str]:
        script = f"set -euo pipefail\n{filled_in(fence.body)}"
        where = self.folder / "council" if "init/template" in str(fence.page) else self.folder
        return subprocess.run(  # noqa: S603 - what our own pages say
            ["/bin/bash", "-c", script],
            cwd=where,
            env=self.variables,
            capture_output=True,
            text=True,
            check=False,
        )


_ONLY_ASKED = """
if [ "${{*:1:3}}" = "-m flowlint --instance" ]; then exec steward lint-flow --help > /dev/null; fi
if [ "${{*:1:3}}" = "-m deployment cdk" ]; then
  help=$({cdk} "$4" --help)
  for word in "${{@:5}}"; do
    [[ $word != -* || $help == *" $word"* ]] || {{ echo "cdk $4 has no option $word" >&2; exit 2; }}
  done
  exit 0
fi
"""
"""The CDK command line only names the options that it takes, and the lint is only asked: both would go to AWS."""


def _program(folder: Path, name: str, does: str) -> None:
    path = folder / name
    path.write_text(f'#!/bin/bash\n{does} "$@"\n')
    path.chmod(0o755)


def _programs(folder: Path) -> None:
    """Write the programs that a reader has; whatever else a page may name is not found."""
    folder.mkdir()
    node, cdk = install()
    python = f'PYTHONPATH="{ROOT}:{ROOT}/layers/steward/python" exec {sys.executable}'
    _program(folder, "steward", f"{python} -m tests.end_to_end.documented.steward_program")
    _program(folder, "aws", f"{python} -m tests.end_to_end.documented.aws_program")
    _program(folder, "python", f"{_ONLY_ASKED.format(cdk=f'{node} {cdk}')}\n{python}")
    _program(folder, "make", f"exec /usr/bin/env PATH={os.environ['PATH']} make -C {ROOT} -n")
    for name in ("git", "jq", "openssl", "base64", "cat", "env", "bash", "dirname"):
        found = shutil.which(name)
        assert found is not None, f"{name} is needed, as a reader needs it"
        (folder / name).symlink_to(found)


def _repository(folder: Path) -> None:
    """Make a repository with two versions, and another to which it is pushed."""

    def git(*arguments: str) -> None:
        subprocess.run(["git", "-C", str(folder), *arguments], env={**os.environ, **AUTHOR}, check=True)  # noqa: S603, S607

    git("init", "-q", "--bare", "elsewhere")
    git("init", "-q")
    git("remote", "add", "origin", str(folder / "elsewhere"))
    for version in ("v0.1.0", "v0.2.0"):
        git("commit", "-q", "--allow-empty", "-m", version)
        git("tag", "-a", version, "-m", version)
    (folder / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", folder / ".ci" / "run")


AUTHOR = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "somebody"), ("EMAIL", "somebody@council.example"))
}


def _papers(folder: Path, account: LocalAccount) -> None:
    """Lay out what the pages take for granted: a list, flows, what was downloaded and its keys, a council's folder."""
    assert run(["init", str(folder / "council"), "--council", "Elm District Council"]) == 0
    answer(folder / "council", calls=6, chat=6, complaints=18)
    (folder / "contacts.csv").write_text("contact_id\n562d0208-b98c-47d2-9b9f-a329e7bf0c80\n")
    _repository(folder)
    (folder / "build").mkdir()  # as in a checkout that is set up
    templates = {path.stem: path for path in (ROOT / "infra" / "contact_flows").glob("*.json")}
    for name in ("flow.json", "exported-flow.json", "my-inbound-flow.json"):
        shutil.copy(templates["payment"], folder / name)
    for name in ("flows", "modules"):
        (folder / name).mkdir()
        shutil.copy(templates["outbound-whisper"], folder / name / "whisper.json")
    for name in ("events", "policies", "notices"):
        (folder / name).symlink_to(ROOT / name)
    storage, bucket = account.client("s3"), account.world.names.buckets["legal_hold"]
    for one in storage.list_objects_v2(Bucket=bucket)["Contents"]:
        place = folder / "download" / one["Key"]
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(storage.get_object(Bucket=bucket, Key=one["Key"])["Body"].read())
    [manifest] = (folder / "download").rglob("manifests/*.json")
    shutil.copy(manifest, folder / "C-1.json")
    key = account.client("kms").get_public_key(KeyId="alias/local-steward-evidence")["PublicKey"]
    lines = f"-----BEGIN PUBLIC KEY-----\n{b64encode(key).decode()}\n-----END PUBLIC KEY-----\n"
    (folder / "council.pem").write_text(lines)
    signer = DeskSigner()
    write_month(folder / "statements", "2027-01", signer)
    write_month(folder / "statements", "2027-02", signer, before="2027-01")
    (folder / "statements.pem").write_bytes(signer.public(Encoding.PEM))
    (folder / "drift.json").write_text('{"status": "compared", "settings": 300, "findings": [], "not_shown": []}')
    [entries] = [one.body for one in fences() if one.page.name == "integrators.md" and '"Entries"' in one.body]
    (folder / "flag.json").write_text(entries.replace("live-steward", "local-steward"))
    content = templates["outbound-whisper"].read_text()
    (folder / "described.json").write_text(json.dumps({"ContactFlow": {"Type": "CONTACT_FLOW", "Content": content}}))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("desk")
    _programs(folder / "bin")
    with deployed() as (account, assembly):
        assert "no message was lost" in list(check(account, assembly, load_policy(POLICY)))[-1]
        _papers(folder, account)
        shutil.copytree(assembly, folder / "cdk.out")
        (folder / "steward").symlink_to(folder / "bin" / "steward")
        (folder / ".venv").mkdir()
        (folder / ".venv" / "bin").symlink_to(folder / "bin")
        own = {
            "PATH": f"{folder / 'bin'}",
            **AUTHOR,
            "TABLE": account.world.names.tables["RegisterTable"],
            "INSTANCE_ARN": account.world.instance_arn,
            "INSTANCE_ID": account.world.names.instance_id,
            "FLOW_ID": "5cba7cbf-1ecb-4b6d-b8bd-fe91079b3fc8",
            "CONNECT_ANSWERS": str(folder / "described.json"),
        }
        yield Desk(folder, {**account.variables(folder), **own})


@pytest.mark.parametrize("fence", [one for one in fences() if one.kind == "sh"], ids=str)
def test_what_a_page_says_can_be_done(fence: Fence, desk: Desk) -> None:
    if "../ash" in fence.body and "steward init" not in fence.body and not (desk.folder / "ash").exists():
        assert run(["init", str(desk.folder / "ash"), "--council", "Ash District Council"]) == 0
        answer(desk.folder / "ash", calls=9, chat=3, complaints=24)
    done = desk.run(fence)
    accepted = {FINE, FINDINGS} if fence.page.name in MAY_FIND else {FINE}
    assert done.returncode in accepted, f"{done.stdout}\n{done.stderr}"
    if "steward init" in fence.body:
        answer(desk.folder / "ash", calls=9, chat=3, complaints=24)
    assert not re.search(r"Traceback|command not found", done.stderr), done.stderr
