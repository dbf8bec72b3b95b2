"""What must be true of the shipped story, events/scenarios/stage-one-complaint.jsonl, under Barnet's policy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from simulator.demo.statement import Stated
from simulator.scenarios.results.shapes import HoldState, State
from simulator.scenarios.results.timeline import Happening
from steward.clock import london_date

BINS: Final = "43fd012b-aa43-4810-8c46-50e94f24ebe5"
CHAT: Final = "d7cca53e-bd6f-40d1-8d68-8c1609aced86"
TRANSFERRED: Final = "562d0208-b98c-47d2-9b9f-a329e7bf0c80"
TRANSFERRED_TO: Final = "005d99c3-06d2-4d91-9b69-e6266d5ca164"
CALLBACK: Final = "7f6b5f1c-c8bd-47b7-865d-7345c3457a41"
HOUSING: Final = "5f93d8d3-55d1-4674-b1e2-a1b27418ab04"
CASE: Final = "CMP-2027-0412"

COMPLAINT_ARRIVES: Final = datetime(2027, 5, 14, 10, 5, tzinfo=UTC)
HELD: Final = datetime(2027, 5, 14, 12, tzinfo=UTC)
ORIGINALS_GONE: Final = datetime(2027, 8, 2, 9, tzinfo=UTC)
LAST_MINUTE: Final = datetime(2028, 11, 11, 23, 59, tzinfo=UTC)
END_OF_HOLD: Final = datetime(2028, 11, 12, tzinfo=UTC)
"""Midnight in London that starts the day 18 months after 12 May 2027 (BAR-5)."""
DAY_AFTER: Final = datetime(2028, 11, 13, 9, tzinfo=UTC)
END: Final = datetime(2029, 3, 10, 9, tzinfo=UTC)
CHECKPOINTS: Final = (HELD, ORIGINALS_GONE, LAST_MINUTE, DAY_AFTER, END)

ORIGINALS_LEAVE: Final = {
    BINS: date(2027, 7, 11),
    CHAT: date(2027, 7, 13),
    TRANSFERRED: date(2027, 7, 18),
    TRANSFERRED_TO: date(2027, 7, 18),
    CALLBACK: date(2027, 7, 24),
    HOUSING: date(2027, 8, 1),
}
"""Six months, in the longest such span of 184 days, rounded up to S3's midnight, and a day as a noncurrent version."""
HELD_FILES: Final = {TRANSFERRED: 4, TRANSFERRED_TO: 3}
"""Recordings of menu and advisor, the analysis and its redacted twin; the second leg has no menu."""
CONTACT_RECORDS_LEAVE: Final = tuple(date(2029, 1, day) for day in (8, 10, 15, 21, 29))
"""24 months, in the longest such span of 731 days, rounded, a day noncurrent; the transferred call's share a file."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The state at each checkpoint that was reached, and everything that happened."""

    states: dict[datetime, State]
    timeline: list[Happening]
    stated: Stated | None = None
    """The last month's statement, if the story was told to its end."""

    @property
    def end(self) -> State:
        """The state at the last checkpoint that was reached."""
        return self.states[max(self.states)]


@dataclass(frozen=True, slots=True)
class Expectation:
    """One sentence that must be true from a checkpoint on; ``problems`` says in what way it is not."""

    sentence: str
    clause: str
    needs: datetime
    problems: Callable[[Evidence], Iterator[str]]


def _ordinary_contacts_cost_nothing(evidence: Evidence) -> Iterator[str]:
    for row in evidence.timeline:
        function = row.details.get("function")
        if row.kind == "invocation" and row.at < COMPLAINT_ARRIVES and function in ("place_hold", "relay_flags"):
            yield f"{function} ran on {row.at.isoformat()}"


def _both_legs_are_held(evidence: Evidence) -> Iterator[str]:
    holds = {hold.contact_id: hold for hold in evidence.states[HELD].holds}
    if holds.keys() != HELD_FILES.keys():
        yield f"the contacts on hold are {', '.join(sorted(holds)) or 'none'}"
    for contact_id, hold in holds.items():
        if hold.status != "held" or hold.missing:
            yield f"{contact_id} is {hold.status}; missing: {[missing.why for missing in hold.missing]}"
        sources = [artefact for artefact in hold.artefacts if artefact.record_class == "call_recording"]
        if len(sources) != HELD_FILES.get(contact_id):
            yield f"{contact_id} has {len(sources)} held files"
        if hold.case != CASE or hold.received_on != date(2027, 5, 12) or hold.received_on_assumed:
            yield f"{contact_id} is held for {hold.case}, received {hold.received_on}"


def _copies_are_locked_to_the_day(evidence: Evidence) -> Iterator[str]:
    for moment in sorted({HELD, ORIGINALS_GONE, LAST_MINUTE} & evidence.states.keys()):
        copies = {found.key: found for found in evidence.states[moment].stores["legal_hold"].objects}
        for hold, key in _held_keys(evidence.states[HELD].holds):
            copy = copies.get(key)
            if copy is None:
                yield f"{moment:%d %B %Y}: the copy {key} is not there"
            elif copy.lock_mode != "GOVERNANCE" or copy.retain_until != END_OF_HOLD:
                yield f"{moment:%d %B %Y}: {key} is locked {copy.lock_mode} until {copy.retain_until}"
            if hold.hold_until != END_OF_HOLD:
                yield f"the hold of {hold.contact_id} ends {hold.hold_until}"


def _there_is_one_copy_each(evidence: Evidence) -> Iterator[str]:
    for moment in sorted({HELD, ORIGINALS_GONE, LAST_MINUTE} & evidence.states.keys()):
        keys = [found.key for found in evidence.states[moment].stores["legal_hold"].objects]
        for _, key in _held_keys(evidence.states[HELD].holds):
            if keys.count(key) != 1:
                yield f"{moment:%d %B %Y}: {keys.count(key)} versions of {key}"


def _originals_leave_on_their_day(evidence: Evidence) -> Iterator[str]:
    gone = {row.key: row for row in evidence.end.disposals if row.store in ("call_recording", "chat_transcript")}
    for contact_id, day in ORIGINALS_LEAVE.items():
        mine = [row for key, row in gone.items() if contact_id in key]
        if not mine:
            yield f"nothing of {contact_id} was deleted"
        for row in mine:
            if row.at.date() != day or row.cause != "lifecycle":
                yield f"{row.key} went on {row.at:%d %B %Y} ({row.cause}), not on {day:%d %B %Y}"
    for store in ("call_recording", "chat_transcript"):
        for left in evidence.states[ORIGINALS_GONE].stores[store].objects:
            yield f"{left.key} is still there on {ORIGINALS_GONE:%d %B %Y}"


def _copies_are_disposed_of_on_the_day(evidence: Evidence) -> Iterator[str]:
    gone = {row.key: row for row in evidence.end.disposals if row.store == "legal_hold"}
    for _, key in _held_keys(evidence.states[HELD].holds):
        row = gone.get(key)
        if row is None:
            yield f"{key} was not disposed of"
        elif london_date(row.at) != date(2028, 11, 12) or row.cause != "hold_ended":
            yield f"{key} was disposed of on {row.at.isoformat()} ({row.cause})"
    for hold in evidence.states[DAY_AFTER].holds:
        if hold.status != "disposed":
            yield f"the register says that {hold.contact_id} is {hold.status}"


def _contact_records_leave_after_24_months(evidence: Evidence) -> Iterator[str]:
    days = tuple(sorted({row.at.date() for row in evidence.end.disposals if row.store == "contact_record"}))
    if days != CONTACT_RECORDS_LEAVE:
        yield f"they went on {', '.join(f'{day:%d %B %Y}' for day in days) or 'no day'}"
    yield from (f"{left.key} is still there" for left in evidence.end.stores["contact_record"].objects)


def _nothing_was_lost(evidence: Evidence) -> Iterator[str]:
    for moment, state in evidence.states.items():
        yield from (f"{moment:%d %B %Y}: {letter.queue} holds a message" for letter in state.dead_letters)


def _held_keys(holds: list[HoldState]) -> Iterator[tuple[HoldState, str]]:
    copies = [(hold, artefact.hold_key) for hold in holds for artefact in hold.artefacts]
    yield from copies or [(_NOTHING, "of anything at all")]


_NOTHING: Final = HoldState(
    case=CASE,
    reason="complaint",
    stage="1",
    contact_id=TRANSFERRED,
    status="nothing_held",
    received_on=date(2027, 5, 12),
    received_on_assumed=False,
    hold_until=END_OF_HOLD,
    open_ended=False,
    artefacts=[],
    missing=[],
    requested_by=None,
)
"""Stands in where no hold was placed, so that every expectation about copies fails rather than holds of nothing."""

EXPECTATIONS: Final = (
    Expectation("An ordinary contact runs none of our code", "", HELD, _ordinary_contacts_cost_nothing),
    Expectation("Both legs of the transferred call are held, whole", "BAR-5", HELD, _both_legs_are_held),
    Expectation("Every copy is locked until 18 months after receipt", "BAR-5", HELD, _copies_are_locked_to_the_day),
    Expectation("There is exactly one copy of each file", "", HELD, _there_is_one_copy_each),
    Expectation(
        "Every original leaves after its six months, to the day", "BAR-4", ORIGINALS_GONE, _originals_leave_on_their_day
    ),
    Expectation(
        "Every copy is disposed of on 12 November 2028", "BAR-5", DAY_AFTER, _copies_are_disposed_of_on_the_day
    ),
    Expectation("Contact records leave after 24 months", "BAR-3", END, _contact_records_leave_after_24_months),
    Expectation("No request ended in a dead-letter queue", "", HELD, _nothing_was_lost),
)
"""In the order of the story."""


def judge(evidence: Evidence) -> dict[str, list[str]]:
    """Return for each expectation whose checkpoint was reached its problems; none means that it holds."""
    return {
        expectation.sentence: list(expectation.problems(evidence))
        for expectation in EXPECTATIONS
        if expectation.needs in evidence.states
    }
