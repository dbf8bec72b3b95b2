"""What a deployment says it keeps, and the acknowledgement of a shorter period."""

from __future__ import annotations

from pathlib import Path

import pytest

from steward.policy.load import check, kept_by

BARNET = Path("policies/barnet.toml").read_text(encoding="utf-8")


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "policy.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_comments_version_and_words_leave_the_digest_as_it_is(tmp_path: Path) -> None:
    shipped = kept_by(Path("policies/barnet.toml"))
    text = BARNET.replace('policy_version = "2026-11"', 'policy_version = "2026-12"').replace(
        "A manager may", "Managers may"
    )
    other = kept_by(write(tmp_path, f"# Another comment.\n{text}"))
    assert (other.digest, other.version) == (shipped.digest, "2026-12")


@pytest.mark.parametrize(
    ("before", "after"), [("limit_minutes = 10", "limit_minutes = 9"), ("We record calls", "Calls are recorded")]
)
def test_any_setting_changes_the_digest(tmp_path: Path, before: str, after: str) -> None:
    assert before in BARNET
    assert (
        kept_by(write(tmp_path, BARNET.replace(before, after))).digest != kept_by(Path("policies/barnet.toml")).digest
    )


def test_an_acknowledgement_changes_nothing_that_is_done(tmp_path: Path) -> None:
    path = write(tmp_path, f'acknowledge_shortening = ["call_recording: 9 to 6"]\n{BARNET}')
    assert check(path) == []
    assert kept_by(path) == kept_by(Path("policies/barnet.toml"))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("call_recording: 9 to 7", "says 7, and the policy keeps call_recording for 6 months: take it out"),
        ("call_recording: 3 to 6", "3 to 6 is no shortening: take it out"),
        ("voicemail: 9 to 6", "voicemail is no record class with months and no reason of a hold"),
        ("call_recording 9 to 6", '"call_recording 9 to 6" does not have the form ^[a-z_]+: [0-9]+ to [0-9]+$'),
    ],
)
def test_an_acknowledgement_of_something_else_is_refused(tmp_path: Path, words: str, sentence: str) -> None:
    path = write(tmp_path, f'acknowledge_shortening = ["{words}"]\n{BARNET}')
    assert [str(finding) for finding in check(path)] == [f"acknowledge_shortening[0]: {sentence}"]
