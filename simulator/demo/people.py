"""The act about people's rights: two requests, told from their scenarios, and whether what they come to is true."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.text import Text

from simulator.demo.chapters import british, reader
from simulator.scenarios.lines import read_scenario
from simulator.scenarios.replay import Replay

if TYPE_CHECKING:
    from rich.console import Console

    from simulator.aws.account.account import EmbeddedAws
    from simulator.scenarios.results.shapes import State
    from simulator.scenarios.results.timeline import Happening

POLICY: Final = Path("policies/barnet.toml")
FOLDER: Final = Path("events/scenarios")
NUMBER: Final = "+441632960123"
"""By which the person is looked for in both stories; Ofcom keeps it for drama."""

OLD, RECENT, NEIGHBOURS, COMPLAINED_OF = (
    "call-of-2025",
    "call-of-december",
    "call-of-a-neighbour",
    "call-complained-of",
)
BEFORE_THE_RELEASE: Final = datetime(2027, 1, 10, 12, tzinfo=UTC)
_TOLD: Final = ("event", "decide", "notification")

Claims = Iterator[tuple[str, bool]]


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a story came to. ``meanwhile`` is the state at the moment at which the story is looked into."""

    meanwhile: State | None
    end: State
    timeline: list[Happening]
    records: Mapping[str, bytes]
    """What is left of contact records in the end, by key."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """One story."""

    scenario: str
    title: str
    claims: Callable[[Told], Claims]
    meanwhile: datetime | None = None


def peoples_rights(out: Console, stories: Iterator[Told]) -> list[str]:
    """Show what came of each request, and return the claims that do not hold. Raises what telling one raised."""
    failed: list[str] = []
    for one in REQUESTS:
        out.print(Text(f"\n{one.title}", style="bold"))
        with out.status("Some weeks pass on the embedded AWS"):
            told = next(stories)
        for row in told.timeline:
            if row.kind in _TOLD and "Retention statement" not in row.text and "Register " not in row.text:
                out.print(f"  {british(row.at)}  {_said(row)}")
        for claim, holds in one.claims(told):
            out.print(f"  {'true  ' if holds else 'FAILED'}  {claim}", style="" if holds else "red")
            failed += [] if holds else [f"{one.title}: {claim}"]
    return failed


def tell(one: Request, *, assembly: Path | None = None) -> Told:
    """Replay a story; ``assembly`` stands in for the synthesized templates. Raises ``ScenarioError``."""
    file = FOLDER / one.scenario
    lines = read_scenario(file)
    with Replay.start(lines, file=file, policy=POLICY, assembly=assembly) as replay:
        meanwhile = None
        if one.meanwhile is not None:
            replay.run_until(one.meanwhile)
            meanwhile = replay.state()
        replay.run_until(lines[-1].at)
        outcome = replay.outcome()
        return Told(meanwhile=meanwhile, end=outcome.state, timeline=outcome.timeline, records=_records(replay.world))


def _records(world: EmbeddedAws) -> dict[str, bytes]:
    bucket, storage = world.names.buckets["contact_record"], world.client("s3")
    keys = [one["Key"] for one in storage.list_objects_v2(Bucket=bucket).get("Contents", ())]
    bodies = {key: storage.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}
    return {key: gzip.decompress(body) if key.endswith(".gz") else body for key, body in bodies.items()}


def access(told: Told) -> Claims:
    """Say what has to be true of a request for a copy, and whether it is."""
    [request] = told.end.requests
    kept = {one.key for one in told.end.stores["rights"].objects if one.is_latest}
    yield (
        "Both calls are found by her number, and her neighbour's is not.",
        {one.contact_id for one in request.contacts} == {OLD, RECENT},
    )
    yield (
        "It is due on 4 February 2027: the council's thirty days are over a day before the law's month.",
        (request.promised_on, request.law_on, request.due_on) == (date(2027, 2, 4), date(2027, 2, 5), date(2027, 2, 4)),
    )
    yield (
        "The month of the old call is disposed of on its day, and the copy of its record stays with the request.",
        any(one.store == "contact_record" and "year=2025/month=01" in one.key for one in told.end.disposals)
        and f"requests/SAR-1/records/{OLD}.json" in kept,
    )
    yield (
        "The recording of the recent call is held for as long as the request is open.",
        [(one.contact_id, one.status, one.open_ended) for one in told.end.holds] == [(RECENT, "held", True)],
    )
    yield (
        "That the deadline was missed is told in the night after it.",
        any("deadline was missed" in str(one.subject) for one in told.end.notifications),
    )
    yield "Her number is in no line of the timeline.", NUMBER[3:] not in repr(told.timeline)


def erasure(told: Told) -> Claims:
    """Say what has to be true of an erasure of which a complaint holds a part, and whether it is."""
    waits = _statuses(told.meanwhile, COMPLAINED_OF) if told.meanwhile else set()
    lines = b"".join(told.records.values())
    yield (
        "What nothing holds goes when two people agreed on it.",
        (bool(told.meanwhile) and _statuses(told.meanwhile, RECENT) <= {"erased", "already_gone"}),
    )
    yield (
        "What a complaint holds waits, and the information team is told.",
        ("deferred" in waits and any(str(one.subject).startswith("Erased in part") for one in told.end.notifications)),
    )
    yield (
        "It goes by itself once the hold is released and its days of grace are over, and that is told again.",
        (
            _statuses(told.end, COMPLAINED_OF) <= {"erased", "already_gone"}
            and any(str(one.subject) == "Erased: request ERA-1" for one in told.end.notifications)
        ),
    )
    yield "Her neighbour's line, which lay in the same object, is still there.", NEIGHBOURS.encode() in lines
    yield (
        "No line of hers is left, and nothing of her calls in any store.",
        (
            NUMBER.encode() not in lines
            and not [
                one.key
                for store in told.end.stores.values()
                for one in store.objects
                if COMPLAINED_OF in one.key or RECENT in one.key
            ]
        ),
    )


def _said(row: Happening) -> str:
    if row.kind != "notification":
        return row.text
    return f"{reader(str(row.details['topic']))} is told: {row.details['subject']}"


def _statuses(state: State | None, contact_id: str) -> set[str]:
    found = state.erasures if state is not None else []
    return {str(artefact.status) for one in found for artefact in one.artefacts if contact_id in artefact.key}


REQUESTS: Final = (
    Request(
        scenario="access-request.jsonl",
        title="A resident asks for a copy of everything that is kept of her",
        claims=access,
    ),
    Request(
        scenario="erasure-request.jsonl",
        title="Another asks for erasure while a complaint is open",
        claims=erasure,
        meanwhile=BEFORE_THE_RELEASE,
    ),
)
