"""A person's contacts are found by what they gave, copied at once, and held while the request is open."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.aws.account.account import EmbeddedAws
from simulator.scenarios.results.output import Outcome
from simulator.scenarios.results.shapes import State
from tests.end_to_end.begun import asleep, begun
from tests.end_to_end.conftest import Play
from tests.end_to_end.rights.lines import PHONE, asked, found, record, rights_event
from tests.end_to_end.stories import call, fault, moment, wait

OTHER = "+441632960999"


def kept(state: State, request: str = "SAR-1") -> list[str]:
    prefix = f"requests/{request}/records/"
    return [
        found.key.removeprefix(prefix).removesuffix(".json")
        for found in state.stores["rights"].objects
        if found.key.startswith(prefix) and found.is_latest
    ]


def test_both_calls_are_found_and_what_is_left_of_the_old_one_survives_its_disposal(play: Play) -> None:
    story = [
        record("old", "2025-01-10T09:00:00Z", "2026-12-04T09:10:00"),
        *call("new", "2026-12-05T10:00:00"),
        record("new", "2026-12-05T10:00:00Z", "2026-12-05T10:10:00"),
        record("hers", "2026-12-05T11:00:00Z", "2026-12-05T11:10:00", OTHER),
        *asked("2027-01-05T09:00:00", "SAR-1"),
        wait("2027-02-03T12:00:00"),
    ]
    state = play(story)
    assert found(state) == {"old": "undecided", "new": "undecided"}
    assert kept(state) == ["new", "old"]
    # The month of the old contact was disposed of on 1 February 2027.
    assert any(gone.store == "contact_record" and "month=01" in gone.key for gone in state.disposals)
    [hold] = state.holds
    assert (hold.contact_id, hold.case, hold.reason, hold.status) == ("new", "SAR-1", "subject_access", "held")
    assert hold.open_ended
    assert state.dead_letters == []
    assert state.unmatched == []


@pytest.mark.prove
def test_a_recording_is_held_for_as_long_as_the_request_is_open_and_six_months_more(tmp_path: Path) -> None:
    story = [
        *call("a1", "2026-09-01T10:00:00"),
        record("a1", "2026-09-01T10:00:00Z", "2026-09-01T10:10:00"),
        *asked("2027-02-20T09:00:00", "SAR-1"),
        rights_event("2027-04-01T09:00:00", "Request Closed", {"request": "SAR-1", "outcome": "answered"}),
    ]
    with begun(story, tmp_path / "story.jsonl", moment("2027-02-19T09:00:00"), sleeping=True) as replay:
        replay.run_until(moment("2027-04-10T12:00:00"))
        with asleep(replay.world):
            replay.run_until(moment("2027-09-20T12:00:00"))
        replay.run_until(moment("2027-09-30T12:00:00"))
        state = replay.state()
    [hold] = state.holds
    assert (hold.status, hold.open_ended) == ("held", False)
    assert hold.hold_until == moment("2027-10-01T00:00:00+01:00")
    assert [copy.key for copy in state.stores["legal_hold"].objects if "call_recording" in copy.key]
    assert state.requests[0].status == "closed"


@pytest.mark.prove
def test_what_somebody_wants_restricted_or_objects_to_is_held_while_the_request_is_open(tmp_path: Path) -> None:
    """Their recordings would have gone in March."""
    hers, his = PHONE, OTHER
    story = [
        *call("a1", "2026-09-01T10:00:00"),
        record("a1", "2026-09-01T10:00:00Z", "2026-09-01T10:10:00", hers),
        *call("a2", "2026-09-01T10:10:00"),
        record("a2", "2026-09-01T10:10:00Z", "2026-09-01T10:20:00", his),
        *asked("2027-02-20T09:00:00", "RES-1", "restriction", [{"type": "phone", "value": hers}]),
        *asked("2027-02-20T09:30:00", "RES-2", "objection", [{"type": "phone", "value": his}]),
    ]
    with begun(story, tmp_path / "story.jsonl", moment("2027-02-19T09:00:00"), sleeping=True) as replay:
        replay.run_until(moment("2027-04-30T12:00:00"))
        holds = replay.state().holds
    assert [(hold.case, hold.contact_id, hold.status, hold.open_ended) for hold in holds] == [
        ("RES-1", "a1", "held", True),
        ("RES-2", "a2", "held", True),
    ]


@pytest.mark.prove
def test_every_alias_counts_and_a_number_elsewhere_is_a_weaker_find(play: Play) -> None:
    identifiers = [
        {"type": "phone", "value": "01632 960123"},
        {"type": "email", "value": "Ada@Example.org"},
        {"type": "contact", "value": "named"},
        {"type": "phone", "value": "anonymous"},
    ]
    to = {"ToAddresses": [{"Address": "ada@example.org"}]}
    story = [
        record("phoned", "2026-12-05T10:00:00Z", "2026-12-05T10:10:00"),
        record("mailed", "2026-12-05T10:00:00Z", "2026-12-05T10:11:00", "ADA@example.org"),
        record("copied", "2026-12-05T10:00:00Z", "2026-12-05T10:12:00", "x@example.org", AdditionalEmailRecipients=to),
        record("typed", "2026-12-05T10:00:00Z", "2026-12-05T10:13:00", OTHER, Attributes={"back": "01632960123"}),
        record("suffix", "2026-12-05T10:00:00Z", "2026-12-05T10:14:00", "+4416329601234"),
        record("nobody", "2026-12-05T10:00:00Z", "2026-12-05T10:15:00", "anonymous"),
        *call("named", "2026-12-06T10:00:00"),
        *asked("2027-01-05T09:00:00", "SAR-1", identifiers=identifiers),
        wait("2027-01-05T12:00:00"),
    ]
    state = play(story)
    # The longer number has the shorter one's digits: a weaker find, which a person rejects.
    assert set(found(state)) == {"phoned", "mailed", "copied", "typed", "named", "suffix"}
    told = [notice.subject for notice in state.notifications if "SAR-1" in (notice.subject or "")]
    assert any("check" in (subject or "") for subject in told)


def test_one_month_that_cannot_be_read_makes_the_search_incomplete_and_never_empty(play: Play) -> None:
    story = [
        {"at": "2026-12-05T10:00:00+00:00", "object": {"store": "contact_record", "key": _KEY, "body": "not gzip"}},
        *asked("2027-01-05T09:00:00", "SAR-1"),
        wait("2027-01-05T12:00:00"),
    ]
    state = play(story)
    [request] = state.requests
    assert request.status == "matching"
    assert any("incomplete" in (notice.subject or "") for notice in state.notifications)


_KEY = "contact-records/year=2026/month=12/part.gz"


@pytest.mark.prove
def test_a_record_that_arrives_after_the_search_is_found_two_days_later(play: Play) -> None:
    story = [
        *asked("2027-01-05T09:00:00", "SAR-1"),
        record("late", "2027-01-04T16:00:00Z", "2027-01-06T10:10:00"),
        wait("2027-01-06T23:00:00"),
    ]
    assert found(play(story)) == {}
    assert found(play([*story, wait("2027-01-08T12:00:00")])) == {"late": "undecided"}


@pytest.mark.prove
def test_records_that_firehose_set_aside_are_looked_through_too(play: Play) -> None:
    broken = record("odd", "2026-12-05T10:00:00Z", "2026-12-05T10:10:00")
    broken["record"]["InitiationTimestamp"] = None
    story = [broken, *asked("2027-01-05T09:00:00", "SAR-1"), wait("2027-01-05T12:00:00")]
    assert found(play(story)) == {"odd": "undecided"}


@pytest.mark.prove
@pytest.mark.parametrize("operation", ["ListObjectsV2", "GetObject", "PutObject"])
def test_a_search_that_fails_on_the_way_is_taken_up_again(play: Play, operation: str) -> None:
    story = [
        record("a1", "2026-12-05T10:00:00Z", "2026-12-05T10:10:00"),
        record("a2", "2026-11-05T10:00:00Z", "2026-12-05T10:10:00"),
        fault("2027-01-05T08:59:00", "s3", operation, "InternalError", times=12),
        *asked("2027-01-05T09:00:00", "SAR-1"),
        wait("2027-01-05T16:00:00"),
    ]
    state = play(story)
    assert set(found(state)) == {"a1", "a2"}
    assert kept(state) == ["a1", "a2"]
    assert state.dead_letters == []


def test_nothing_that_identifies_the_person_leaves_the_stores(tmp_path: Path) -> None:
    """Neither what is told when a deadline is near, missed and a month begins, nor what is written or disposed of."""
    named = {"name": "Ada Lovelace"}
    story = [
        record("old", "2025-01-10T09:00:00Z", "2026-12-04T09:10:00", Attributes=named),
        *call("a1", "2026-12-05T10:00:00"),
        record("a1", "2026-12-05T10:00:00Z", "2026-12-05T10:10:00", Attributes=named),
        *asked("2027-01-05T09:00:00", "SAR-1"),
    ]
    with begun(story, tmp_path / "story.jsonl", moment("2027-01-04T12:00:00"), sleeping=True) as replay:
        replay.run_until(moment("2027-01-09T12:00:00"))
        with asleep(replay.world):
            replay.run_until(moment("2027-01-31T12:00:00"))
        replay.run_until(moment("2027-02-06T12:00:00"))
        outcome, mails, written = replay.outcome(), [*replay.world.notifications], _evidence(replay.world)

    state = outcome.state
    assert found(state) == {"old": "undecided", "a1": "undecided"}
    assert [(one.subject or "").partition(":")[0] for one in mails] == [
        "Retention statement 2026-12",
        "Register 2027-01-06",
        "The deadline is near",
        "Retention statement 2027-01",
        "The deadline was missed",
        "Register 2027-02-05",
        "The deadline was missed",
    ]
    folders = {key.rpartition("/")[0] for key in written}
    assert folders >= {"register/2027-02-01", "statements/2027-01", "exceptions/2027-01"}
    assert [one.cause for one in state.disposals if one.store == "contact_record"] == ["retention_sweep"]

    said = json.dumps([str(row) for row in outcome.timeline]) + str(state.disposals) + str(mails) + str(written)
    said += str(state.dead_letters) + str([one.key for one in state.stores["rights"].objects])
    for secret in (PHONE.removeprefix("+44"), "Lovelace"):
        assert secret not in said


def _evidence(world: EmbeddedAws) -> dict[str, str]:
    """Return what lies in the evidence store by its key."""
    s3, bucket = world.client("s3"), world.names.buckets["evidence"]
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    keys = [one["Key"] for page in pages for one in page["Contents"]]
    return {key: s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode(errors="replace") for key in keys}


@pytest.mark.prove
def test_a_deadline_is_told_when_it_is_near_and_when_it_was_missed(replay: Callable[..., Outcome]) -> None:
    story = [*asked("2027-03-03T09:00:00", "SAR-1"), wait("2027-04-20T12:00:00")]
    outcome = replay(story)
    told = [(f"{n.at:%m-%d}", n.subject) for n in outcome.state.notifications if "deadline" in (n.subject or "")]
    # The last working day is 2 April (26 and 29 March are holidays); promise missed on the 3rd, the law on the 6th.
    assert told == [
        ("03-24", "The deadline is near: request SAR-1"),
        ("04-03", "The deadline was missed: request SAR-1"),
        ("04-06", "The deadline was missed: request SAR-1"),
    ]
    assert outcome.state.unmatched == []


@pytest.mark.prove
def test_somebody_is_asked_again_after_two_weeks_and_the_request_is_never_closed_by_itself(play: Play) -> None:
    asking = rights_event("2027-03-02T10:00:00", "Identity Asked", {"request": "SAR-1", "on": "2027-03-02"})
    state = play([*asked("2027-03-01T09:00:00", "SAR-1", identity="needed"), asking, wait("2027-06-30T12:00:00")])
    chased = [f"{one.at:%Y-%m-%d}" for one in state.notifications if "Nothing heard" in (one.subject or "")]
    assert chased[:2] == ["2027-03-16", "2027-03-30"]
    assert len(chased) == 8
    assert state.requests[0].status == "identifying"


@pytest.mark.prove
def test_what_a_closed_request_no_longer_needs_goes(play: Play) -> None:
    story = [
        record("a1", "2025-06-05T10:00:00Z", "2027-01-04T10:10:00"),
        *asked("2027-01-05T09:00:00", "SAR-1"),
        rights_event("2027-02-01T09:00:00", "Request Closed", {"request": "SAR-1", "outcome": "answered"}),
        wait("2027-02-03T12:00:00"),
    ]
    state = play(story)
    page = "register/requests.html"
    assert _latest(state) == [page, "requests/SAR-1/records/a1.json"]
    assert _latest(play([*story, wait("2027-08-02T12:00:00")])) == [page]


def _latest(state: State) -> list[str]:
    return [one.key for one in state.stores["rights"].objects if one.is_latest]
