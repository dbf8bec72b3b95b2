"""A machine of releases with an attacker, who has one single role, any spelling of one name, and says anything.

It never brings about what takes two people. Honest people go on deciding beside the attacker.
"""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from steward.decisions.book import agreements
from steward.decisions.people import CASE_SYSTEM, Person, StaffRole, are_two_people
from steward.decisions.subjects import Decision, Subject, rules
from tests.support.decision_fixture import APPROVER, OFFICER, DecisionFixture

ROLES = [*StaffRole, "platform-engineer", "", CASE_SYSTEM]
SPELLINGS = [
    "mallory",
    "Mallory",
    "m.allory",
    "MALLORY",
    "mal-lory@council.example",
    "mallory+2",
    "ma11ory",
    "m allory",
]


class OneRole(RuleBasedStateMachine):
    """The attacker has one role; the honest officer and approver are two other people."""

    def __init__(self) -> None:
        super().__init__()
        self.office = DecisionFixture()
        self.role = ""

    @initialize(role=st.sampled_from(ROLES))
    def takes_a_role(self, role: str) -> None:
        self.role = role

    @rule(
        name=st.sampled_from(SPELLINGS),
        decision=st.sampled_from([*Decision, "release", ""]),
        subject=st.sampled_from([Subject.RELEASE, Subject.CARD_DATA]),
        call_id=st.sampled_from(["", "call-1", "call-2"]),
    )
    def says_anything(self, name: str, decision: str, subject: Subject, call_id: str) -> None:
        self.office.call(Person(self.role, name), decision, why="because", subject=subject, call_id=call_id)

    @rule()
    def an_officer_asks(self) -> None:
        self.office.ask(by=OFFICER)

    @rule(decision=st.sampled_from(["approve", "reject"]))
    def an_approver_decides(self, decision: str) -> None:
        self.office.call(APPROVER, decision)

    @invariant()
    def what_is_ordered_was_agreed_on_by_two_people_in_two_roles(self) -> None:
        for subject, identifier in self.office.ordered:
            found = agreements(rules()[subject], self.office.of(subject, identifier))
            assert found
            for one in found:
                assert are_two_people(one.request.by.name, one.approval.by.name)
                assert one.request.by.role != one.approval.by.role

    @invariant()
    def no_agreement_is_the_attackers_alone(self) -> None:
        for subject in (Subject.RELEASE, Subject.CARD_DATA):
            for one in agreements(rules()[subject], self.office.of(subject, "C-1")):
                assert not {one.request.by.role, one.approval.by.role} <= {self.role}


TestOneRole = OneRole.TestCase
TestOneRole.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)
