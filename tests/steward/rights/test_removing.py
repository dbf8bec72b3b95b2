"""What goes with a request or disclosure is its own, also where references have slashes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from steward.rights.adapters import removing
from steward.rights.adapters.removing import S3Removing

KEYS = (
    "requests/2026/records/c-1.json",
    "requests/2026/registers/c-1.json",
    "requests/2026/17/records/c-2.json",
    "requests/2026/records/records/c-3.json",
    "packages/2026/x.zip",
    "packages/2026/17/y.zip",
    "packages/2026/records/z.zip",
    "disclosures/2026/x.zip",
    "disclosures/2026/17/y.zip",
    "intake/2026.json",
    "intake/2026.json.bak",
)


@dataclass
class Bucket:
    removed: list[str] = field(default_factory=list)

    def get_paginator(self, operation: str) -> Bucket:
        assert operation == "list_object_versions"
        return self

    def paginate(self, *, Bucket: str, Prefix: str) -> Iterator[dict[str, Any]]:  # noqa: N803 - boto3's own
        del Bucket
        yield {"Versions": [{"Key": one, "VersionId": "1"} for one in KEYS if one.startswith(Prefix)]}

    def delete_objects(self, *, Bucket: str, Delete: dict[str, Any]) -> dict[str, Any]:  # noqa: N803 - boto3's own
        del Bucket
        self.removed += [one["Key"] for one in Delete["Objects"]]
        return {}


@pytest.mark.parametrize(
    ("prefix", "removed"),
    [
        ("requests/2026/", ["requests/2026/records/c-1.json", "requests/2026/registers/c-1.json"]),
        ("requests/2026/17/", ["requests/2026/17/records/c-2.json"]),
        ("requests/2026/records/", ["requests/2026/records/records/c-3.json"]),
        ("packages/2026/", ["packages/2026/x.zip"]),
        ("packages/2026/17/", ["packages/2026/17/y.zip"]),
        ("disclosures/2026/", ["disclosures/2026/x.zip"]),
        ("intake/2026.json", ["intake/2026.json"]),
    ],
)
def test_only_what_is_of_exactly_that_reference_goes(
    prefix: str, removed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = Bucket()
    monkeypatch.setattr(removing, "client", lambda _: bucket)
    assert S3Removing("rights").remove(prefix, 100) == len(removed)
    assert bucket.removed == removed
