"""One deployed world for the folder: each test has a call of its own, and time goes on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from simulator.aws.account.account import EmbeddedAws
from simulator.scenarios.quiet_nights import quiet_world
from tests.end_to_end.payments.calls import Calls


@pytest.fixture(scope="module")
def world(assembly: Path) -> Iterator[EmbeddedAws]:
    with quiet_world(assembly, datetime(2027, 1, 12, 10, tzinfo=UTC)) as world:
        yield world


@pytest.fixture
def calls(world: EmbeddedAws) -> Calls:
    return Calls(world)


@pytest.fixture(autouse=True)
def _what_the_last_test_left_is_over(request: pytest.FixtureRequest) -> Iterator[None]:
    # Calls of another folder's world, which is over, are nobody's to end.
    Calls.under_way.clear()
    yield
    if "world" in request.fixturenames:
        request.getfixturevalue("world").faults.clear()
    Calls.hang_up_all()
