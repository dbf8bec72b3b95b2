"""The hold queue's dispatcher with what it uses: placing that only notes, Connect with evaluations, tagged objects."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from steward.holds.contacts import Evaluation
from steward.holds.placing import Placing
from steward.holds.requests import BadRequest, Closure, Escalation, HoldRequest
from steward.holds.signals.dispatch import Dispatcher
from steward.holds.signals.throttling import Throttle
from steward.holds.telling.gathering import Gathering
from steward.ids import CaseRef, ContactId
from tests.support.hold_fixture import HoldFixture
from tests.support.hold_ports import FakeContacts
from tests.support.hold_stores import FakeSources

INSTANCE = "arn:aws:connect:eu-west-2:111122223333:instance/8c1b4f1e-2d3a-4b5c-9d6e-7f8091a2b3c4"
OTHER = "arn:aws:connect:eu-west-2:111122223333:instance/ffffffff-2d3a-4b5c-9d6e-7f8091a2b3c4"
TIME = "2027-05-04T08:00:00+01:00"
AT = datetime(2027, 5, 4, 7, 0, tzinfo=UTC)
UUID = "005d99c3-06d2-4d91-9b69-e6266d5ca164"
KEY = f"CallRecordings/2027/01/12/{UUID}_20270112T10:00_UTC.wav"
KEYS = {"complaint_reference": "C-1", "complaint_received": "2027-05-03", "complaint_stage": "2"}


@dataclass(frozen=True, kw_only=True)
class NotedPlacing(Placing):
    """Notes what it is asked to do, and refuses it where a test says so."""

    acts: list[tuple[object, ...]] = field(default_factory=list)
    refusals: list[BadRequest] = field(default_factory=list)

    def place(self, request: HoldRequest) -> None:
        self._note("place", request)

    def hold(self, case_ref: CaseRef, contact_id: ContactId, signal: str, flagged_at: datetime | None = None) -> None:
        self._note("hold", case_ref, contact_id, signal, flagged_at)

    def escalate(self, escalation: Escalation) -> None:
        self._note("escalate", escalation)

    def close(self, closure: Closure) -> None:
        self._note("close", closure)

    def apply(self, case_ref: CaseRef, contact_id: ContactId) -> None:
        self._note("apply", case_ref, contact_id)

    def reinspect(self, contact_id: ContactId, *, routine: bool = False) -> None:
        self._note("routine" if routine else "reinspect", contact_id)

    def recheck(self, contact_id: ContactId, attempt: int) -> None:
        self._note("recheck", contact_id, attempt)

    def _note(self, *act: object) -> None:
        if self.refusals:
            raise self.refusals[0]
        self.acts.append(act)


class NotedGathering(Gathering):
    """Notes of which case it is to tell."""

    def __init__(self, placing: NotedPlacing) -> None:
        object.__setattr__(self, "placing", placing)

    def tell(self, case: CaseRef) -> None:
        vars(self)["placing"].acts.append(("tell", case))


@dataclass
class FormContacts(FakeContacts):
    """Connect with evaluations: those of a contact come without their answers."""

    forms: tuple[Evaluation, ...] = ()

    def evaluations(self, contact_id: ContactId) -> tuple[Evaluation, ...]:
        assert contact_id == UUID
        return tuple(
            Evaluation(
                evaluation_id=one.evaluation_id,
                form=one.form,
                submitted=one.submitted,
                modified_at=one.modified_at,
                evaluator=one.evaluator,
            )
            for one in self.forms
        )

    def answers(self, evaluation_id: str) -> Evaluation:
        return next(one for one in self.forms if one.evaluation_id == evaluation_id)


@dataclass
class TaggedSources(FakeSources):
    """A store with tags, by bucket, key and version id."""

    tagged: dict[tuple[str, str, str], dict[str, str]] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    """What whoever wrote the objects said of them."""

    def metadata(self, bucket: str, key: str, version_id: str) -> dict[str, str] | None:
        assert (bucket, key, version_id) in self.tagged
        return self.said

    def tags(self, bucket: str, key: str, version_id: str) -> dict[str, str] | None:
        return self.tagged.get((bucket, key, version_id))


@dataclass
class CountedHours:
    """What was counted, by source and hour."""

    counted: dict[tuple[str, datetime], set[str]] = field(default_factory=dict)

    def takes(self, source: str, hour: datetime, one: str, limit: int) -> bool:
        found = self.counted.setdefault((source, hour), set())
        if one not in found and len(found) >= limit:
            return False
        found.add(one)
        return True


class PlainSeal:
    """Signs with the message itself, so that a test sees what is signed."""

    def make(self, message: bytes) -> str:
        return f"signed {message.decode()}"

    def fits(self, message: bytes, signature: str) -> bool:
        return signature == self.make(message)


@dataclass
class DispatchFixture:
    """A dispatcher with what it uses."""

    world: HoldFixture
    placing: NotedPlacing
    contacts: FormContacts
    sources: TaggedSources
    hours: CountedHours = field(default_factory=CountedHours)
    seal: PlainSeal = field(default_factory=PlainSeal)
    limit: int = 200

    def handle(self, message: object) -> list[tuple[object, ...]]:
        dispatcher = Dispatcher(
            instance_arn=INSTANCE,
            clock=self.world,
            contacts=self.contacts,
            sources=self.sources,
            placing=self.placing,
            gathering=NotedGathering(self.placing),
            throttle=Throttle(clock=self.world, hours=self.hours, limit=self.limit),
            seal=self.seal,
        )
        body = message if isinstance(message, str) else json.dumps(message)
        dispatcher.handle(body)
        return self.placing.acts


def event(source: str, kind: str, detail: object, time: str = TIME) -> dict[str, Any]:
    return {"source": source, "detail-type": kind, "time": time, "detail": detail}


def complaints(kind: str, **detail: object) -> dict[str, Any]:
    return event("steward.complaints", kind, detail)


def attributes(**values: str) -> dict[str, str]:
    """A flag among the attributes of a contact record, as ``relay_flags`` passes it on."""
    keys = {"reference": "C-1", "received": "2027-05-03", "stage": "2"}
    return {"steward": "flag"} | keys | values


def form(number: int, name: str = " complaint ", *, submitted: bool = True, **answers: str) -> Evaluation:
    given = {"reference": "C-1", "received_on": "2027-05-03", "stage": "2"} | answers
    return Evaluation(
        evaluation_id=f"e{number}",
        form=name,
        submitted=submitted,
        modified_at=AT,
        evaluator="user-1",
        answers=tuple(given.items()),
    )
