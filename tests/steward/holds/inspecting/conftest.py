from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.copier_fixture import BEGAN, CALL, ENDED, CopierFixture
from tests.support.hold_fixture import HoldFixture


@pytest.fixture
def look(world: HoldFixture) -> CopierFixture:
    """A look at a call of yesterday of which Connect names nothing."""
    call = world.contact(CALL, BEGAN)
    return CopierFixture(world, replace(world.people[call], ended_at=ENDED), placed_at=world.moment)
