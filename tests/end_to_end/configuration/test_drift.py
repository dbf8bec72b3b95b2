"""``steward drift`` shows what the deployed function found, and ends as its page says."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from cli.main import run
from tests.end_to_end.configuration.conftest import Live
from tests.end_to_end.configuration.test_comparison import switch_off

FINE, DIFFERS, UNKNOWN = 0, 1, 2


@pytest.fixture(autouse=True)
def _asks_the_world(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the world's Lambda where the command's client would be: what it sends has to reach the very function."""

    class Lambda:
        def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803 - boto3's names
            assert FunctionName == "local-steward-compare_configuration"
            return {"Payload": io.BytesIO(json.dumps(live.compare(json.loads(Payload))).encode())}

    monkeypatch.setattr("cli.drift._patient", lambda _: Lambda())


def test_nothing_differs_after_a_deployment(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["drift", "--environment", "local"]) == FINE
    assert capsys.readouterr().out.strip().endswith("compared: 0 differ, 0 could not be shown.")


def test_what_differs_is_shown_with_what_was_written_and_what_is_there(
    live: Live, capsys: pytest.CaptureFixture[str]
) -> None:
    switch_off(live, "call_recording")
    assert run(["drift", "--environment", "local"]) == DIFFERS
    first, expected, found, last = capsys.readouterr().out.strip().splitlines()
    assert "CallRecordingBucket" in first
    assert expected.startswith("  expected: ")
    assert "Enabled" in expected
    assert "Disabled" in found
    assert last.endswith("compared: 1 differs, 0 could not be shown.")


def test_a_program_reads_the_same_as_json(live: Live, capsys: pytest.CaptureFixture[str]) -> None:
    switch_off(live, "call_recording")
    assert run(["drift", "--environment", "local", "--format", "json"]) == DIFFERS
    answer = json.loads(capsys.readouterr().out)
    assert [one["id"].partition("/")[2] for one in answer["findings"]] == ["CallRecordingBucket/lifecycle rules"]


def test_what_could_not_be_read_is_no_pass(live: Live, capsys: pytest.CaptureFixture[str]) -> None:
    live.world.faults.add(service="s3", operation="GetBucketVersioning", error="AccessDenied", times=1)
    assert run(["drift", "--environment", "local"]) == UNKNOWN
    assert "not shown: " in capsys.readouterr().out


def test_during_a_deployment_it_says_that_nothing_was_compared(live: Live, capsys: pytest.CaptureFixture[str]) -> None:
    live.stack("controls").stack_status = "UPDATE_IN_PROGRESS"
    assert run(["drift", "--environment", "local"]) == UNKNOWN
    assert "A deployment is under way" in capsys.readouterr().out
