"""What holds for every test."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

# Every test starts without a council's own folder, whatever the person who runs the tests has set.
os.environ.pop("STEWARD_CONFIG", None)

# How long an example takes says something of the machine, which others may be using, and nothing of the code.
settings.register_profile("steward", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steward")

LONGEST = (
    "tests/end_to_end/deployment/",
    "tests/end_to_end/documented/test_commands.py",
    "tests/end_to_end/oracle/",
    "tests/end_to_end/rights/test_finding.py",
    "tests/end_to_end/rights/test_erasure_disturbed.py",
    "tests/end_to_end/mutations/",
    "tests/end_to_end/holds/",
    "tests/end_to_end/messaging/test_what_is_said.py",
    "tests/end_to_end/watching/",
)
"""What takes longest for one file begins first: at the end of a run no core waits for another's last file."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the files: the longest first, each file's tests as they stand in it."""
    places = dict(enumerate(LONGEST))
    items.sort(key=lambda item: next((n for n, one in places.items() if item.nodeid.startswith(one)), len(places)))
