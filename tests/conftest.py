"""What holds for every test."""

from __future__ import annotations

import os
from functools import cache
from typing import Any

import pytest
from botocore.loaders import JSONFileLoader
from hypothesis import HealthCheck, settings
from moto.core.loaders import Loader as MotoLoader

# Every test starts without a council's own folder, whatever the person who runs the tests has set.
os.environ.pop("STEWARD_CONFIG", None)

# How long an example takes says something of the machine, which others may be using, and nothing of the code.
settings.register_profile("steward", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steward")

_read = JSONFileLoader.load_file


@cache
def _read_once(path: str) -> Any:  # noqa: ANN401 - JSON
    return _read(JSONFileLoader(), path)


class _OwnCopy(JSONFileLoader):
    def load_file(self, file_path: str) -> Any:  # noqa: ANN401 - JSON
        return _read(self, file_path)


# Each of hundreds of sessions reads what the services are like, megabytes of JSON: a process needs it once. But moto
# adds words of its own to them, and needs S3's addresses as they are in the file: botocore takes the bucket out of one
# when it is first called.
JSONFileLoader.load_file = lambda self, file_path: _read_once(file_path)  # type: ignore[method-assign] # noqa: ARG005
MotoLoader.FILE_LOADER_CLASS = _OwnCopy

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
