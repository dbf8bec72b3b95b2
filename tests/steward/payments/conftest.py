from collections.abc import Iterator

import pytest

from tests.steward.payments.fixture import CALL, Client, PaymentFixture, aws_without_network, fresh_table


@pytest.fixture(scope="module")
def database() -> Iterator[Client]:
    with aws_without_network() as client:
        yield client


@pytest.fixture
def world(database: Client) -> PaymentFixture:
    """A call whose agent side and screen are recorded; IVR recording is not in use."""
    fresh_table(database)
    world = PaymentFixture(database)
    world.connect.start(CALL, "AGENT", "SCREEN")
    return world
