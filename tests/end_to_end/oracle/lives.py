"""Lives of cases, made up from a seed, and the lines of a scenario that tell them.

Several lives share one world. Each has a contact and cases of its own, and what goes wrong in one must not show in
another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from tests.end_to_end.oracle.oracle import LONDON, Caller, Move, read_day
from tests.end_to_end.stories import Line, call, decide, own_event, recording_key, wait

BEGIN = datetime(2027, 1, 4, 9, tzinfo=UTC)
ODD_DAYS = (None, None, "", "01/02/2027", "2027-02-30", "27-2-1", "soon", "2031-01-01", "2099-12-31")
ODD_STAGES = (None, "later", "9", "")
FAULTS = (
    ("s3", "CopyObject", "SlowDown"),
    ("s3", "CopyObject", "InternalError"),
    ("s3", "PutObjectLegalHold", "ReadTimeout"),
    ("s3", "HeadObject", "SlowDown"),
    ("connect", "DescribeContact", "TooManyRequestsException"),
    ("connect", "ListContactEvaluations", "InternalServiceException"),
    ("sqs", "SendMessage", "ServiceUnavailable"),
    ("dynamodb", "PutItem", "ProvisionedThroughputExceededException"),
    ("dynamodb", "TransactWriteItems", "ReadTimeout"),
    ("sns", "Publish", "InternalError"),
)
SIGNALS = ("attributes", "form", "object_tags")
SAID = ("flagged", "escalated", "closed")
"""What is said to the hold queue, from which it comes again while a call fails."""


@dataclass(frozen=True)
class Life:
    """One contact, and all that happens to it."""

    caller: Caller
    moves: tuple[Move, ...]


@dataclass(frozen=True)
class World:
    """Some lives, the moments at which calls fail, and the end."""

    lives: tuple[Life, ...]
    faults: tuple[Line, ...]
    until: datetime

    def story(self) -> list[Line]:
        """Return the scenario's lines in the order of their moments."""
        lines = [line for life in self.lives for line in _told(life) if datetime.fromisoformat(line["at"]) < self.until]
        return [
            *sorted([*self.faults, *lines], key=lambda line: datetime.fromisoformat(line["at"])),
            wait(self.until.isoformat()),
        ]


def world(seed: int, lives: int, days: int) -> World:
    """Return a world of some lives that lasts some days."""
    dice = Random(seed)  # noqa: S311 (a seed makes the same lives every time)
    made = tuple(_life(dice, seed, number, days) for number in range(lives))
    end = BEGIN + timedelta(days=days)
    told = [move.at for life in made for move in life.moves if move.kind in SAID and move.at < end]
    faults = []
    for at in dice.sample(told, k=min(len(told), 4 + lives // 5)):
        service, operation, error = dice.choice(FAULTS)
        until = at + timedelta(minutes=dice.choice((1, 9, 40)))
        stated = {"service": service, "operation": operation, "error": error, "until": until.isoformat()}
        faults.append({"at": (at - timedelta(seconds=20)).isoformat(), "fault": stated})
    return World(made, tuple(faults), end)


def _life(dice: Random, seed: int, number: int, days: int) -> Life:
    id_ = str(UUID(int=dice.getrandbits(128), version=4))
    start = BEGIN + timedelta(days=dice.randint(0, 20), minutes=10 * dice.randint(0, 40))
    caller = Caller(id_, start if dice.random() < 0.95 else None)
    cases = [f"C-{seed}-{number}-a", f"C-{seed}-{number}-b"][: 1 + (dice.random() < 0.25)]
    moves = [move for case in cases for move in _Making(dice, caller, case, days, start).made()]
    return Life(caller, tuple(sorted(moves, key=lambda move: move.at)))


TURNS = (
    *("flag", "flag", "escalate", "close", "close", "release", "asked", "rejected", "forged", "tie"),
    *("between", "between", "again", "backdated"),
)


@dataclass
class _Making:
    """A case in the making: the flag that begins it, most often in the first half of the time, and up to six turns."""

    dice: Random
    caller: Caller
    case: str
    days: int
    at: datetime
    moves: list[Move] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    def made(self) -> list[Move]:
        """Return the case's moves."""
        dice, self.at = self.dice, self.at + timedelta(hours=1, minutes=self.dice.randint(0, 60))
        signals = ["event"] * 4 if self.caller.start is None else ["event"] * 3 + [*SIGNALS, "contact_tags"]
        signal = dice.choice(signals)
        if signal != "contact_tags":
            self.pass_days(1, min(dice.choice((3, 40, 130)), 1 + self.days // 2))
        if dice.random() < 0.05:
            early = dice.choice(("escalated", "closed"))
            self.moves.append(
                Move(at=self.at - timedelta(hours=2), kind=early, case=self.case, stage="2", day="2027-01-04")
            )
        self.flag(signal, self.case, first=True)
        for _ in range(dice.choice((0, 1, 2, 2, 3, 4, 6))):
            self.pass_days(0, dice.choice((1, 6, 30, 90, 300)))
            turn = dice.choice(TURNS)
            spelt = self.case.lower() if dice.random() < 0.3 else self.case
            self.turn(turn, spelt)
        return self.moves

    def pass_days(self, least: int, most: int) -> None:
        self.at = _later(self.dice, self.at, least, most)

    def flag(self, signal: str, spelt: str, *, first: bool = False) -> None:
        self.used.add(signal)
        self.moves.append(_flag(self.dice, self.caller, spelt, self.at, signal, first=first))

    def turn(self, turn: str, spelt: str) -> None:
        """Let one thing happen to the case, or a few that belong together."""
        match turn:
            case "flag":
                left = [one for one in SIGNALS if one not in self.used] if self.caller.start else []
                signal = self.dice.choice(["event"] * 3 + left)
                late = self.caller.start and self.at > self.caller.start + timedelta(days=150)
                self.flag("event" if late and signal == "object_tags" else signal, spelt)
            case "again":
                last = next(move for move in reversed(self.moves) if move.kind == "flagged")
                self.moves.append(replace(last, at=self.at, signal="event"))
            case "escalate":
                self.moves.append(_escalation(self.dice, spelt, self.at))
            case "backdated":
                days = timedelta(days=self.dice.randint(1, 4))
                self.moves.append(_escalation(self.dice, spelt, self.at - days, said=self.at))
            case "close":
                self.moves.append(_closing(self.dice, spelt, self.at, self.moves))
            case "tie":
                both = [_escalation(self.dice, spelt, self.at), _closing(self.dice, spelt, self.at, self.moves)]
                self.moves += self.dice.sample(both, k=2)
            case _:
                self.release(turn, spelt)

    def release(self, turn: str, spelt: str) -> None:
        """Let a release be asked for, and perhaps decided, with a flag or a further stage before that (between)."""
        dice = self.dice
        self.moves.append(Move(at=self.at, kind="asked", case=self.case))
        if turn == "between":
            self.pass_days(0, 3)
            flag = _flag(dice, self.caller, spelt, self.at, "event", first=False)
            self.moves.append(dice.choice((flag, _escalation(dice, spelt, self.at))))
        self.pass_days(0, dice.choice((1, 3)))
        if turn != "asked":
            kind = turn if turn in ("rejected", "forged") else "approved"
            self.moves.append(Move(at=self.at, kind=kind, case=self.case))
            self.at += timedelta(minutes=5) if dice.random() < 0.2 else timedelta(0)


def _later(dice: Random, at: datetime, least: int, most: int) -> datetime:
    """Return some days later, in office hours or shortly before midnight."""
    day = at + timedelta(days=dice.randint(least, most))
    hour = 23 if dice.random() < 0.1 else dice.randint(9, 17)
    later = day.replace(hour=hour, minute=dice.randint(10, 45), second=0)
    return later if later > at + timedelta(minutes=20) else later + timedelta(days=1)


def _flag(dice: Random, caller: Caller, case: str, at: datetime, signal: str, *, first: bool) -> Move:
    reasons = ("complaint",) * 4 + ("legal_claim", "threat_to_staff", "subject_access")
    reason = dice.choice(reasons) if signal == "event" else "complaint"
    stage = (
        dice.choice(("1", "1", "1", "2", "ombudsman", dice.choice(ODD_STAGES)))
        if reason == "complaint"
        else dice.choice((None, "1"))
    )
    today = at.astimezone(LONDON).date()
    days_ago = dice.choice((0, 1, 5, 30) if not first else (0, 2, 40, 300, 500, 520, 1100))
    day = (today - timedelta(days=days_ago)).isoformat() if dice.random() < 0.8 else dice.choice(ODD_DAYS)
    if signal == "object_tags":
        day, stage = day or None, stage or None
    return Move(
        at=at, kind="flagged", case=case, contacts=(caller.id,), signal=signal, reason=reason, stage=stage, day=day
    )


def _escalation(dice: Random, case: str, on: datetime, said: datetime | None = None) -> Move:
    day = on.astimezone(LONDON).date().isoformat()
    return Move(at=said or on, kind="escalated", case=case, stage=dice.choice(("2", "ombudsman")), day=day)


def _closing(dice: Random, case: str, at: datetime, so_far: Sequence[Move]) -> Move:
    """Return a closing of today, of a day after every receipt that was stated, or of one before all of them."""
    days = [read_day(move.day) or move.at.date() for move in so_far if move.kind == "flagged"]
    days += [move.at.astimezone(LONDON).date() for move in so_far if move.kind == "flagged"]
    today = at.astimezone(LONDON).date()
    known = min(max(day for day in days if day <= today), today)
    day = dice.choice((today, today, known, known + (today - known) // 2, known.replace(year=2019, day=1)))
    return Move(at=at, kind="closed", case=case, day=day.isoformat())


# -- As lines of a scenario ------------------------------------------------------------------------------------------


def _told(life: Life) -> list[Line]:
    lines: list[Line] = []
    if life.caller.start:
        lines += call(life.caller.id, life.caller.start.isoformat())
    for move in life.moves:
        lines += _signalled(life.caller, move) if move.kind == "flagged" else _said(move)
    return lines


def _said(move: Move) -> list[Line]:
    at = move.at.isoformat()
    match move.kind:
        case "escalated":
            detail = {"case": move.case, "stage": move.stage, "on": move.day}
            return [own_event(at, "Complaint Escalated", {**detail, "requested_by": "officer.1"})]
        case "closed":
            return [
                own_event(
                    at, "Complaint Closed", {"case": move.case, "closed_on": move.day, "requested_by": "officer.1"}
                )
            ]
        case "asked":
            return [decide(at, "release-officer/ann", "release", move.case, "request", why="withdrawn")]
        case "approved":
            return [decide(at, "release-approver/ben", "release", move.case, "approve", why="agreed")]
        case "rejected":
            return [decide(at, "release-approver/ben", "release", move.case, "reject", why="still needed")]
        case _:
            return [decide(at, "release-approver/A.nn", "release", move.case, "approve", why="agreed")]


def _signalled(caller: Caller, move: Move) -> list[Line]:
    """Return the lines of a flag, in the way it takes."""
    stated = {"reference": move.case, "received": move.day, "stage": move.stage}
    keys = {f"complaint_{name}": value for name, value in stated.items() if value is not None}
    match move.signal:
        case "event":
            detail: dict[str, Any] = {"case": move.case, "reason": move.reason, "contact_ids": list(move.contacts)}
            detail |= {
                name: value
                for name, value in {"stage": move.stage, "received_on": move.day}.items()
                if value is not None
            }
            return [own_event(move.at.isoformat(), "Complaint Logged", {**detail, "requested_by": "officer.1"})]
        case "attributes":
            assert caller.start
            record = {"ContactId": caller.id, "Channel": "VOICE", "InstanceARN": "{instance_arn}", "Attributes": keys}
            record |= {"InitiationTimestamp": caller.start.isoformat(), "LastUpdateTimestamp": move.at.isoformat()}
            return [_line(move.at, record=record)]
        case "object_tags":
            assert caller.start
            key = recording_key(caller.id, caller.start.isoformat())
            return [_line(move.at, tag_object={"store": "call_recording", "key": key, "tags": keys})]
        case "contact_tags":
            detail = {"eventType": "CONTACT_DATA_UPDATED", "contactId": caller.id, "channel": "VOICE", "tags": keys}
            event = {"source": "aws.connect", "detail-type": "Amazon Connect Contact Event", "detail": detail}
            return [_line(move.at, event=event)]
        case _:
            answers = {"reference": move.case, "received_on": move.day, "stage": move.stage}
            answers = {name: value for name, value in answers.items() if value is not None}
            form = {"EvaluationId": f"e-{move.case}", "Form": "Complaint", "Status": "SUBMITTED", "Answers": answers}
            matched = {"contactArn": f"{{instance_arn}}/contact/{caller.id}"}
            event = {"source": "aws.connect", "detail-type": "Contact Lens Evaluation Rules Matched", "detail": matched}
            return [_line(move.at, contact={"Id": caller.id, "Evaluations": [form]}), _line(move.at, event=event)]


def _line(at: datetime, **action: object) -> Line:
    return {"at": at.isoformat(), **action}
