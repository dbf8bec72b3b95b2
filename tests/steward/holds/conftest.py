from __future__ import annotations

from pathlib import Path

import pytest

from steward.policy.load import load_policy
from steward.policy.model import Policy
from tests.support.hold_fixture import HoldFixture


@pytest.fixture(scope="session")
def barnet() -> Policy:
    return load_policy(Path("policies/barnet.toml"))


@pytest.fixture
def world(barnet: Policy) -> HoldFixture:
    return HoldFixture(policy=barnet)
