"""docs/notices: the public wording says what the policy does."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from cli.main import run
from documentation import clauses, notices
from documentation.notices import page, render
from steward.ids import RecordClass
from steward.policy.holds import HoldReason
from steward.policy.load import load_policy
from steward.policy.model import Policy
from tests.support.council_answers import answer

POLICIES = sorted(Path("policies").glob("*.toml"))


@pytest.fixture(params=POLICIES, ids=lambda path: path.stem)
def policy(request: pytest.FixtureRequest) -> Policy:
    return load_policy(request.param)


def test_a_councils_page_is_up_to_date(policy: Policy) -> None:
    assert page(policy).read_text(encoding="utf-8") == render(policy), (
        "docs/notices is stale: run python -m documentation.notices"
    )


def test_everything_that_is_declared_is_said(policy: Policy) -> None:
    assert policy.declared
    assert all(f"- {statement.text}\n" in render(policy) for statement in policy.declared)


def test_the_notice_is_quoted_in_every_language(policy: Policy) -> None:
    assert all(f"> {text}\n" in render(policy) for text in policy.recording.notice.values())


def test_there_is_a_row_for_every_class_that_is_kept_and_every_reason_for_a_hold(policy: Policy) -> None:
    rows = [line for line in render(policy).splitlines() if line.startswith("| ") and " months" in line]
    assert len(rows) == len(policy.retention) + len(HoldReason)


def test_another_figure_changes_the_page() -> None:
    policy = load_policy(Path("policies/barnet.toml"))
    period = msgspec.structs.replace(policy.retention[RecordClass.CALL_RECORDING], months=9)
    other = msgspec.structs.replace(policy, retention={**policy.retention, RecordClass.CALL_RECORDING: period})
    (before,) = set(render(policy).splitlines()) - set(render(other).splitlines())
    (after,) = set(render(other).splitlines()) - set(render(policy).splitlines())
    assert "| 6 months |" in before
    assert "| 9 months |" in after


def test_a_council_that_sends_no_texts_says_so() -> None:
    assert "We send none." in render(load_policy(Path("policies/somerset.toml")))


def test_the_pages_of_a_councils_folder_are_named_as_they_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ash = tmp_path / "ash"
    assert run(["init", str(ash), "--council", "Ash District Council"]) == 0
    answer(ash, calls=9, chat=3, complaints=24)
    monkeypatch.setenv("STEWARD_CONFIG", str(ash))
    capsys.readouterr()
    assert notices.main() == clauses.main() == 0
    written = [ash / "docs" / "notices" / "ash.md", ash / "docs" / "clauses.md"]
    assert capsys.readouterr().out == "".join(f"{path} is written\n" for path in written)
    assert "| 9 months | As published. |" in written[0].read_text(encoding="utf-8")
    assert "**ASH-2**" in written[1].read_text(encoding="utf-8")
