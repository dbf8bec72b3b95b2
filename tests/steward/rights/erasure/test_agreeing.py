"""What two people agreed on: exactly this plan, by somebody who had no part in it, and with a ground for what stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from steward.decisions.book import Outcome, Row
from steward.decisions.people import Person
from steward.holds.requests import BadRequest
from steward.ids import ContactId
from steward.rights.commands import refusals_of
from steward.rights.erasure.artefacts import (
    Artefact,
    ArtefactStatus,
    Erased,
    Erasure,
    Order,
    naming_nothing,
    planned,
)
from steward.rights.erasure.running import approval, stopped
from steward.rights.erasure.tombstones import tombstone_ends
from steward.rights.requests import Refusal, RequestId

AT = datetime(2027, 1, 5, 9, tzinfo=UTC)
CONTACT = ContactId("c-1")
RECORDING = Artefact(store="call_recording", key="a/c-1.wav", contact_id=CONTACT)
PLAN = Erasure(
    request=RequestId("ERA-1"),
    planned_at=AT,
    contacts=(Erased(contact_id=CONTACT, month="2026-12"),),
    artefacts=(RECORDING,),
    prepared_by=("olive", "mary"),
)


def row(**changed: object) -> Row:
    stated: dict[str, object] = {
        "subject": "erasure",
        "id": "ERA-1",
        "number": 1,
        "call_id": "x",
        "at": AT,
        "by": Person(role="rights-approver", name="rob"),
        "decision": "approve",
        "outcome": Outcome.DECIDED,
        "items": (PLAN.plan_sha256,),
    }
    return Row(**{**stated, **changed})  # type: ignore[arg-type]


def asked(name: str) -> Row:
    return row(decision="request", outcome=Outcome.ASKED, by=Person(role="information-officer", name=name), items=())


def test_a_reject_after_the_approval_stops_the_order_until_somebody_agrees_anew() -> None:
    order = Order(request=PLAN.request, plan_sha256="", approved_by="rob", approved_at=AT, contacts=())
    reject = row(number=2, decision="reject", at=AT + timedelta(minutes=5))
    assert not stopped([row()], order)
    assert stopped([row(), reject], order)
    assert stopped([row(), reject, row(number=3, at=AT + timedelta(hours=1))], order)
    assert not stopped([row(), reject], replace(order, approved_at=AT + timedelta(hours=1)))


def test_an_approval_of_that_plan_by_somebody_else_is_one() -> None:
    assert approval([row()], PLAN) == row()
    assert approval([asked("mary"), row(number=2)], PLAN) == row(number=2)


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [row(outcome=Outcome.REFUSED)],
        [row(by=Person(role="information-officer", name="rob"))],
        [row(by=Person(role="rights-approver", name="Mary"))],
        [row(items=("0" * 64,))],
        [row(items=())],
        [row(), row(number=2, decision="reject")],
        [asked("Rob"), row(number=2)],
        [row(subject="erasure_scope", by=Person(role="information-officer", name="rob")), row()],
    ],
    ids=[
        "none",
        "refused",
        "another role",
        "who matched",
        "another plan",
        "no plan",
        "rejected since",
        "who asked",
        "who proposed a scope",
    ],
)
def test_anything_else_is_none(rows: list[Row]) -> None:
    assert approval(rows, PLAN) is None


@pytest.mark.parametrize(
    "changed",
    [
        replace(RECORDING, status=ArtefactStatus.REFUSED, ground="legal_claims"),
        replace(RECORDING, status=ArtefactStatus.DEFERRED, ground="hold", until=date(2028, 7, 4)),
        replace(RECORDING, key="b/c-1.wav"),
    ],
)
def test_a_plan_that_says_something_else_is_another_plan(changed: Artefact) -> None:
    assert replace(PLAN, artefacts=(changed,)).plan_sha256 != PLAN.plan_sha256
    assert replace(PLAN, version=9, planned_at=AT.replace(day=6)).plan_sha256 == PLAN.plan_sha256


@pytest.mark.parametrize("named", ["a/c-1.wav", "call_recording/a/c-1.wav", "c-1"])
def test_what_somebody_decides_to_keep_stays_with_its_ground(named: str) -> None:
    [kept] = planned([RECORDING], [Refusal(artefact=named, ground="legal_claims")])
    assert (kept.status, kept.ground) == (ArtefactStatus.REFUSED, "legal_claims")
    assert naming_nothing([Refusal(artefact="another", ground="legal_claims")], [RECORDING])


def test_whoever_keeps_what_connect_has_of_a_contact_keeps_every_part_of_it() -> None:
    whole = Artefact(store="connect", key=CONTACT, contact_id=CONTACT)
    part = replace(whole, key=f"{CONTACT}/EmailSubject")
    [found] = planned([part], [Refusal(artefact=f"connect/{CONTACT}", ground="legal_claims")])
    assert (found.status, found.ground) == (ArtefactStatus.REFUSED, "legal_claims")
    # So does what was agreed before the parts had places of their own.
    order = Order(
        request=PLAN.request,
        plan_sha256="",
        approved_by="rob",
        approved_at=AT,
        contacts=(),
        refused=(whole.place,),
    )
    assert order.keeps(part)
    assert not order.keeps(RECORDING)


def test_artefacts_are_all_or_a_list_with_a_ground_for_each_refusal() -> None:
    assert refusals_of("all") == ()
    listed = [{"key": "a"}, {"key": "b", "store": "email_message", "ground": "legal_claims"}]
    assert refusals_of(listed) == (Refusal(artefact="email_message/b", ground="legal_claims"),)


@pytest.mark.parametrize("wrong", ["some", [], [{}], [{"key": "a", "decision": "refuse"}], ["a"], [{"key": "a\tb"}], 7])
def test_what_says_nothing_clear_is_refused(wrong: object) -> None:
    with pytest.raises(BadRequest, match="artefacts"):
        refusals_of(wrong)


@pytest.mark.parametrize("month", ["2026-12", "errors"])
def test_a_contact_stays_gone_for_longer_than_anything_that_could_bring_it_back(month: str) -> None:
    contact = Erased(contact_id=CONTACT, month=month)
    order = Order(request=PLAN.request, plan_sha256="", approved_by="rob", approved_at=AT, contacts=(contact,))
    period = timedelta(days=731 + 65)
    assert tombstone_ends(order, contact, period) >= datetime(2026, 12, 31, tzinfo=UTC) + period
