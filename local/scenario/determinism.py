"""The same scenario, the same ids: every source of chance in the process is seeded for the length of a replay."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from moto.moto_api._internal import mock_random

SEED = "steward"


@contextmanager
def seeded() -> Iterator[None]:
    """Make ``random``, ``os.urandom`` (and so ``uuid.uuid4``) and moto's own ids repeat from run to run."""
    chance = random.Random(SEED)  # noqa: S311 - repeatable on purpose
    before = random.getstate()
    random.seed(SEED)
    mock_random.seed(SEED)
    with patch.object(os, "urandom", chance.randbytes):
        try:
            yield
        finally:
            random.setstate(before)
