"""What is told of a finding, and when: as it opens, as it changes and as it closes, and once each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from steward.configuration.checking import Harm
from steward.configuration.telling import opened_and_closed
from steward.failures import AwsError
from tests.steward.configuration.fakes import World


def test_a_finding_is_told_once_while_it_stays_as_it_is() -> None:
    world = World()
    world.account.rules["a"] = "off"

    assert [world.night().opened for _ in range(3)] == [1, 0, 0]
    assert len(world.notices.officer) == 1


def test_a_finding_that_has_become_another_difference_is_told_again_and_says_since_when() -> None:
    world = World()
    world.account.rules["a"] = "off"
    world.night()
    world.account.rules["b"] = "off"

    assert [world.night().opened for _ in range(2)] == [1, 0]
    first, second = world.notices.officer
    assert [[one.found for one in mail[0]] for mail in (first, second)] == [["a: off"], ["a: off; b: off"]]
    _, lines = opened_and_closed(*second)
    assert "seen first at 2027-03-02 03:50 UTC, in another way since 2027-03-03 03:50 UTC" in "\n".join(lines)


def test_a_change_in_what_the_words_leave_out_is_told_too() -> None:
    """Three places are shown, and how many more there are."""
    world = World()
    world.account.rules = {"a": "off", "b": "off", "c": "on", "d": "on"}
    world.night()
    world.account.rules["d"] = "off"

    assert world.night().opened == 1
    first, second = (mail[0][0] for mail in world.notices.officer)
    assert (first.expected, first.found) == (second.expected, second.found)


def test_a_finding_whose_harm_is_graver_is_told_again() -> None:
    world = World(harm=Harm.MEDIUM)
    world.account.rules["a"] = "off"
    world.night()
    world.harm = Harm.STOP

    assert world.night().opened == 1
    assert [mail[0][0].harm for mail in world.notices.officer] == [Harm.MEDIUM, Harm.STOP]


def test_a_payment_flow_that_was_changed_twice_is_told_to_supervisors_twice() -> None:
    world = World()
    world.account.content = "changed"
    world.night()
    world.account.content = "changed again"
    world.night()
    world.night()

    assert len(world.notices.supervisors) == 2


def test_a_night_whose_mail_failed_is_made_up_with_the_alarm() -> None:
    world = World()
    world.account.rules["a"] = "off"
    world.notices.broken = True
    with pytest.raises(AwsError):
        world.night()
    world.notices.broken = False

    assert [world.night().opened for _ in range(2)] == [1, 0]
    assert len(world.notices.officer) == 1


def test_what_has_closed_raises_no_alarm() -> None:
    world = World()
    world.account.rules["a"] = "off"
    world.night()
    world.account.rules["a"] = "on"

    closing = world.night()
    assert (closing.opened, closing.closed) == (0, 1)
    assert len(world.notices.officer) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"status": "UPDATE_IN_PROGRESS", "template": {}, "names": {}},
        {"status": "UPDATE_COMPLETE"},
        {"status": "UPDATE_ROLLBACK_COMPLETE"},
    ],
)
def test_a_deployment_that_came_in_between_leaves_everything_as_it_was(change: dict[str, object]) -> None:
    """DescribeStacks answers LastUpdatedTime from the beginning of an update on, also of one that is rolled back."""
    world = World()
    world.account.rules["a"] = "off"
    world.night()
    kept = dict(world.book.rows)
    world.account.rules["a"], world.account.content = "on", "changed"
    world.stacks.meanwhile = world.deployed_again(**change)

    night = world.night()
    assert (night.postponed, night.opened, night.closed, night.settings) == (True, 0, 0, 0)
    assert world.book.rows == kept
    assert world.book.closed == []
    assert len(world.notices.officer) == 1
    assert world.notices.supervisors == []


def test_the_night_after_compares_again() -> None:
    world = World()
    world.stacks.meanwhile = world.deployed_again()
    assert world.night().postponed
    world.stacks.meanwhile = None
    world.account.rules["a"] = "off"

    night = world.night()
    assert (night.postponed, night.opened) == (False, 1)


def test_a_resource_that_was_replaced_meanwhile_is_a_deployment_too() -> None:
    world = World()
    world.stacks.meanwhile = replace(world.stacks.stack, names={"Bucket": "another", "Flow": "pay"})

    assert world.night().postponed
