"""The handler of the nightly run: how long it works, and what it says of what it could not do."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from steward.holds.nightly.tally import Tally
from steward.ids import ContactId


@pytest.fixture
def function(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    for name in ("COMPLAINTS_TOPIC_ARN", "DISPOSAL_SWITCH", "HOLD_BUCKET", "HOLD_QUEUE_URL", "REGISTER_TABLE"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("RELEASE_QUEUE_URL", "x")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "maintain_holds")
    spec = importlib.util.spec_from_file_location("maintain_holds", "functions/maintain_holds/handler.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(function: Any, tally: Tally, *, milliseconds: int = 600_000) -> bool:  # noqa: ANN401 -- a module
    """Run the handler over a night that counted this; return whether there was still time."""
    asked: list[bool] = []

    def night(has_time: Callable[[], bool]) -> Tally:
        asked.append(has_time())
        return tally

    function.daily = SimpleNamespace(run=night)
    function.handler({}, SimpleNamespace(get_remaining_time_in_millis=lambda: milliseconds))
    return asked[0]


@pytest.mark.parametrize(("milliseconds", "time"), [(120_000, True), (60_001, True), (60_000, False), (1, False)])
def test_a_minute_is_left_for_what_was_collected(function: ModuleType, milliseconds: int, *, time: bool) -> None:
    assert run(function, Tally(), milliseconds=milliseconds) is time


def test_a_contact_that_was_not_seen_to_is_named_and_counted_and_ends_no_run_in_error(
    function: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    run(function, Tally(contacts_failed={ContactId("call-1"): "a row cannot be read"}))

    said = capsys.readouterr().out
    assert '"ContactFailed":[1.0]' in said
    assert '"Heartbeat":[1.0]' in said


@pytest.mark.parametrize("tally", [Tally(errors=["out of time"]), Tally(passing=1)])
def test_what_a_run_soon_may_well_do_ends_this_one_in_error(function: ModuleType, tally: Tally) -> None:
    with pytest.raises(function.SweepIncomplete):
        run(function, tally)


def test_a_run_that_left_something_is_no_sign_of_life(function: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(function.SweepIncomplete):
        run(function, Tally(errors=["out of time"]))

    assert "Heartbeat" not in capsys.readouterr().out
