"""An erasure that dies, fails or meets a restore ends as one that nothing disturbed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from simulator.aws.account.account import EmbeddedAws
from simulator.scenarios.quiet_nights import quiet_world
from tests.end_to_end.children import in_a_child
from tests.end_to_end.rights.test_erasure import PLANTED, START, Town

Disturb = Callable[[EmbeddedAws], None]


Ended = tuple[set[str], str, set[str], int]
CarriedOut = Callable[[Disturb, int], Ended]


@pytest.fixture(scope="module")
def carried_out(assembly: Path) -> Iterator[CarriedOut]:
    """Return what disturbs the world, has it agreed to, and tells what came of it after so many hours.

    That is where something of her still stands, how the erasure ended, what of it, and how often it died.
    """
    with quiet_world(assembly, START) as world:
        town = Town(world)
        key = town.beside_a_neighbour()
        town.ask()
        town.matched()

        def end(disturb: Disturb, hours: int) -> Ended:
            deaths: list[str] = []
            disturb(world)
            world.functions.observers.append(lambda invocation, _: deaths.append(invocation.dead))
            town.approve()
            town.later(hours=hours)
            assert town.neighbours(key), "another person's lines changed"
            return town.places(*PLANTED), town.erasure.status, set(town.statuses()), sum(bool(one) for one in deaths)

        yield lambda disturb, hours: in_a_child(lambda: end(disturb, hours))


@pytest.mark.parametrize("calls", [25, 60])
def test_an_erasure_that_dies_after_a_call_ends_as_if_it_had_not(calls: int, carried_out: CarriedOut) -> None:
    ended = carried_out(lambda world: world.kill_after("erase_person", calls), 12)
    assert ended == (set(), "done", {"erased"}, 1)


@pytest.mark.prove
def test_an_erasure_that_dies_after_any_call_ends_as_if_it_had_not(carried_out: CarriedOut) -> None:
    for calls in count(1, 4):

        def disturb(world: EmbeddedAws, calls: int = calls) -> None:
            world.kill_after("erase_person", calls)

        *ended, deaths = carried_out(disturb, 12)
        if not deaths:
            assert calls > 100
            return
        assert ended == [set(), "done", {"erased"}], f"killed after call {calls}"


@pytest.mark.prove
@pytest.mark.parametrize("after_effect", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    ("service", "operation", "error"),
    [
        ("connect", "DeleteContactData", "ThrottlingException"),
        ("connect", "UpdateContactAttributes", "InternalServiceException"),
        ("s3", "PutObject", "InternalError"),
        ("s3", "PutObject", "PreconditionFailed"),
        ("s3", "DeleteObjects", "SlowDown"),
        ("dynamodb", "TransactWriteItems", "TransactionConflictException"),
        ("events", "PutEvents", "InternalException"),
        ("sns", "Publish", "InternalError"),
    ],
)
def test_a_call_that_fails_for_a_while_changes_nothing_in_the_end(
    service: str,
    operation: str,
    error: str,
    after_effect: bool,  # noqa: FBT001 - a parameter
    carried_out: CarriedOut,
) -> None:
    def disturb(world: EmbeddedAws) -> None:
        world.faults.add(service=service, operation=operation, error=error, times=4, after_effect=after_effect)

    places, status, statuses, _ = carried_out(disturb, 30)
    assert (places, status) == (set(), "done")
    assert statuses <= {"erased", "already_gone"}
