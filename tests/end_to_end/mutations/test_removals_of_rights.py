"""No function, queue, role or schedule of people's rights can be taken out without something that fails.

Of every one of them, where ``test_removals`` draws a sample of the whole deployment. A function is taken out by what
runs it (its queue's feed, its schedule) and by what it may do; a queue by who may write into it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.aws.iam.permissions import REFUSED
from tests.end_to_end.mutations.removals import WHOLE, Removal, removals, without
from tests.end_to_end.mutations.test_removals import _has_a_reason, _objection
from tests.end_to_end.permissions.tour import Toured, tour

FUNCTIONS = (
    "AssemblePackage",
    "Decide",
    "ErasePerson",
    "FindPerson",
    "HandOver",
    "RecordDisclosure",
    "RecordRequest",
    "ReplayErasures",
    "WatchDisclosures",
    "WatchRequests",
)
QUEUES = ("DisclosureEvents", "ErasureOrders", "PackageOrders", "PersonSearches", "RequestEvents")
STORES = ("RightsBucket", "ErasuresBucket")


@pytest.fixture(autouse=True)
def _mutants_are_refused() -> Iterator[None]:
    yield
    REFUSED.clear()


@pytest.fixture(scope="module")
def toured(assembly: Path) -> Toured:
    return tour(assembly, to_the_end=False)


def _of_rights(assembly: Path) -> list[Removal]:
    return [
        one
        for one in removals(assembly)
        if one.kind in WHOLE and one.resource.startswith((*FUNCTIONS, *QUEUES, *STORES)) and not _has_a_reason(one)
    ]


def test_each_of_them_can_be_taken_out_in_some_way(assembly: Path) -> None:
    names = [one.resource for one in _of_rights(assembly)]
    for each in (*FUNCTIONS, *QUEUES, *STORES):
        assert [one for one in names if one.startswith(each)], each
    run_by = ("AWS::Lambda::EventSourceMapping", "AWS::Scheduler::Schedule")
    run = {one.resource for one in _of_rights(assembly) if one.kind in run_by}
    # A person calls this one, by its address.
    assert {each for each in FUNCTIONS if not [one for one in run if one.startswith(each)]} == {"HandOver"}


@pytest.mark.prove
def test_none_of_them_can_be_taken_out_unnoticed(assembly: Path, toured: Toured, tmp_path: Path) -> None:
    unnoticed = [
        str(one)
        for number, one in enumerate(_of_rights(assembly))
        if not _objection(without(assembly, one, tmp_path / str(number)), toured)
    ]
    assert unnoticed == []
