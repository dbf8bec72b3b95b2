"""Many at once are one mail: gathered by case, sent when nothing more comes up, and never lost on the way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.failures import Unavailable
from steward.holds.inspecting.inspection import FIRST_LOOK
from steward.holds.register import ContactHolds, Hold, HoldStatus, MissingArtefact
from steward.holds.requests import Doubt
from steward.holds.telling import sayings
from steward.holds.telling.gathering import AGAIN, BUSY, FORGOTTEN, LONGEST_WAIT, QUIET, Gathering
from steward.holds.telling.sayings import LONGEST, MOST_NAMED, Mail, Saying
from steward.ids import CaseRef, ContactId, RecordClass
from steward.policy.holds import HoldReason, Stage
from steward.told import Told

START = datetime(2027, 5, 4, 9, 0, tzinfo=UTC)
CASE = CaseRef("C-1")
DOUBT = Doubt(field="received_on", problem="was not given")
T = TypeVar("T")


def hold(contact: str, status: HoldStatus = HoldStatus.NOTHING_HELD, why: str = "Connect does not know it") -> Hold:
    missing = MissingArtefact(record_class=RecordClass.CONTACT_RECORD, source_key="", why=why)
    return Hold(
        case=CASE,
        contact_id=ContactId(contact),
        reason=HoldReason.COMPLAINT,
        stage=Stage.ONE,
        received_on=START.date(),
        received_on_assumed=False,
        hold_until=START + timedelta(days=500),
        open_ended=False,
        requested_by="officer.1",
        signal="case_event",
        placed_at=START,
        policy_version="1",
        status=status,
        missing=() if status is HoldStatus.HELD else (missing,),
        again_after="released on 2027-03-01",
    )


@dataclass
class Office:
    """The outbox, the queue and the team in memory; the call of that number fails, before or after its effect."""

    moment: datetime = START
    rows: dict[tuple[object, ...], Saying] = field(default_factory=dict)
    arranged: dict[CaseRef, datetime] = field(default_factory=dict)
    looks: list[tuple[CaseRef, datetime]] = field(default_factory=list)
    mails: list[Mail] = field(default_factory=list)
    marks: set[str] = field(default_factory=set)
    others: int = 0
    calls: int = 0
    fails_at: int = 0
    after_effect: bool = False

    def call(self, effect: Callable[[], T]) -> T:
        self.calls += 1
        if self.calls == self.fails_at and not self.after_effect:
            raise Unavailable("aws", "ServiceUnavailable")
        answer = effect()
        if self.calls == self.fails_at:
            raise Unavailable("aws", "RequestTimeout")
        return answer

    def now(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        raise NotImplementedError

    def add(self, saying: Saying) -> None:
        self.call(lambda: self.rows.update({_key(saying): saying}))

    def of(self, case: CaseRef) -> tuple[Saying, ...]:
        return self.call(lambda: tuple(one for one in self.rows.values() if one.case == case))

    def remove(self, told: Sequence[Saying]) -> None:
        self.call(lambda: [self.rows.pop(_key(one), None) for one in told])

    def arranged_at(self, case: CaseRef) -> datetime | None:
        return self.call(lambda: self.arranged.get(case))

    def note_arranged(self, case: CaseRef, at: datetime) -> None:
        self.call(lambda: self.arranged.update({case: at}))

    def note_begun(self, case: CaseRef) -> None:
        self.call(lambda: self.arranged.pop(case, None))

    def tell(self, case: CaseRef, after: timedelta) -> None:
        assert after <= timedelta(minutes=15), "SQS delays no longer"
        self.call(lambda: self.looks.append((case, self.moment + after)))

    def waiting(self) -> int:
        return self.call(lambda: self.others)

    def mail(self, mail: Mail) -> None:
        self.call(lambda: self.mails.append(mail))

    def has(self, mark: str) -> bool:
        return mark in self.marks

    def put(self, mark: str, expires_at: datetime) -> None:
        assert expires_at > self.moment
        self.marks.add(mark)

    def gathering(self) -> Gathering:
        return Gathering(clock=self, outbox=self, later=self, team=self, told=Told(clock=self, marks=self))

    def run(self, until: datetime | None = None) -> None:
        """Let every look that is due come; one that fails comes again half an hour later, as from the queue."""
        while self.looks and (until is None or min(at for _, at in self.looks) <= until):
            case, at = look = min(self.looks, key=lambda one: one[1])
            self.looks.remove(look)
            self.moment = max(self.moment, at)
            try:
                self.gathering().tell(case)
            except Unavailable:
                self.looks.append((case, self.moment + timedelta(minutes=30)))


def _key(saying: Saying) -> tuple[object, ...]:
    return saying.case, saying.at, saying.kind, saying.contact_id


@pytest.mark.parametrize("many", [61, 5000])
def test_many_contacts_of_one_flag_are_one_mail_that_names_them_up_to_a_bound_and_counts_the_rest(many: int) -> None:
    office = Office()
    for number in range(many):
        office.moment = START + timedelta(seconds=number)
        office.gathering().outcome(hold(f"0000abc0-4000-4000-8000-{number:012d}"))
        office.run(office.moment)
    office.run()

    [mail] = office.mails
    text = "\n".join(mail.lines)
    assert mail.subject == "Nothing could be held: case C-1"
    assert f"{many} contacts" in text
    assert text.count("0000abc0") == min(many, MOST_NAMED)
    assert text.count("Connect does not know it") == 1
    assert ("And 4000 more. The register names them all" in text) == (many == 5000)
    assert len(text.encode()) <= LONGEST
    assert office.rows == {}


def test_undated_unknown_and_held_again_of_one_flag_are_one_mail() -> None:
    office = Office()
    contacts = [ContactId(f"a{number}") for number in range(61)]
    office.gathering().doubts(CASE, [DOUBT], contacts, "said")
    office.run(START + timedelta(minutes=14))
    assert office.mails == [], "the first look at the contacts tells whether there is more to say"

    for number, contact in enumerate(contacts):
        office.moment = START + timedelta(minutes=15, seconds=number)
        if number % 2:
            office.gathering().held_again(hold(contact))
        else:
            office.gathering().outcome(hold(contact))
    office.run()

    [mail] = office.mails
    assert mail.subject == "Nothing could be held, please check a flag, held again: case C-1"
    text = "\n".join(mail.lines)
    assert "received_on: was not given." in text
    assert "Nothing could be held: 31 contacts." in text
    assert "Held again: 30 contacts." in text


def test_one_contact_is_told_of_as_soon_as_nothing_more_comes_up() -> None:
    office = Office()
    office.gathering().outcome(hold("a1"))
    office.run(START + QUIET - timedelta(seconds=1))
    assert office.mails == []

    office.run(START + QUIET)
    [mail] = office.mails
    assert mail == Mail(
        "Nothing could be held: case C-1",
        ("Contact a1 for case C-1: nothing_held.", "contact_record: Connect does not know it"),
    )
    office.run()
    assert len(office.mails) == 1


def test_a_mail_waits_while_the_queue_is_busy_but_not_for_ever() -> None:
    office = Office(others=BUSY + 1)
    office.gathering().outcome(hold("a1"))
    office.run(START + LONGEST_WAIT - timedelta(seconds=1))
    assert office.mails == []

    office.run(START + LONGEST_WAIT + AGAIN)
    assert len(office.mails) == 1


def test_what_becomes_of_a_contact_before_the_mail_is_all_that_it_says_of_it() -> None:
    office = Office()
    office.gathering().outcome(hold("a1"))
    office.moment += timedelta(minutes=1)
    office.gathering().outcome(hold("a1", HoldStatus.HELD))
    office.run()

    [mail] = office.mails
    assert mail.subject == "Now held: case C-1"


def test_two_cases_are_two_mails() -> None:
    office = Office()
    for number, case in enumerate((CASE, CaseRef("C-2"))):
        office.add(sayings.doubtful(case, [DOUBT], [ContactId(f"a{number}")], START))
        office.tell(case, QUIET)
    office.run()

    assert [mail.subject for mail in office.mails] == ["Please check a flag: case C-1", "Please check a flag: case C-2"]


@pytest.mark.parametrize("many", [1, 3, 4])
def test_what_is_doubtful_of_a_flag_and_what_becomes_of_its_contacts_are_one_mail(many: int) -> None:
    office = Office()
    contacts = [ContactId(f"a{number}") for number in range(many)]
    office.gathering().doubts(CASE, [DOUBT], contacts, "said")
    office.run(START + timedelta(minutes=14))
    assert office.mails == [], "the first look at the contacts tells whether there is more to say"
    office.moment = START + FIRST_LOOK
    for contact in contacts:
        office.gathering().outcome(hold(contact))
    office.run()

    [mail] = office.mails
    assert mail.subject == "Nothing could be held, please check a flag: case C-1"
    assert office.moment < START + timedelta(minutes=40)


def test_a_doubt_is_told_once_for_what_stays_with_the_contact() -> None:
    office = Office()
    for said in ("", "", "2027-05-04T09:00", "2027-05-04T09:00", "2027-05-05T09:00"):
        office.gathering().doubts(CASE, [DOUBT], [ContactId("a1")], said)
        office.run()
        office.moment += timedelta(hours=1)

    assert len(office.mails) == 3


def test_a_look_that_never_came_is_arranged_anew() -> None:
    office = Office()
    office.gathering().outcome(hold("a1"))
    office.looks.clear()
    office.gathering().outcome(hold("a2"))
    assert office.looks == []

    office.moment += FORGOTTEN + timedelta(seconds=1)
    office.gathering().outcome(hold("a3"))
    office.run()
    [mail] = office.mails
    assert "3 contacts" in "\n".join(mail.lines)


@pytest.mark.parametrize("after_effect", [False, True])
@pytest.mark.parametrize("fails_at", range(1, 16))
def test_whatever_call_fails_each_contact_is_told_of(fails_at: int, *, after_effect: bool) -> None:
    office = Office(fails_at=fails_at, after_effect=after_effect)
    for contact in ("a1", "a2"):
        try:
            office.gathering().outcome(hold(contact))
        except Unavailable:
            office.gathering().outcome(hold(contact))
        office.moment += timedelta(seconds=30)
    office.run()

    said = "\n".join(line for mail in office.mails for line in mail.lines)
    assert "a1" in said
    assert "a2" in said
    assert len(office.mails) <= 2
    assert office.rows == {}


@given(
    st.lists(
        st.tuples(
            st.text("ab", min_size=1, max_size=200),
            st.sampled_from([HoldStatus.NOTHING_HELD, HoldStatus.PARTIAL]),
            st.text(max_size=400),
        ),
        min_size=1,
        max_size=30,
        unique_by=lambda one: one[0],
    )
)
def test_every_contact_is_counted_and_no_mail_is_too_long(outcomes: list[tuple[str, HoldStatus, str]]) -> None:
    mail = sayings.mail(CASE, [sayings.outcome(hold(*one), START) for one in outcomes])

    assert len("\n".join(mail.lines).encode()) <= LONGEST + 1000
    if len(outcomes) > 1:
        assert sum(line.startswith("- ") for line in mail.lines) == len(outcomes)


def test_copies_that_somebody_touched_are_named_under_every_case_that_holds_them() -> None:
    office = Office()
    other = replace(hold("a1"), case=CaseRef("B-7"))
    over = replace(hold("a1"), case=CaseRef("A-1"), status=HoldStatus.RELEASED)
    office.gathering().copies_touched(
        ContactHolds(contact_id=ContactId("a1"), holds=(hold("a1"), other, over)), ["a1/gone.wav"], ["a1/covered.wav"]
    )
    office.run()

    [mail] = office.mails
    assert mail.subject == "Held copies were touched: case B-7"
    assert mail.lines == (
        "Somebody changed what is held for contact a1, case B-7, C-1.",
        "Deleted from the hold bucket: a1/gone.wav",
        "Hidden by a delete marker or another version, and put on top again: a1/covered.wav",
        "What was deleted is copied again where the original is still there; the outcome of the hold says so.",
    )


def test_an_outcome_replaces_an_earlier_outcome_and_nothing_else_that_was_said_of_the_contact() -> None:
    touched = sayings.copies_touched(ContactHolds(contact_id=ContactId("a1"), holds=(hold("a1"),)), ["k"], [], START)
    outcomes = [sayings.outcome(hold("a1", status), START) for status in (HoldStatus.PARTIAL, HoldStatus.HELD)]

    mail = sayings.mail(CASE, [touched, *outcomes])

    assert mail.subject == "Held copies were touched, now held: case C-1"


def test_a_doubt_about_a_flag_is_about_no_contact_and_names_the_first_of_them() -> None:
    contacts = [ContactId(f"a{number}") for number in range(sayings.MOST_IN_A_LINE + 2)]
    doubtful = sayings.doubtful(CASE, [DOUBT], contacts, START)

    assert doubtful.contact_id == ContactId("")
    assert doubtful.opening == "Case C-1: part of a flag could not be used as it was given."
    assert doubtful.lines[0] == "received_on: was not given."
    assert doubtful.lines[1].endswith("a18, a19 and 2 more.")
    assert sayings.doubtful(CASE, [DOUBT], contacts[:20], START).lines[1].endswith("a18, a19.")


def test_the_mail_about_a_doubt_says_what_is_doubtful() -> None:
    office = Office()
    office.gathering().doubts(CASE, [DOUBT], [ContactId("a1")], "")
    office.run()

    [mail] = office.mails
    assert mail == sayings.mail(CASE, [sayings.doubtful(CASE, [DOUBT], [ContactId("a1")], START)])


def test_an_original_that_was_about_to_go_is_told_with_its_last_day_and_what_became_of_the_hold() -> None:
    office = Office()
    office.gathering().expiring(hold("a1", HoldStatus.HELD), datetime(2027, 6, 30, 23, 30, tzinfo=UTC))
    office.run()

    [mail] = office.mails
    assert mail.subject == "Flagged shortly before disposal: case C-1"
    assert mail.lines == (
        "Contact a1 for case C-1 was flagged close to the end of its retention period.",
        "Its original leaves the ordinary store on 01 July 2027.",
        "The outcome of the hold is: held.",
    )


def test_a_contact_that_is_held_again_is_told_with_what_had_become_of_its_hold() -> None:
    office = Office()
    office.gathering().held_again(hold("a1", HoldStatus.HELD))
    office.run()

    assert [(mail.subject, mail.lines) for mail in office.mails] == [
        (
            "Held again: case C-1",
            (
                "Contact a1 was flagged for case C-1 again.",
                "Its hold was released on 2027-03-01.",
                "What is still there is held again. The outcome is: held.",
            ),
        )
    ]
