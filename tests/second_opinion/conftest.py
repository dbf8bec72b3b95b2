"""The templates of the default policy, and the judges that this machine can have."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from infra.config import DEFAULT_ENVIRONMENT, cdk_context, choose
from infra.synthesis import cached_synthesis
from second_opinion import engine
from second_opinion.deployed import Deployed, deploy
from second_opinion.own_python import NotHereError

if TYPE_CHECKING:
    from second_opinion.engine import Engine

POLICY = Path("policies/barnet.toml")


@pytest.fixture(scope="session")
def assembly() -> Path:
    return cached_synthesis(POLICY)


@pytest.fixture(scope="session")
def account() -> Iterator[Engine]:
    """An account of LocalStack's, empty at first."""
    environment = choose(cdk_context(), DEFAULT_ENVIRONMENT).environment
    try:
        with engine.running(environment.account, environment.region) as started:
            yield started
    except NotHereError as reason:
        pytest.skip(f"{reason}: nothing was asked of LocalStack")


@pytest.fixture(scope="session")
def deployed(account: Engine, assembly: Path) -> Deployed:
    return deploy(account, assembly)
