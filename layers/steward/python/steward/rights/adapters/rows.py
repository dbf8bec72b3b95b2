"""The rows of the register of requests.

| pk | sk | row |
| --- | --- | --- |
| ``REQUEST#<request in upper case>`` | ``META`` | the request's facts, and what is due |
| ``REQUEST#<request in upper case>`` | ``MATCH#<contact>`` | a contact that was found |
| ``REQUEST#<request in upper case>`` | ``ITEM#<digest of the file's key>`` | a verdict about a file |
| ``REQUEST#<request in upper case>`` | ``EVENT#<id>`` | an event that changed it |
| ``REQUEST#<request in upper case>`` | ``SCAN#<look>#<partition>`` | how far one look has come in one partition |
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from steward.aws.rows import Row, plain, read, values, write
from steward.clock import london_midnight
from steward.holds.references import folded
from steward.ids import CaseRef
from steward.names import AGENDA, NEXT_ACTION_AT, PARTITION_KEY, SORT_KEY
from steward.rights.ports import OnRecord
from steward.rights.requests import Item, Match, RequestId, SubjectRequest

META: Final = "META"
MATCHES: Final = "MATCH#"
REQUESTS: Final = "requests"
"""What the agenda calls the requests that are not done with."""


def partition(request: RequestId) -> str:
    """Return the partition of a request; references are compared without case."""
    return f"REQUEST#{folded(CaseRef(request))}"


def meta_row(request: SubjectRequest) -> Row:
    """Return the request's own row, without its matches and items, which are rows of their own."""
    due: dict[str, Any] = {}
    if request.open or request.cleared_at is None:
        due = values({AGENDA: REQUESTS, NEXT_ACTION_AT: london_midnight(request.received_on)})
    return {**_key(request.id, META), **write(replace(request, matches=(), items=())), **due}


def match_row(request: RequestId, match: Match) -> Row:
    """Return the row of a contact that was found."""
    return {**_key(request, f"{MATCHES}{match.contact_id}"), **write(match)}


def item_row(request: RequestId, item: Item) -> Row:
    """Return the row of a verdict."""
    return {**_key(request, f"ITEM#{hashlib.sha256(item.file.encode()).hexdigest()}"), **write(item)}


def event_row(request: RequestId, event_id: str) -> Row:
    """Return the row that says that an event was applied."""
    return _key(request, f"EVENT#{event_id}")


def read_request(rows: Iterable[Row]) -> OnRecord | None:
    """Return what the rows of one request come to; none without its own row. Raises UnreadableRow."""
    meta: SubjectRequest | None = None
    matches, items, events = list[Match](), list[Item](), set[str]()
    for row in rows:
        name = row[SORT_KEY]["S"]
        kind, _, rest = name.partition("#")
        if name == META:
            meta = read(row, SubjectRequest)
        elif kind == "MATCH":
            matches.append(read(row, Match))
        elif kind == "ITEM":
            items.append(read(row, Item))
        elif kind == "EVENT":
            events.add(rest)
    if meta is None:
        return None
    request = replace(
        meta,
        matches=tuple(sorted(matches, key=lambda one: one.contact_id)),
        items=tuple(sorted(items, key=lambda one: one.file)),
    )
    return OnRecord(request=request, events=frozenset(events))


def request_in(row: Row) -> RequestId:
    """Return the reference that a request's own row states, as it was written."""
    return RequestId(str(plain(row)["id"]))


def _key(request: RequestId, name: str) -> Row:
    return values({PARTITION_KEY: partition(request), SORT_KEY: name})
