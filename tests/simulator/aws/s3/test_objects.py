"""Objects in memory: they say what moto's own would, and take little of it."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from moto import mock_aws
from moto.s3.models import FakeKey

from simulator.aws.s3.objects import StoredObject

HOW: dict[str, Any] = {
    "account_id": "111122223333",
    "region_name": "eu-west-2",
    "bucket_name": "recordings",
    "is_versioned": True,
    "version_id": "v1",
}
LOCKED: dict[str, Any] = {
    **HOW,
    "lock_mode": "GOVERNANCE",
    "lock_until": "2028-02-29T00:00:00Z",
    "encryption": "AES256",
}
OWN = {"_value_buffer", "lock", "acl", "last_modified", "_time_progressed", "_max_buffer_size"}
"""How moto keeps the bytes, and what is a moment or an object of its own."""


def test_an_object_says_of_itself_what_motos_own_would() -> None:
    with mock_aws():
        for how in (HOW, LOCKED):
            theirs, ours = FakeKey(name="a", value=b"four", **how), StoredObject(name="a", body=b"four", **how)

            assert {name: getattr(ours, name) for name in vars(theirs).keys() - OWN} == {
                name: said for name, said in vars(theirs).items() if name not in OWN
            }
            assert (ours.value, ours.etag, ours.size, ours.version_id) == (b"four", theirs.etag, 4, "v1")
            theirs.dispose()


def test_a_copy_of_an_object_changes_by_itself() -> None:
    with mock_aws():
        one = StoredObject(name="a", body=b"four", **HOW)
        other = deepcopy(one)
        other.lock_mode = "GOVERNANCE"

    assert (other.value, one.lock_mode, other.lock_mode) == (b"four", None, "GOVERNANCE")


def test_no_object_has_a_table_of_what_is_the_same_of_most() -> None:
    with mock_aws():
        assert len(vars(StoredObject(name="a", body=b"four", **HOW))) < 22
