from __future__ import annotations

import pytest

from tests.support.dispatch_fixture import DispatchFixture, FormContacts, NotedPlacing, TaggedSources
from tests.support.hold_fixture import HoldFixture


@pytest.fixture
def hold_queue(world: HoldFixture) -> DispatchFixture:
    return DispatchFixture(world, NotedPlacing(**vars(world.placing())), FormContacts(world), TaggedSources(world))
