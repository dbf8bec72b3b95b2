from collections.abc import Iterator

import pytest

from tests.steward.messaging.fixture import Clients, MessagingFixture, aws_without_network


@pytest.fixture(scope="module")
def aws() -> Iterator[Clients]:
    with aws_without_network() as clients:
        yield clients


@pytest.fixture
def world(aws: Clients) -> MessagingFixture:
    return MessagingFixture(aws)
