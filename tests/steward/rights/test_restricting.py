"""Texts stop to a person whose data is restricted, or who objects, until they were told and it is lifted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from steward.decisions.people import StaffRole
from steward.decisions.subjects import Subject
from steward.failures import UnreadableRow
from steward.ids import ContactId
from steward.rights.adapters.work import SqsRightsWork
from steward.rights.clock.holidays import ENGLAND_AND_WALES
from steward.rights.disclosing.register import Disclosure, DisclosureId
from steward.rights.overview.lines import line
from steward.rights.requests import HandOver, RequestId, Right, SubjectRequest
from tests.support.rights.council import PHONE, PROMISE, Council

SAR = RequestId("SAR-1")
OFFICER = str(StaffRole.INFORMATION_OFFICER)
MINE = f"hash of {len(PHONE)}"
OTHER = "+4416329601"


def opened(right: Right = Right.RESTRICTION, *, settled: bool = True, identity: str = "confirmed") -> Council:
    council = Council()
    council.call_comes_in("hers", datetime(2026, 12, 5, 10, tzinfo=UTC))
    council.objects["intake/SAR-1.json"] = json.dumps([{"type": "phone", "value": PHONE}]).encode()
    council.written["intake/SAR-1.json"] = council.at
    received = {"right": right, "received_on": "2027-01-05", "channel": "letter", "identity": identity}
    assert council.tell("Subject Request Received", "e-1", intake_key="intake/SAR-1.json", **received) == ""
    if settled:
        council.settle()
    return council


def known(council: Council) -> SubjectRequest:
    found = council.find(SAR)
    assert found is not None
    return found.request


def stopped(council: Council) -> set[str]:
    return {number for number, requests in council.stopped.items() if requests}


def closed(council: Council, outcome: str = "answered") -> None:
    assert council.tell("Request Closed", f"e-closed-{outcome}", outcome=outcome) == ""
    council.settle()


@pytest.mark.parametrize("right", [Right.RESTRICTION, Right.OBJECTION])
def test_texts_stop_when_the_request_comes_also_before_anybody_knows_who_it_is(right: Right) -> None:
    council = opened(right, identity="needed")
    assert stopped(council) == {MINE}
    assert known(council).restricted == (MINE,)


@pytest.mark.parametrize("right", [Right.ACCESS, Right.ERASURE, Right.RECTIFICATION])
def test_other_requests_stop_no_texts(right: Right) -> None:
    council = opened(right)
    assert stopped(council) == set()
    assert "nothing to lift" in council.tell("Restriction Lifted", "e-2", told_on="2027-01-05")


def test_the_number_of_a_contact_that_is_confirmed_is_stopped_too_and_freed_when_it_turns_out_anothers() -> None:
    council = opened()
    council.objects["requests/SAR-1/records/hers.json"] = json.dumps(
        {"ContactId": "hers", "CustomerEndpoint": {"Address": OTHER}}
    ).encode()
    for number, (verdict, both) in enumerate((("confirmed", True), ("rejected", False))):
        council.decide(Subject.MATCH, OFFICER, "mary", "approve", f"c-{number}", contact_id="hers", verdict=verdict)
        council.settle()
        assert stopped(council) == {MINE, *([f"hash of {len(OTHER)}"] if both else [])}


def test_after_an_answer_the_restriction_stands_and_its_contacts_stay_held() -> None:
    council = opened()
    closed(council)
    assert stopped(council) == {MINE}
    assert "closed SAR-1" not in council.said
    for _ in range(300):
        council.at += timedelta(days=1)
        council.night()
        council.settle()
    assert stopped(council) == {MINE}, "also when the identifiers are gone"
    assert "intake/SAR-1.json" not in council.objects
    assert "requests/SAR-1/records/hers.json" in council.objects
    assert council.said.count("still restricted SAR-1") == 3
    step = line(known(council), PROMISE, ENGLAND_AND_WALES, council.at.date()).next
    assert step is not None
    assert step.what == "review the restriction"


def test_nothing_is_lifted_before_the_person_was_told() -> None:
    council = opened()
    assert council.tell("Restriction Lifted", "e-2", told_on="2027-01-05").endswith("close it first")
    closed(council)
    assert "told_on" in council.tell("Restriction Lifted", "e-3")
    assert "told_on" in council.tell("Restriction Lifted", "e-4", told_on="2027-01-06"), "nor on a day to come"
    assert "told_on" in council.tell("Restriction Lifted", "e-5", told_on="2027-01-04"), "nor before they asked"
    assert stopped(council) == {MINE}

    assert council.tell("Restriction Lifted", "e-6", told_on="2027-01-05") == ""
    council.settle()
    assert stopped(council) == set()
    assert known(council).restricted == ()
    assert "closed SAR-1" in council.said
    assert council.tell("Restriction Lifted", "e-7", told_on="2027-01-05") == "", "once more changes nothing"


def test_what_the_person_withdraws_ends_at_once() -> None:
    council = opened()
    closed(council, "withdrawn")
    assert stopped(council) == set()
    assert "closed SAR-1" in council.said


def test_an_objection_that_was_refused_is_lifted_only_after_the_person_was_told() -> None:
    council = opened(Right.OBJECTION)
    closed(council, "refused")
    assert stopped(council) == {MINE}
    council.tell("Restriction Lifted", "e-6", told_on="2027-01-05")
    council.settle()
    assert stopped(council) == set()


def test_the_stop_of_another_request_stays_when_one_is_lifted() -> None:
    council = opened()
    council.stop(next(iter(council.stopped)), RequestId("OBJ-9"))
    closed(council, "withdrawn")
    assert {number: set(one) for number, one in council.stopped.items()} == {MINE: {"OBJ-9"}}


@pytest.mark.parametrize("dies_after", range(1, 9))
def test_whoever_dies_between_two_calls_stops_the_texts_and_frees_them_all_the_same(dies_after: int) -> None:
    council = opened(settled=False)
    council.calls, council.dies_after = 0, dies_after
    council.settle()
    council.dies_after = None
    council.night()
    council.settle()
    assert stopped(council) == {MINE}
    closed(council)
    assert council.tell("Restriction Lifted", "e-6", told_on="2027-01-05") == ""
    council.calls, council.dies_after = 0, dies_after
    council.settle()
    council.dies_after = None
    council.night()
    council.settle()
    assert stopped(council) == set()
    assert known(council).restricted == ()


def test_what_is_lifted_while_texts_are_being_stopped_is_lifted() -> None:
    council = opened()
    closed(council)
    lifting = council.restricting

    class Meanwhile:
        def __init__(self) -> None:
            self.done = False

        def stop(self, number: object, request: RequestId) -> None:
            if not self.done:
                self.done = True
                assert council.tell("Restriction Lifted", "e-6", told_on="2027-01-05") == ""
            council.stop(number, request)  # type: ignore[arg-type]

        def free(self, number: object, request: RequestId) -> None:
            council.free(number, request)  # type: ignore[arg-type]

    replace(lifting, texts=Meanwhile()).settle(SAR)
    assert stopped(council) == set()


def test_an_intake_that_cannot_be_read_frees_nobody() -> None:
    council = opened()
    council.objects["intake/SAR-1.json"] = b"none"
    council.restricting.settle(SAR)
    assert stopped(council) == {MINE}


def test_holds_run_to_their_end_from_the_day_of_the_lifting(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = list[dict[str, object]]()
    monkeypatch.setattr(SqsRightsWork, "_send", lambda _self, _url, message: sent.append(message))
    council = opened()
    closed(council)
    SqsRightsWork().let_go(known(council))
    assert sent == []
    council.at += timedelta(days=10)
    assert council.tell("Restriction Lifted", "e-6", told_on="2027-01-14") == ""
    SqsRightsWork().let_go(known(council))
    [message] = sent
    assert message["detail"] == {"case": "SAR-1", "closed_on": "2027-01-15", "requested_by": "steward"}


def test_what_was_closed_while_nobody_knew_who_it_was_ends_by_itself() -> None:
    council = opened(identity="needed")
    closed(council, "refused")
    assert stopped(council) == set()


def test_a_number_that_was_confirmed_right_before_the_closing_is_stopped_all_the_same() -> None:
    council = opened()
    body = json.dumps({"ContactId": "hers", "CustomerEndpoint": {"Address": OTHER}}).encode()
    council.objects["requests/SAR-1/records/hers.json"] = body
    council.decide(Subject.MATCH, OFFICER, "mary", "approve", "c-1", contact_id="hers", verdict="confirmed")
    event = json.loads(next(body for kind, body in council.queue if kind == "event"))
    council.queue.clear()
    assert council.tell(event["kind"], event["id"], **event["detail"]) == ""
    assert council.tell("Request Closed", "e-closed", outcome="answered") == ""
    council.settle()
    assert stopped(council) == {MINE, f"hash of {len(OTHER)}"}


def test_one_that_is_closed_at_once_is_restricted_before_its_identifiers_go() -> None:
    council = opened(settled=False)
    council.queue.clear()
    assert council.tell("Request Closed", "e-closed", outcome="answered") == ""
    council.night()
    council.settle()
    assert stopped(council) == {MINE}


def test_what_came_before_steward_restricted_anything_stands_for_nothing() -> None:
    council = opened()
    assert not replace(known(council), restricts=False).restriction_stands


def test_what_one_call_stopped_after_another_freed_everything_is_freed_by_it() -> None:
    council = opened(settled=False)
    settle = council.restricting.settle
    assert council.tell("Request Closed", "e-closed", outcome="answered") == ""

    class Overtaken:
        done = False

        def stop(self, number: object, request: RequestId) -> None:
            if not self.done:
                self.done = True
                assert council.tell("Restriction Lifted", "e-6", told_on="2027-01-05") == ""
                settle(SAR)
            council.stop(number, request)  # type: ignore[arg-type]

        def free(self, number: object, request: RequestId) -> None:
            council.free(number, request)  # type: ignore[arg-type]

    replace(council.restricting, texts=Overtaken()).settle(SAR)
    assert stopped(council) == set()
    assert known(council).restricted == ()


@dataclass
class Recipients:
    """Who was given something of a contact, and what was asked to be told."""

    given: dict[str, tuple[str, bool]]
    """A disclosure of each contact, and whether anything of it was handed over."""
    unreadable: set[str] = field(default_factory=set)
    said: list[object] = field(default_factory=list)

    def about(self, contact_id: ContactId) -> tuple[Disclosure, ...]:
        if contact_id in self.unreadable:
            raise UnreadableRow("a row of kind Disclosure cannot be read")
        name, handed_over = self.given.get(contact_id, ("", False))
        over = (HandOver(route="letter", on=date(2026, 12, 20)),)
        one = Disclosure(
            id=DisclosureId(name),
            kind="police",
            contact_ids=(contact_id,),
            asked_at=datetime(2026, 12, 19, tzinfo=UTC),
            hand_overs=over if handed_over else (),
        )
        return (one,) if name else ()

    def state(self, detail_type: str, facts: Mapping[str, object]) -> None:
        assert detail_type == "Recipients To Tell"
        assert facts["request"] == "SAR-1"
        self.said.append(facts["disclosures"])


def confirmed(right: Right, *contacts: str) -> Council:
    council = Council()
    for number, one in enumerate(contacts):
        council.call_comes_in(one, datetime(2026, 12, 5, 10 + number, tzinfo=UTC))
    council.objects["intake/SAR-1.json"] = json.dumps([{"type": "phone", "value": PHONE}]).encode()
    council.written["intake/SAR-1.json"] = council.at
    received = {"right": right, "received_on": "2027-01-05", "channel": "letter", "identity": "confirmed"}
    assert council.tell("Subject Request Received", "e-1", intake_key="intake/SAR-1.json", **received) == ""
    council.settle()
    for number, one in enumerate(contacts):
        council.decide(Subject.MATCH, OFFICER, "mary", "approve", f"c-{number}", contact_id=one, verdict="confirmed")
    council.settle()
    return council


@pytest.mark.parametrize("right", [Right.RESTRICTION, Right.OBJECTION])
def test_whoever_was_given_something_of_the_person_is_told_of_the_restriction_once(right: Right) -> None:
    council = confirmed(right, "hers", "other", "asked-for")
    they = Recipients(
        {"hers": ("D-1", True), "other": ("D-2", True), "asked-for": ("D-3", False), "his": ("D-4", True)}
    )
    restricting = replace(council.restricting, disclosed=they, told=they)
    restricting.settle(SAR)
    assert they.said == [["D-1", "D-2"]]
    restricting.settle(SAR)
    assert len(they.said) == 1
    they.given["asked-for"] = ("D-3", True)
    restricting.settle(SAR)
    assert they.said[1:] == [["D-3"]]


def test_recipients_whose_disclosure_cannot_be_read_are_told_later_and_stop_nobody_from_being_told() -> None:
    council = confirmed(Right.RESTRICTION, "hers", "other")
    they = Recipients({"hers": ("D-1", True), "other": ("D-2", True)}, unreadable={"hers"})
    restricting = replace(council.restricting, disclosed=they, told=they)
    with pytest.raises(UnreadableRow):
        restricting.settle(SAR)
    assert they.said == [["D-2"]]
    assert stopped(council) == {MINE}
    they.unreadable.clear()
    restricting.settle(SAR)
    assert they.said == [["D-2"], ["D-1"]]


def test_nobody_is_told_of_a_restriction_that_was_withdrawn_or_of_a_request_that_restricts_nothing() -> None:
    for council in (confirmed(Right.RESTRICTION, "hers"), confirmed(Right.ACCESS, "hers")):
        closed(council, "withdrawn")
        they = Recipients({"hers": ("D-1", True)})
        replace(council.restricting, disclosed=they, told=they).settle(SAR)
        assert they.said == []
