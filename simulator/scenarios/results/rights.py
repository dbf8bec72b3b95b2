"""Reads the deployed register of people's requests and of disclosures, and says what its facts come to on that day."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from simulator.aws.account.account import EmbeddedAws
from simulator.scenarios.results.shapes import (
    ArtefactState,
    DisclosureState,
    ErasureState,
    FoundContact,
    GivenFile,
    PackageState,
    RequestState,
)
from steward.aws.rows import Row
from steward.clock import london_date
from steward.policy.duties import SubjectRights
from steward.rights.adapters.rows import read_request
from steward.rights.clock.deadlines import Promise
from steward.rights.clock.holidays import ENGLAND_AND_WALES
from steward.rights.disclosing.adapters.table import PARTITIONS, read_disclosure
from steward.rights.disclosing.register import Disclosure
from steward.rights.erasure.adapters.table import PARTITIONS as ERASURES
from steward.rights.erasure.adapters.table import read_erasure
from steward.rights.erasure.artefacts import ArtefactStatus
from steward.rights.requests import SubjectRequest

TABLE = "RightsRequests"
"""The logical id of the register of requests."""


def requests_of(world: EmbeddedAws, rights: SubjectRights | None) -> list[RequestState]:
    """Return every request that the deployed register knows, by its reference."""
    if rights is None:
        return []
    promise = Promise(days=rights.answer_within_days, extends=rights.promise_extends)
    found = [read_request(rows) for rows in _partitions(world, "REQUEST#")]
    states = [_state(one.request, promise, world) for one in found if one is not None]
    return sorted(states, key=lambda one: one.request)


def disclosures_of(world: EmbeddedAws) -> list[DisclosureState]:
    """Return every disclosure that the deployed register knows, by its reference."""
    found = [read_disclosure(rows) for rows in _partitions(world, PARTITIONS)]
    states = [_disclosure(one.disclosure, london_date(world.clock.now())) for one in found if one is not None]
    return sorted(states, key=lambda one: one.disclosure)


_STATES = {ArtefactStatus.NOT_VERIFIED: ArtefactStatus.FAILED}
"""The results know six states: what cannot be shown to be gone is none of those that are, and its ground says why."""


def erasures_of(world: EmbeddedAws) -> list[ErasureState]:
    """Return every erasure that the deployed register knows, by its request."""
    found = [read_erasure(rows) for rows in _partitions(world, ERASURES)]
    states = [
        ErasureState(
            request=one.request,
            status=one.status,
            artefacts=[
                ArtefactState(
                    store=artefact.store,
                    key=artefact.key,
                    status=_STATES.get(artefact.status, artefact.status),
                    until=artefact.until,
                    ground=artefact.ground,
                )
                for artefact in one.artefacts
            ],
        )
        for one in found
        if one is not None
    ]
    return sorted(states, key=lambda one: one.request)


def _partitions(world: EmbeddedAws, begins: str) -> list[list[Row]]:
    table = world.names.tables.get(TABLE)
    partitions: defaultdict[str, list[Row]] = defaultdict(list)
    if table is None:
        return []
    for page in world.client("dynamodb").get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
        for row in page["Items"]:
            if row["pk"]["S"].startswith(begins):
                partitions[row["pk"]["S"]].append(row)
    return list(partitions.values())


def _disclosure(disclosure: Disclosure, today: date) -> DisclosureState:
    copy, grant = disclosure.prepared, disclosure.grant
    return DisclosureState(
        disclosure=disclosure.id,
        kind=disclosure.kind,
        status=disclosure.status(today),
        refused_because=list(disclosure.refused_because),
        files=[GivenFile(source_key=one.source_key, sha256=one.sha256) for one in copy.files] if copy else [],
        expires_on=grant.expires_on if grant else None,
    )


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
