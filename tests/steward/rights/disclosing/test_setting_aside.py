"""What lies in the dead-letter queue of disclosures can go back as it is, and has nobody's name, number or address."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from steward.policy.disclosure import LEAST, RecipientKind
from steward.rights.disclosing import commands, gate
from steward.rights.disclosing.setting_aside import for_later
from tests.steward.rights.disclosing.test_gate import AT, COMPLETE

PLANTED = ("A N Other", "+441632960123", "01632960123", "14 Invented Lane", "caller")
RECORDING = "connect/barnet/CallRecordings/2027/01/04/c-1_20270104T10:00_UTC.wav"
DECIDED: dict[str, Any] = {
    "disclosure": "D-1",
    "decision": "request",
    "by": "dan",
    "proposal": "5f0e0000-0000-4000-8000-00000000f11e",
    "files": [RECORDING, {"file": RECORDING.replace("c-1", "c-2"), "cuts": [{"from_ms": 1, "to_ms": 2}]}],
    "expires_on": "2027-03-20",
    "tell_person": False,
    "ground": "crime_or_taxation",
    "review_on": "2027-05-01",
}


class Clock:
    def now(self) -> datetime:
        return AT

    def sleep(self, seconds: float) -> None:
        del seconds


def aside(kind: str, detail: dict[str, Any]) -> dict[str, Any]:
    event = {"id": "e-1", "time": "2027-03-01T10:00:00Z", "source": "steward.rights", "detail-type": kind}
    kept: dict[str, Any] = json.loads(for_later(json.dumps({**event, "detail": detail}), Clock()))
    assert {name: kept[name] for name in event} == event
    return kept["detail"]  # type: ignore[no-any-return]


@pytest.mark.parametrize("kind", list(RecipientKind))
def test_a_request_that_failed_passes_the_gate_when_it_goes_back(kind: RecipientKind) -> None:
    about = {"disclosure": "D-1", "kind": kind, "contact_ids": ["c-1"], "requested_by": "dora", "from": "2027-02-01"}
    kept = aside("Disclosure Requested", {**about, **COMPLETE[kind], "note": "of Mr A N Other"})
    again = commands.command("Disclosure Requested", kept, AT)
    assert isinstance(again, commands.Requested)
    assert again.problems == {}
    first = gate.examine(kind, LEAST[kind], COMPLETE[kind], again.contact_ids, AT)
    assert gate.examine(kind, LEAST[kind], kept, again.contact_ids, AT) == first
    assert first.problems == {}
    assert not [one for one in PLANTED if one in json.dumps(kept)]


def test_a_decision_that_failed_says_the_same_when_it_goes_back() -> None:
    kept = aside("Disclosure Decided", DECIDED)
    first, again = (commands.command("Disclosure Decided", one, datetime.now(UTC)) for one in (DECIDED, kept))
    assert isinstance(again, commands.Decided)
    assert isinstance(first, commands.Decided)
    assert (again.decision, again.by, again.proposal) == (first.decision, first.by, first.proposal)
    read = [
        commands.grant(
            one, kind="police", longest=commands.REVIEW_AFTER, by="dan", at=AT, proposal=str(DECIDED["proposal"])
        )
        for one in (DECIDED, kept)
    ]
    assert read[0] == read[1]


@pytest.mark.parametrize(
    "file",
    ["recording of A N Other.wav", "calls/+441632960123.wav", "calls/01632960123.wav", "a.n@example.org/x", "", 7],
)
def test_a_file_that_may_name_somebody_takes_the_whole_list_with_it(file: object) -> None:
    kept = aside("Disclosure Decided", {**DECIDED, "files": [RECORDING, file]})
    assert "files" not in kept
    assert kept["expires_on"] == "2027-03-20"


def test_what_stands_where_a_fixed_word_belongs_is_left_out() -> None:
    typed = {"kind": "Mr A N Other", "decision": "01632960123", "ground": "14 Invented Lane", "route": "the caller"}
    assert aside("Disclosure Decided", {"disclosure": "D-1", "tell_person": "the caller", **typed}) == {
        "disclosure": "D-1"
    }


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"source": "steward.rights", "detail-type": "Disclosure Decided"}'])
def test_whatever_else_arrives_is_set_aside_as_everywhere(body: str) -> None:
    assert "detail" not in json.loads(for_later(body, Clock())) or json.loads(for_later(body, Clock()))["detail"] == {}
