"""The functions that work through what is due stop a minute before Lambda would stop them, to note how far they came.

Whatever is cut off in the middle by Lambda's time-out is done again by the next run, and never told.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from types import ModuleType, SimpleNamespace

import pytest

from steward.rights import watching as requests
from steward.rights.applications import keeping
from steward.rights.disclosing import watching as disclosures
from steward.rights.wiring import applications, disclosing, finding, watching

NIGHTLY: dict[str, tuple[ModuleType, str, Callable[[], object]]] = {
    "watch_requests": (watching, "watching", requests.Tally),
    "watch_disclosures": (disclosing, "watching", disclosures.Tally),
    "retire_applications": (applications, "retiring", keeping.Tally),
}
TIMES = [(120_000, True), (60_001, True), (60_000, False), (1, False)]


def load(function: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", function)
    spec = importlib.util.spec_from_file_location(function, f"functions/{function}/handler.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("function", NIGHTLY)
@pytest.mark.parametrize(("milliseconds", "time"), TIMES)
def test_a_night_ends_a_minute_before_its_function_would(
    function: str, milliseconds: int, monkeypatch: pytest.MonkeyPatch, *, time: bool
) -> None:
    asked: list[bool] = []
    wiring, name, tally = NIGHTLY[function]

    def night(time_left: Callable[[], bool]) -> object:
        asked.append(time_left())
        return tally()

    monkeypatch.setattr(wiring, name, lambda: SimpleNamespace(run=night))
    context = SimpleNamespace(get_remaining_time_in_millis=lambda: milliseconds)
    load(function, monkeypatch).handler({}, context)

    assert asked == [time]


@pytest.mark.parametrize(("milliseconds", "time"), TIMES)
def test_a_search_notes_its_place_a_minute_before_its_function_would_end(
    milliseconds: int, monkeypatch: pytest.MonkeyPatch, *, time: bool
) -> None:
    asked: list[bool] = []

    def search(_body: str, *, last: bool, time_left: Callable[[], bool]) -> None:
        assert not last
        asked.append(time_left())

    monkeypatch.setattr(finding, "messages", lambda _count: SimpleNamespace(handle=search))
    record = {"messageId": "m-1", "body": "{}", "attributes": {"ApproximateReceiveCount": "1"}}
    context = SimpleNamespace(get_remaining_time_in_millis=lambda: milliseconds)
    answer = load("find_person", monkeypatch).handler({"Records": [record]}, context)

    assert answer == {"batchItemFailures": []}
    assert asked == [time]
