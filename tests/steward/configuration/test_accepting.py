"""A difference that was accepted is quiet until it ends or has become another one; one of a payment flow never is."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from cli.drift import said
from steward.aws import rows
from steward.configuration.accepting import Accepted
from steward.configuration.findings import Finding
from steward.configuration.telling import ending
from steward.failures import Unavailable
from tests.steward.configuration.fakes import World

RULES, CONTENT = "stores/Bucket/rules", "stores/Flow/content"
ENTRY = Accepted(finding=RULES, until=date(2027, 3, 4), why="The supplier mends it.")


@pytest.fixture
def world() -> World:
    """The first night is that of 2 March 2027, and a rule is off."""
    found = World(accepted=(ENTRY,))
    found.account.rules["a"] = "off"
    return found


def test_what_is_accepted_is_shown_with_its_reason_and_end_and_told_to_nobody(world: World) -> None:
    night = world.night()

    assert (night.opened, world.notices.officer) == (0, [])
    [shown] = night.answer()["findings"]
    assert shown["accepted"] == {"until": "2027-03-04", "why": "The supplier mends it."}
    assert night.answer()["accepted_without_effect"] == []
    assert "  accepted until 2027-03-04: The supplier mends it." in list(said(night.answer()))


def test_on_its_last_day_it_still_counts_and_on_the_day_after_it_is_told_as_if_new(world: World) -> None:
    assert [world.night().opened for _ in range(5)] == [0, 0, 0, 1, 0]
    assert len(world.notices.officer) == 1


def test_the_last_day_is_one_of_london(world: World) -> None:
    """In summer the day in London ends an hour before that of UTC."""
    world.accepted = (Accepted(finding=RULES, until=date(2027, 6, 30), why="moved"),)
    world.clock.moment = datetime(2027, 6, 29, 22, 59, tzinfo=UTC)
    assert world.night().opened == 0
    world.clock.moment = datetime(2027, 6, 29, 23, 0, tzinfo=UTC)
    assert world.night().opened == 1


def test_what_was_told_before_it_was_accepted_is_told_anew_when_that_has_ended(world: World) -> None:
    world.accepted = ()
    assert world.night().opened == 1
    world.accepted = (ENTRY,)

    assert [world.night().opened for _ in range(3)] == [0, 0, 1]


def test_what_has_become_another_difference_than_the_one_that_was_accepted_is_told(world: World) -> None:
    world.night()
    world.account.rules["b"] = "off"

    nights = [world.night() for _ in range(2)]
    assert [one.opened for one in nights] == [1, 0]
    [shown] = nights[-1].answer()["findings"]
    assert shown["accepted"] is None
    [idle] = nights[-1].answer()["accepted_without_effect"]
    assert (idle["id"], idle["because"]) == (RULES, "it differs in another way than when it was accepted")
    assert any(line.startswith(f"accepted without effect: {RULES}, until 2027") for line in said(nights[-1].answer()))


def test_an_entry_that_was_written_anew_accepts_what_is_there_then(world: World) -> None:
    world.night()
    world.account.rules["b"] = "off"
    world.night()
    world.accepted = (Accepted(finding=RULES, until=ENTRY.until, why="Both are to be off."),)

    night = world.night()
    assert (night.opened, list(night.accepted)) == (0, [RULES])
    world.account.rules["c"] = "on"
    assert world.night().opened == 1


def test_what_goes_back_to_what_was_accepted_is_accepted_again(world: World) -> None:
    world.night()
    world.account.rules["b"] = "off"
    world.night()
    world.account.rules["b"] = "on"

    assert list(world.night().accepted) == [RULES]


def test_what_was_accepted_and_is_as_it_was_written_again_is_told_to_nobody(world: World) -> None:
    world.night()
    world.account.rules["a"] = "on"

    night = world.night()
    assert (night.findings, world.notices.officer) == ((), [])
    assert world.book.rows == {}
    assert night.answer()["accepted_without_effect"][0]["because"] == "nothing of this name differs"
    world.accepted = ()
    world.night()
    assert world.notices.officer == []


def test_a_flow_that_takes_cards_is_told_to_everybody_whatever_was_accepted(world: World) -> None:
    world.account.rules["a"], world.account.content = "on", "changed"
    world.accepted = (Accepted(finding=CONTENT, until=date(2027, 12, 31), why="We know."),)

    night = world.night()
    assert (night.opened, len(world.notices.officer), len(world.notices.supervisors)) == (1, 1, 1)
    assert night.answer()["findings"][0]["accepted"] is None
    [idle] = night.answer()["accepted_without_effect"]
    assert (idle["id"], idle["because"]) == (CONTENT, "a flow that takes cards cannot be accepted")


def test_an_entry_that_has_ended_is_shown_as_such(world: World) -> None:
    world.clock.moment = datetime(2027, 5, 1, tzinfo=UTC)

    [idle] = world.night().answer()["accepted_without_effect"]
    assert (idle["until"], idle["why"], idle["because"]) == ("2027-03-04", "The supplier mends it.", "it has ended")


def test_an_entry_with_a_slip_in_its_name_hides_nothing(world: World) -> None:
    world.accepted = (Accepted(finding="stores/Bucket/rule", until=ENTRY.until, why=ENTRY.why),)

    night = world.night()
    assert night.opened == 1
    assert night.answer()["accepted_without_effect"][0]["because"] == "nothing of this name differs"


def test_the_other_findings_are_told_as_ever(world: World) -> None:
    world.account.content = "changed"

    assert world.night().opened == 1
    [(opened, _)] = world.notices.officer
    assert [one.id for one in opened] == [CONTENT]


def test_a_row_of_the_register_keeps_what_was_accepted(world: World) -> None:
    world.night()
    [finding] = world.book.findings()

    assert finding.cover is not None
    assert rows.read(rows.write(finding), Finding) == finding


def until(day: date) -> tuple[Accepted, ...]:
    return (Accepted(finding=RULES, until=day, why="The supplier mends it."),)


def test_two_weeks_before_an_entry_ends_somebody_is_told_once_and_once_more_of_another_end(world: World) -> None:
    # The fifth night is that of 6 March, two weeks before the 20th.
    world.accepted = until(date(2027, 3, 20))
    reminders = []
    for _ in range(7):
        world.night()
        reminders.append(len(world.notices.reminders))
    assert reminders == [0, 0, 0, 0, 1, 1, 1]
    assert world.notices.reminders == [[(RULES, date(2027, 3, 20))]]
    assert world.notices.officer == []

    world.accepted = until(date(2027, 3, 21))
    world.night()
    assert world.notices.reminders[1:] == [[(RULES, date(2027, 3, 21))]]


def test_what_was_reminded_of_is_told_all_the_same_when_it_has_ended(world: World) -> None:
    assert [world.night().opened for _ in range(4)] == [0, 0, 0, 1]
    assert len(world.notices.reminders) == 1


def test_a_reminder_that_could_not_be_sent_is_sent_by_the_next_run(world: World) -> None:
    world.notices.broken = True
    with pytest.raises(Unavailable):
        world.night()
    world.notices.broken = False
    world.night()

    assert len(world.notices.reminders) == 1


def test_an_entry_that_covers_nothing_reminds_nobody(world: World) -> None:
    world.account.rules["a"] = "on"
    world.night()

    assert world.notices.reminders == []


def test_the_reminder_says_what_ends_when_and_what_to_do(world: World) -> None:
    world.night()
    [finding] = world.book.findings()
    subject, lines = ending([(finding, ENTRY)])

    assert subject == "1 accepted difference ends soon"
    assert f"- {RULES}, until 2027-03-04: The supplier mends it." in lines
