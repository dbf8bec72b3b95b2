"""Lives of requests for access: whatever happens, in whatever order, twice, and with deaths, what is promised holds.

The invariants are numbered as in the design of rights: I3 what is in a package, I4 what is handed over, I5 dates, I6
what was found stays, I9 owner and next day, I10 files and digests, I11 repeats, I12
nothing personal outside, I14 grounds, I15 counts.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from steward.clock import london_date
from steward.decisions.people import StaffRole
from steward.decisions.subjects import Subject
from steward.ids import ContactId
from steward.rights.adapters.records import record_key
from steward.rights.clock.deadlines import Deadlines
from steward.rights.clock.holidays import ENGLAND_AND_WALES
from steward.rights.overview.lines import line
from steward.rights.requests import ItemVerdict, RequestId, Status, SubjectRequest, Verdict
from tests.support.rights.council import PLANTED, PROMISE, Council
from tests.support.rights.memory import DiedError

SAR = RequestId("SAR-1")
OFFICER, APPROVER = str(StaffRole.INFORMATION_OFFICER), str(StaffRole.RIGHTS_APPROVER)
OTHER = "+441632960999"
FROM_THE_PERSON = ("Identity Asked", "Identity Confirmed", "Clarification Asked", "Clarification Answered")
PEOPLE = st.sampled_from(["olive", "mary", "rob", "zoe"])


def opened() -> Council:
    """Return a council with two calls of the person, one of a stranger from the same number, and one of nobody."""
    council = Council()
    council.call_comes_in("hers", datetime(2026, 12, 5, 10, tzinfo=UTC), files=("hers.pdf", "hers.txt"))
    council.call_comes_in("his", datetime(2026, 12, 6, 10, tzinfo=UTC), files=("his.pdf",))
    council.call_comes_in("old", datetime(2025, 6, 5, 10, tzinfo=UTC))
    council.call_comes_in("nobody", datetime(2026, 12, 7, 10, tzinfo=UTC), OTHER)
    return council


def request_of(council: Council) -> SubjectRequest:
    known = council.find(SAR)
    assert known is not None
    return known.request


def whole_life(council: Council) -> None:
    """Let a request run from its receipt to its closing; what a death left undone is said or asked once more."""
    _again(council, council.ask)
    council.settle()
    for contact, verdict in (("hers", "confirmed"), ("old", "confirmed"), ("his", "rejected")):
        _decide(council, Subject.MATCH, OFFICER, "mary", contact_id=contact, verdict=verdict)
    for file, verdict in (("hers.pdf", "whole"), ("hers.txt", "withheld")):
        ground = {"ground": "another_person"} if verdict == "withheld" else {}
        _decide(council, Subject.ITEM, OFFICER, "rob", file=file, verdict=verdict, **ground)
    council.at += timedelta(days=1)
    _again(council, council.night)
    council.settle()
    package = request_of(council).package
    assert package is not None
    _decide(council, Subject.PACKAGE, APPROVER, "zoe", manifest_sha256=package.manifest_sha256)
    _again(council, lambda: council.link("again"))
    _again(council, lambda: council.tell("Package Handed Over", "e-over", route="portal"))
    council.at += timedelta(days=1)
    _again(council, lambda: council.tell("Request Closed", "e-closed", outcome="answered_in_part"))


def _again(council: Council, act: Any) -> None:  # noqa: ANN401 - whatever is done
    try:
        act()
    except DiedError:
        act()
    council.settle()


def _decide(council: Council, subject: Subject, role: str, name: str, **fields: object) -> None:
    call_id = f"{subject}-{sorted(fields.items())}"
    _again(council, lambda: council.decide(subject, role, name, "approve", call_id, **fields))


def outcome(council: Council) -> tuple[object, ...]:
    """Return what must not depend on a death: the request but for its counters, the holds, and what is kept."""
    request = request_of(council)
    matches = [(one.contact_id, one.verdict, one.by) for one in request.matches]
    items = [(one.file, one.verdict, one.by) for one in request.items]
    package = request.package.manifest_sha256 if request.package else ""
    kept = sorted(one for one in (*council.objects, *council.packages))
    return request.status, matches, items, package, request.closing, len(request.hand_overs), council.holds, kept


def test_a_death_after_any_change_leaves_the_same_in_the_end() -> None:
    undisturbed = opened()
    whole_life(undisturbed)
    expected = outcome(undisturbed)
    assert expected[0] is Status.CLOSED
    for number in count(1):
        council = opened()
        council.dies_after = number
        whole_life(council)
        if council.dies_after is not None:
            assert number > 30
            return
        assert outcome(council) == expected, f"died after change {number}"


def test_messages_that_come_twice_change_nothing() -> None:
    once, twice = opened(), opened()
    for council, repeated in ((once, False), (twice, True)):
        council.ask()
        council.settle(twice=repeated)
    assert outcome(once) == outcome(twice)


class Lives(RuleBasedStateMachine):
    """One request among calls, verdicts, nights, disposals and mistakes."""

    @initialize()
    def begin(self) -> None:
        self.council = opened()
        self.numbers = count(1)
        self.due: list[tuple[Deadlines, tuple[object, ...]]] = []
        assert self.council.ask() == ""
        assert self.council.ask() == ""
        self.council.settle()
        self.found = {one.contact_id for one in self.request.matches}

    @property
    def request(self) -> SubjectRequest:
        return request_of(self.council)

    @property
    def today(self) -> date:
        return london_date(self.council.at)

    @rule(contact=st.sampled_from(["hers", "his", "old", "nobody"]), good=st.booleans(), who=PEOPLE)
    def match(self, contact: str, good: bool, who: str) -> None:  # noqa: FBT001 - drawn
        verdict = "confirmed" if good else "rejected"
        fields = {"contact_id": contact, "verdict": verdict}
        said = self.council.decide(Subject.MATCH, OFFICER, who, "approve", f"c-{next(self.numbers)}", **fields)
        known = self.request.match(ContactId(contact)) is not None
        assert (said == "decided") == (known and self.request.open)
        self.council.settle()

    @rule(
        file=st.sampled_from(["hers.pdf", "hers.txt", "his.pdf", "none.pdf"]),
        verdict=st.sampled_from(["whole", "withheld", "transcript_only"]),
        ground=st.sampled_from(["", "another_person"]),
        who=PEOPLE,
    )
    def review(self, file: str, verdict: str, ground: str, who: str) -> None:
        fields = {"file": file, "verdict": verdict, **({"ground": ground} if ground else {})}
        said = self.council.decide(Subject.ITEM, OFFICER, who, "approve", f"c-{next(self.numbers)}", **fields)
        assert said != "decided" or verdict == "whole" or ground
        self.council.settle()

    @precondition(lambda self: self.request.open)
    @rule(how=st.sampled_from(["whole", "withheld"]))
    def everything_is_decided(self, how: str) -> None:
        for contact in sorted(self.request.matches, key=lambda one: one.contact_id):
            self.match(contact.contact_id, good=contact.contact_id != "his", who="mary")
        for file in ("hers.pdf", "hers.txt", "his.pdf"):
            self.review(file, how, "another_person", "rob")

    @rule(who=PEOPLE, stale=st.sampled_from([False, False, True]))
    def approve(self, who: str, stale: bool) -> None:  # noqa: FBT001 - drawn
        package = self.request.package
        digest = package.manifest_sha256 if package and not stale else "0" * 64
        fields = {"manifest_sha256": digest}
        said = self.council.decide(Subject.PACKAGE, APPROVER, who, "approve", f"c-{next(self.numbers)}", **fields)
        if said == "decided":
            assert who not in self.request.prepared_by
        self.council.settle()

    @rule(why=st.sampled_from(["", "it ran out"]))
    def take(self, why: str) -> None:
        before = self.request
        answer = self.council.link(why)
        if answer.status == "given":
            assert before.package is not None
            assert before.package.approved_at is not None
            assert before.open
            assert not before.identity.outstanding
            assert not before.undecided

    @rule(
        kind=st.sampled_from(["Identity Asked", "Identity Confirmed", "Clarification Asked", "Clarification Answered"])
    )
    def person(self, kind: str) -> None:
        self.council.tell(kind, f"e-{next(self.numbers)}", on=self.today.isoformat())
        self.council.settle()

    @rule()
    def question_never_shortens(self) -> None:
        before = self.request.deadlines(PROMISE, ENGLAND_AND_WALES, self.today)
        self.council.tell("Clarification Asked", f"e-{next(self.numbers)}", on=self.today.isoformat())
        after = self.request.deadlines(PROMISE, ENGLAND_AND_WALES, self.today)
        if before and after:
            assert after.due_on >= before.due_on

    @rule()
    def extend(self) -> None:
        self.council.tell(
            "Request Extended", f"e-{next(self.numbers)}", told_on=self.today.isoformat(), reason="number"
        )

    @precondition(lambda self: self.request.open)
    @rule(days=st.integers(min_value=1, max_value=4))
    def nights(self, days: int) -> None:
        for _ in range(days):
            self.council.at += timedelta(days=1)
            self.council.night()
            self.council.settle()

    @rule()
    def another_record_comes(self) -> None:
        number = next(self.numbers)
        self.council.call_comes_in(f"late-{number}", self.council.at - timedelta(days=40))

    @rule()
    def the_shared_objects_go(self) -> None:
        self.council.exported.clear()

    @rule(dies=st.integers(min_value=1, max_value=12))
    def a_death_is_near(self, dies: int) -> None:
        self.council.calls, self.council.dies_after = 0, dies
        try:
            self.council.night()
        except DiedError:
            self.council.night()
        self.council.settle()
        self.council.dies_after = None

    @rule(outcome=st.sampled_from(["answered", "refused", "withdrawn"]), really=st.integers(0, 9))
    def close(self, outcome: str, really: int) -> None:
        if really == 0:
            self.council.tell("Request Closed", f"e-{next(self.numbers)}", outcome=outcome, on=self.today.isoformat())
            self.council.settle()

    @invariant()
    def i3_a_package_has_the_files_of_confirmed_contacts_with_a_verdict(self) -> None:
        package = self.request.package
        if package is None or package.gone:
            return
        names = {one.rpartition("/")[2] for one in (entry.name for entry in self.council.packages[package.key])}
        confirmed = {one.contact_id for one in self.request.confirmed}
        released = {item.file for item in self.request.items if item.verdict is ItemVerdict.WHOLE}
        for contact, files in self.council.files.items():
            for file in files:
                # An approved package stands as it was approved; any later verdict takes it away.
                assert (file in names) == (contact in confirmed and file in released), file

    @invariant()
    def i5_due_is_the_earlier_date_and_follows_from_facts(self) -> None:
        found = self.request.deadlines(PROMISE, ENGLAND_AND_WALES, self.today)
        if found is not None:
            assert found.act_by <= found.due_on <= min(found.law_on, found.promised_on)

    @invariant()
    def i6_what_was_found_stays_while_the_request_is_open(self) -> None:
        if self.request.open:
            for one in self.request.matches:
                assert record_key(SAR, one.contact_id) in self.council.objects
                if one.held and one.verdict is not Verdict.REJECTED:
                    assert self.council.holds[one.contact_id]

    @invariant()
    def a_strangers_contact_is_not_held(self) -> None:
        for one in self.request.matches:
            if one.verdict is Verdict.REJECTED:
                assert not self.council.holds.get(one.contact_id)

    @invariant()
    def i9_every_open_request_has_an_owner_and_a_next_day(self) -> None:
        shown = line(self.request, PROMISE, ENGLAND_AND_WALES, self.today)
        assert (shown.next is None) == (not self.request.open)
        if shown.next:
            assert shown.next.owner
            assert shown.next.what

    @invariant()
    def i10_each_file_that_goes_out_stands_once_in_the_register_with_its_digest(self) -> None:
        package = self.request.package
        if package is None or package.gone:
            return
        stands = [(one.name, one.sha256) for one in package.files]
        archived = [(one.name, sha256(one.content).hexdigest()) for one in self.council.packages[package.key]]
        assert len(stands) == len({name for name, _ in stands})
        assert sorted(stands) == sorted(archived)

    @invariant()
    def i12_nothing_personal_is_said_outside(self) -> None:
        said = "\n".join(self.council.said) + json.dumps([*self.council.packages, *self.council.objects])
        assert not any(secret in said for secret in PLANTED)

    @invariant()
    def i14_what_is_withheld_has_a_ground(self) -> None:
        assert all(item.ground for item in self.request.items if item.verdict is not ItemVerdict.WHOLE)

    @invariant()
    def i15_the_counts_add_up(self) -> None:
        verdicts = [one.verdict for one in self.request.matches]
        assert len(verdicts) == sum(verdicts.count(one) for one in Verdict)
        assert {one.contact_id for one in self.request.matches} >= self.found


Lives.TestCase.settings = settings(
    max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestLives = Lives.TestCase


@pytest.mark.prove
def test_five_hundred_lives() -> None:
    from hypothesis.stateful import run_state_machine_as_test  # noqa: PLC0415 - of this proof alone

    run_state_machine_as_test(
        Lives,
        settings=settings(
            max_examples=500, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
        ),
    )
