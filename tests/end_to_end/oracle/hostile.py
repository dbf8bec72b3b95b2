"""Hostile stories: several contacts in a case, several cases about a contact, and calls and rows that fail meanwhile.

Written apart from ``lives``, which has one contact in each life. A story's cases share its contacts; flags and releases
name some of them, in whatever spelling; the oracle judges every row of every case.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from tests.end_to_end.oracle.oracle import LONDON, Caller, Move, read_day
from tests.end_to_end.stories import Line, call, decide, own_event, wait

BEGIN = datetime(2027, 2, 1, 8, tzinfo=UTC)
MINUTES_OF_FAULTS = (1, 9, 40, 80)
"""Less than the two hours in which the hold queue tries a message again."""

CALLS = (
    ("s3", "CopyObject", "SlowDown"),
    ("s3", "PutObjectLegalHold", "InternalError"),
    ("s3", "GetObject", "ReadTimeout"),
    ("s3", "ListObjectVersions", "SlowDown"),
    ("connect", "DescribeContact", "TooManyRequestsException"),
    ("connect", "ListAssociatedContacts", "InternalServiceException"),
    ("kms", "Sign", "InternalError"),
    ("scheduler", "CreateSchedule", "InternalServerException"),
    ("sqs", "SendMessage", "ServiceUnavailable"),
    ("sqs", "SendMessageBatch", "ServiceUnavailable"),
    ("dynamodb", "Query", "ProvisionedThroughputExceededException"),
    ("dynamodb", "PutItem", "InternalServerError"),
    ("dynamodb", "TransactWriteItems", "InternalServerError"),
    ("sns", "Publish", "InternalError"),
)
"""What fails until a moment."""

ROWS = (("sqs", "SendMessageBatch", "InternalError"), ("s3", "DeleteObjects", "InternalError"))
"""Batches of which single rows fail."""

HALF_DONE = (
    ("dynamodb", "TransactWriteItems", "ReadTimeout"),
    ("dynamodb", "PutItem", "ReadTimeout"),
    ("sqs", "SendMessage", "ReadTimeout"),
    ("sqs", "SendMessageBatch", "ReadTimeout"),
    ("s3", "CopyObject", "ReadTimeout"),
)
"""What takes effect and fails all the same, once."""


@dataclass(frozen=True)
class Story:
    """Some contacts, what happens to the cases about them, and the lines that tell it."""

    callers: tuple[Caller, ...]
    moves: tuple[Move, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class HostileWorld:
    """Some stories in one world, the failures in it, and its end."""

    stories: tuple[Story, ...]
    faults: tuple[Line, ...]
    until: datetime

    def told(self) -> list[Line]:
        """Return the scenario's lines in the order of their moments."""
        lines = [line for story in self.stories for line in story.lines]
        lines = [line for line in lines if datetime.fromisoformat(line["at"]) < self.until]
        return [
            *sorted([*self.faults, *lines], key=lambda line: datetime.fromisoformat(line["at"])),
            wait(self.until.isoformat()),
        ]


def hostile_world(seed: int, stories: int, days: int) -> HostileWorld:
    """Return a world of so many stories that lasts some days; a seed makes the same every time."""
    dice = Random(seed)  # noqa: S311
    made = tuple(_Telling(dice, f"H-{seed}-{number}", days).story() for number in range(stories))
    end = BEGIN + timedelta(days=days)
    told = [move for story in made for move in story.moves if move.at < end]
    decisions = [move.at for move in told if move.kind in DECIDED]
    said = [move.at for move in told if move.kind not in DECIDED and not _near(move.at, decisions)]
    moments = dice.sample(said, k=min(len(said), 6 + stories // 2))
    nights = [
        BEGIN.replace(hour=2, minute=29) + timedelta(days=day) for day in dice.sample(range(1, days), k=days // 10)
    ]
    faults = [_fault(dice, at) for at in moments] + [_row(dice, night) for night in nights]
    return HostileWorld(made, tuple(faults), end)


def _near(at: datetime, decisions: Sequence[datetime]) -> bool:
    """Tell whether somebody decides while a failure at that moment may last: they are told of it."""
    longest = timedelta(minutes=1 + max(MINUTES_OF_FAULTS))
    return any(at - longest < one < at + longest for one in decisions)


def _fault(dice: Random, at: datetime) -> Line:
    begins = (at - timedelta(seconds=dice.choice((1, 20)))).isoformat()
    if dice.random() < 0.3:
        service, operation, error = dice.choice(HALF_DONE)
        stated = {"service": service, "operation": operation, "error": error, "times": 1, "after_effect": True}
        return {"at": begins, "fault": stated}
    if dice.random() < 0.3:
        return _row(dice, at)
    service, operation, error = dice.choice(CALLS)
    until = (at + timedelta(minutes=dice.choice(MINUTES_OF_FAULTS))).isoformat()
    return {"at": begins, "fault": {"service": service, "operation": operation, "error": error, "until": until}}


def _row(dice: Random, at: datetime) -> Line:
    """Let the rows of a batch fail in whose key a digit occurs, as it does in many."""
    service, operation, error = dice.choice(ROWS)
    stated = {"service": service, "operation": operation, "error": error, "times": 1, "keys": [str(dice.randint(0, 9))]}
    return {"at": (at - timedelta(seconds=20)).isoformat(), "fault": stated}


DECIDED = ("asked", "approved", "rejected", "forged")
TURNS = (
    *("flag", "flag", "flag", "claim", "escalate", "close", "close", "release", "release", "some", "some"),
    *("unanswered", "rejected", "forged", "between", "tie"),
)


@dataclass
class _Telling:
    dice: Random
    name: str
    days: int
    callers: list[Caller] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    forms: int = 0
    waiting: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The contacts of each case of which a release was asked for and not decided; none where it was of all."""

    def story(self) -> Story:
        """Return a story of one to five contacts and one or two cases that share some of them."""
        dice = self.dice
        for _ in range(dice.choice((1, 2, 2, 3, 4, 5))):
            known = dice.random() < 0.9
            start = BEGIN + timedelta(days=dice.randint(0, 9), minutes=dice.randint(0, 500))
            caller = Caller(str(UUID(int=dice.getrandbits(128), version=4)), start if known else None)
            self.callers.append(caller)
            self.lines += call(caller.id, start.isoformat()) if known else []
        for number in range(1 + (dice.random() < 0.35)):
            self._case(f"{self.name}-{'ab'[number]}")
        moves = tuple(sorted(self.moves, key=lambda move: move.at))
        return Story(tuple(self.callers), moves, tuple(self.lines))

    def _case(self, case: str) -> None:
        dice, flagged = self.dice, list[str]()
        at = _later(dice, BEGIN + timedelta(days=11), 0, self.days // 3)
        for turn in ("flag", *dice.choices(TURNS, k=dice.choice((0, 1, 2, 3, 4, 6)))):
            spelt = dice.choice((case, case, case.lower(), f" {case} "))
            match turn:
                case "flag" | "claim":
                    flagged += self._flag(at, spelt, claim=turn == "claim")
                case "escalate":
                    self._escalate(at, spelt)
                case "close":
                    self._close(at, spelt, case)
                case "tie" if dice.random() < 0.5:
                    self._escalate(at, spelt)
                    self._close(at, spelt, case)
                case "tie":
                    self._close(at, spelt, case)
                    self._escalate(at, spelt)
                case _:
                    at = self._release(at, case, turn, sorted(set(flagged)))
            at = _later(dice, at, 0, dice.choice((1, 4, 20, 60, 200)))

    def _flag(self, at: datetime, case: str, *, claim: bool = False) -> list[str]:
        dice = self.dice
        chosen = dice.sample(self.callers, k=dice.randint(1, len(self.callers)))
        signal = (
            dice.choice(("event", "event", "event", "attributes", "form", "contact_tags")) if not claim else "event"
        )
        if signal != "event":
            chosen = [caller for caller in chosen if caller.start is not None][:1]
            signal = signal if chosen else "event"
            chosen = chosen or dice.sample(self.callers, k=1)
        today = at.astimezone(LONDON).date()
        days_ago = dice.choice((0, 1, 7, 45, 300, 530, 900))
        day = (
            (today - timedelta(days=days_ago)).isoformat()
            if dice.random() < 0.8
            else dice.choice(("", "31/01/2027", "2099-01-01"))
        )
        stage = "1" if claim else dice.choice(("1", "1", "1", "2", "ombudsman", ""))
        reasons = [dice.choice(("legal_claim", "threat_to_staff", "subject_access"))] if claim else ["complaint"]
        if claim and dice.random() < 0.3:
            reasons = ["complaint", "legal_claim"]
        ids = tuple(caller.id for caller in chosen)
        stated = {"reference": case, "received": day, "stage": stage}
        for reason in reasons:
            self.moves.append(
                Move(
                    at=at,
                    kind="flagged",
                    case=case.strip(),
                    contacts=ids,
                    signal=signal,
                    reason=reason,
                    stage=stage,
                    day=day,
                )
            )
        self.lines += self._signalled(at, signal, reasons, stated, chosen)
        return list(ids)

    def _signalled(
        self, at: datetime, signal: str, reasons: Sequence[str], stated: dict[str, str], callers: Sequence[Caller]
    ) -> list[Line]:
        when, one = at.isoformat(), callers[0].id
        keys = {f"complaint_{name}": value for name, value in stated.items() if value}
        match signal:
            case "attributes":
                assert callers[0].start
                record = {"ContactId": one, "Channel": "VOICE", "InstanceARN": "{instance_arn}", "Attributes": keys}
                record |= {"InitiationTimestamp": callers[0].start.isoformat(), "LastUpdateTimestamp": when}
                return [{"at": when, "record": record}]
            case "contact_tags":
                detail = {"eventType": "CONTACT_DATA_UPDATED", "contactId": one, "channel": "VOICE", "tags": keys}
                event = {"source": "aws.connect", "detail-type": "Amazon Connect Contact Event", "detail": detail}
                return [{"at": when, "event": event}]
            case "form":
                self.forms += 1
                answers = {
                    "reference": stated["reference"],
                    "received_on": stated["received"],
                    "stage": stated["stage"],
                }
                answers = {name: value for name, value in answers.items() if value}
                form = {
                    "EvaluationId": f"{self.name}-{self.forms}",
                    "Form": "Complaint",
                    "Status": "SUBMITTED",
                    "Answers": answers,
                }
                matched = {"contactArn": f"{{instance_arn}}/contact/{one}"}
                event = {
                    "source": "aws.connect",
                    "detail-type": "Contact Lens Evaluation Rules Matched",
                    "detail": matched,
                }
                return [{"at": when, "contact": {"Id": one, "Evaluations": [form]}}, {"at": when, "event": event}]
            case _:
                logged: dict[str, Any] = {
                    "case": stated["reference"],
                    "reason": reasons if len(reasons) > 1 else reasons[0],
                }
                ids = [self._spelt(caller.id) for caller in callers]
                logged |= {"stage": stated["stage"], "received_on": stated["received"], "requested_by": "officer.1"}
                return [own_event(when, "Complaint Logged", {**logged, "contact_ids": ids})]

    def _spelt(self, contact_id: str) -> str:
        spellings: tuple[Callable[[str], str], ...] = (str, str, str.upper, lambda one: f" {one}", _as_page)
        return self.dice.choice(spellings)(contact_id)

    def _escalate(self, at: datetime, case: str) -> None:
        stage, day = self.dice.choice(("2", "ombudsman")), at.astimezone(LONDON).date().isoformat()
        self.moves.append(Move(at=at, kind="escalated", case=case.strip(), stage=stage, day=day))
        detail = {"case": case, "stage": stage, "on": day, "requested_by": "officer.1"}
        self.lines.append(own_event(at.isoformat(), "Complaint Escalated", detail))

    def _close(self, at: datetime, spelt: str, case: str) -> None:
        """Close it today, or on the day of its latest receipt, or on a day long before."""
        today = at.astimezone(LONDON).date()
        mine = [move for move in self.moves if move.case.casefold() == case.casefold() and move.kind == "flagged"]
        stated = [read_day(move.day) or move.at.date() for move in mine] + [
            move.at.astimezone(LONDON).date() for move in mine
        ]
        latest = max((day for day in stated if day <= today), default=today)
        day = self.dice.choice((today, today, latest, today.replace(year=2020, day=1))).isoformat()
        self.moves.append(Move(at=at, kind="closed", case=spelt.strip(), day=day))
        detail = {"case": spelt, "closed_on": day, "requested_by": "officer.1"}
        self.lines.append(own_event(at.isoformat(), "Complaint Closed", detail))

    def _release(self, at: datetime, case: str, turn: str, flagged: Sequence[str]) -> datetime:
        """Let one ask for the release of a case or some of its contacts, and another decide, or try to."""
        dice = self.dice
        named = tuple(dice.sample(flagged, k=dice.randint(1, len(flagged)))) if turn == "some" else ()
        # A request does not take the place of another that waits; the same once more is the same.
        named = self.waiting.get(case, named)
        self.waiting[case] = named
        fields: dict[str, Any] = {"contact_ids": list(named)} if named else {}
        self.moves.append(Move(at=at, kind="asked", case=case, contacts=named))
        self.lines.append(decide(at.isoformat(), "release-officer/ann", "release", case, "request", why="x", **fields))
        if turn == "between":
            at = _later(dice, at, 0, 2)
            self._flag(at, case)
        at = _later(dice, at, 0, dice.choice((1, 3)))
        if turn == "unanswered":
            return at
        by = "release-approver/A.nn" if turn == "forged" else "release-approver/ben"
        decision = "reject" if turn == "rejected" else "approve"
        kind = turn if turn in ("rejected", "forged") else "approved"
        if kind != "forged":
            del self.waiting[case]
        self.moves.append(Move(at=at, kind=kind, case=case, contacts=named))
        self.lines.append(decide(at.isoformat(), by, "release", case, decision, why="x"))
        return at


def _as_page(contact_id: str) -> str:
    """Return the address of a contact's page, as people copy it."""
    return f"https://barnet.my.connect.aws/contact-trace-records/details/{contact_id}"


def _later(dice: Random, at: datetime, least: int, most: int) -> datetime:
    """Return some days later in office hours, at least twenty minutes on."""
    later = (at + timedelta(days=dice.randint(least, most))).replace(
        hour=dice.randint(9, 17), minute=dice.randint(5, 55), second=dice.randint(0, 59), microsecond=0
    )
    return later if later > at + timedelta(minutes=20) else later + timedelta(days=1)
