from collections.abc import Iterator
from typing import Any

import pytest

from tests.unit.payments.world import CALL, World, aws_without_network, fresh_table


@pytest.fixture(scope="module")
def database() -> Iterator[Any]:
    with aws_without_network() as client:
        yield client


@pytest.fixture
def world(database: Any) -> World:
    """A call whose agent side and screen are recorded; IVR recording is not in use."""
    fresh_table(database)
    world = World(database)
    world.connect.start(CALL, "AGENT", "SCREEN")
    return world
