from collections.abc import Iterator

import pytest

from tests.steward.payments.world import CALL, Client, World, aws_without_network, fresh_table


@pytest.fixture(scope="module")
def database() -> Iterator[Client]:
    with aws_without_network() as client:
        yield client


@pytest.fixture
def world(database: Client) -> World:
    """A call whose agent side and screen are recorded; IVR recording is not in use."""
    fresh_table(database)
    world = World(database)
    world.connect.start(CALL, "AGENT", "SCREEN")
    return world
