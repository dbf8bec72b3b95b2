"""The same scenario, the same ids: every source of chance in the process is seeded for the length of a replay."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest.mock import patch

from moto.moto_api._internal import mock_random

SEED = "steward"


@contextmanager
def seeded() -> Iterator[Callable[[], None]]:
    """Make ``random``, ``os.urandom`` (and so ``uuid.uuid4``) and moto's own ids repeat from run to run.

    Yields what starts them again: what a process imports on its first replay draws ids too, so a replay begins anew
    once everything is imported.
    """
    chance = random.Random(SEED)  # noqa: S311 - repeatable on purpose
    before = random.getstate()

    def begin() -> None:
        chance.seed(SEED)
        random.seed(SEED)
        mock_random.seed(SEED)

    begin()
    with patch.object(os, "urandom", chance.randbytes):
        try:
            yield begin
        finally:
            random.setstate(before)
