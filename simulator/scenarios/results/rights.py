"""Reads the deployed register of people's requests, and says what its facts come to on that day."""

from __future__ import annotations

from collections import defaultdict

from simulator.aws.account.account import EmbeddedAws
from simulator.scenarios.results.shapes import FoundContact, PackageState, RequestState
from steward.aws.rows import Row
from steward.clock import london_date
from steward.policy.duties import SubjectRights
from steward.rights.adapters.rows import read_request
from steward.rights.clock.deadlines import Promise
from steward.rights.clock.holidays import ENGLAND_AND_WALES
from steward.rights.requests import SubjectRequest

TABLE = "RightsRequests"
"""The logical id of the register of requests."""


def requests_of(world: EmbeddedAws, rights: SubjectRights | None) -> list[RequestState]:
    """Return every request that the deployed register knows, by its reference."""
    table = world.names.tables.get(TABLE)
    if table is None or rights is None:
        return []
    partitions: defaultdict[str, list[Row]] = defaultdict(list)
    for page in world.client("dynamodb").get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
        for row in page["Items"]:
            if row["pk"]["S"].startswith("REQUEST#"):
                partitions[row["pk"]["S"]].append(row)
    promise = Promise(days=rights.answer_within_days, extends=rights.promise_extends)
    found = [read_request(rows) for rows in partitions.values()]
    states = [_state(one.request, promise, world) for one in found if one is not None]
    return sorted(states, key=lambda one: one.request)


def _state(request: SubjectRequest, promise: Promise, world: EmbeddedAws) -> RequestState:
    dates = request.deadlines(promise, ENGLAND_AND_WALES, london_date(world.clock.now()))
    package = request.package
    return RequestState(
        request=request.id,
        right=request.right,
        received_on=request.received_on,
        law_on=dates.law_on if dates else None,
        promised_on=dates.promised_on if dates else None,
        due_on=dates.due_on if dates else None,
        act_by=dates.act_by if dates else None,
        status=request.status,
        contacts=[FoundContact(contact_id=one.contact_id, verdict=one.verdict) for one in request.matches],
        package=PackageState(sha256=package.manifest_sha256, files=[one.name for one in package.files])
        if package
        else None,
    )
