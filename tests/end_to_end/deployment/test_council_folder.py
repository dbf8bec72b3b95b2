"""A council outside this repository: its folder is made, checked and deployed, and the checkout stays as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.main import run
from deployment.emulated.smoke import check
from infra.config import cdk_context, choose
from infra.council_folder import VARIABLE
from steward.policy.load import load_policy
from tests.end_to_end.deployment.checkout import checkout, make
from tests.end_to_end.deployment.published import published
from tests.support.council_answers import answer

pytestmark = pytest.mark.prove


def test_a_sixth_council_is_checked_and_deployed_from_its_own_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command line itself deploys from such a folder in test_commands.py."""
    before = checkout()
    ash = tmp_path / "ash"
    assert run(["init", str(ash), "--council", "Ash District Council"]) == 0
    answer(ash, calls=9, chat=3, complaints=24)
    assert "no finding without a reason (local-steward-controls, local-steward-stores)" in make("check", ash)
    make("synth", ash)
    assert {path.name for path in (ash / "cdk.out").glob("*.template.json")} == {
        "local-steward-controls.template.json",
        "local-steward-stores.template.json",
    }
    make("pages", ash)
    wording = (ash / "docs" / "notices" / "ash.md").read_text(encoding="utf-8")
    assert "| 9 months | As published. |" in wording
    assert "We send none." in wording
    clauses = (ash / "docs" / "clauses.md").read_text(encoding="utf-8")
    assert "**ASH-2** Recordings of calls are deleted" in clauses

    monkeypatch.setenv(VARIABLE, str(ash))
    deployment = choose(cdk_context())
    with published(ash / "cdk.out", deployment.environment) as account:
        said = " ".join(check(account, ash / "cdk.out", load_policy(deployment.policy_path)))
    assert "let go when the policy says" in said
    assert "a flag on the bus held the recording" in said
    assert checkout() == before
