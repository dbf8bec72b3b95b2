"""The same scenario, the same ids: every source of chance in the process is seeded for the length of a replay."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest.mock import patch
from uuid import UUID

from moto.core import base_backend
from moto.moto_api._internal import mock_random

SEED = "steward"


@contextmanager
def seeded() -> Iterator[Callable[[], None]]:
    """Make ``random``, ``os.urandom`` (and so ``uuid.uuid4``) and moto's own ids repeat from run to run.

    Yields what starts them again: a replay begins anew once everything is deployed, because what a process does for the
    first time only (such as importing) draws ids too.
    """
    chance = random.Random(SEED)  # noqa: S311 - repeatable on purpose
    before = random.getstate()

    def begin() -> None:
        chance.seed(SEED)
        random.seed(SEED)
        mock_random.seed(SEED)

    begin()
    with patch.object(os, "urandom", chance.randbytes), patch.object(base_backend, "uuid4", _apart):
        try:
            yield begin
        finally:
            random.setstate(before)


def _apart() -> UUID:
    """Return an id for a table of moto's backends: moto makes one whenever it imports a service for the first time."""
    return UUID(int=random.Random().getrandbits(128), version=4)  # noqa: S311 - no secret
