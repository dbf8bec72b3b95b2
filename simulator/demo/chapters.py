"""The timeline as a complaints officer reads it: few lines, London time, no machinery."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from simulator.demo import expectations as story
from simulator.demo.expectations import Evidence
from simulator.scenarios.results.shapes import Disposal
from simulator.scenarios.results.timeline import Happening
from steward.clock import LONDON

NAMES = {
    story.BINS: "the call about a missed bin",
    story.CHAT: "the chat about the housing register",
    story.TRANSFERRED: "the council tax call (first advisor)",
    story.TRANSFERRED_TO: "the council tax call (second advisor)",
    story.CALLBACK: "the call back about council tax",
    story.HOUSING: "the call about housing options",
}
"""How the story calls its contacts."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the story; ``at`` is aware."""

    at: datetime
    text: str
    matters: bool = False


def british(moment: datetime) -> str:
    """Return a moment as a Londoner writes it: 14 May 2027, 11:05."""
    local = moment.astimezone(LONDON)
    return f"{local.day} {local:%B %Y, %H:%M}"


def british_day(moment: datetime) -> str:
    """Return the London date of a moment: 14 May 2027."""
    local = moment.astimezone(LONDON)
    return f"{local.day} {local:%B %Y}"


def entries(evidence: Evidence) -> list[Entry]:
    """Return the story in order."""
    told = [
        *_contacts(evidence.timeline),
        *_complaints(evidence.timeline),
        *_holds(evidence.timeline),
        *_told(evidence.timeline),
        *_departures(evidence.end.disposals),
    ]
    return sorted(told, key=lambda entry: entry.at)


def name_in(text: str) -> str | None:
    """Return the story's name for the contact whose id stands in a text, such as an object's key."""
    return next((name for contact_id, name in NAMES.items() if contact_id in text), None)


def _stored(timeline: list[Happening]) -> Counter[str]:
    """Return how many files Connect stored of each contact."""
    return Counter(name for row in timeline if row.kind == "object" and (name := name_in(row.text)))


def _contacts(timeline: list[Happening]) -> Iterable[Entry]:
    files = _stored(timeline)
    for row in timeline:
        if row.kind == "contact" and (name := NAMES.get(str(row.details.get("contact_id")))):
            yield Entry(row.at, f"{name[0].upper()}{name[1:]} ends; Connect stores {files[name]} files.")


def _complaints(timeline: list[Happening]) -> Iterable[Entry]:
    for row in timeline:
        if row.kind == "event" and row.details.get("source") == "steward.complaints":
            yield Entry(row.at, f"{row.details['detail_type']}: case {row.details.get('case')}.", matters=True)


def _holds(timeline: list[Happening]) -> Iterable[Entry]:
    files = _stored(timeline)
    for row in timeline:
        if row.kind != "hold":
            continue
        name, case = NAMES.get(str(row.details["contact_id"]), "a contact"), row.details["case"]
        until = row.details["hold_until"]
        if row.details["status"] in ("held", "partial") and isinstance(until, datetime):
            text = f"Case {case} holds {name}: {_copies(row, files[name])}, locked until {british_day(until)}."
        else:
            status = str(row.details["status"]).replace("_", " ")
            text = f"Case {case}: the register now says of {name}: {status}."
        yield Entry(row.at, text, matters=True)


def _copies(row: Happening, stored: int) -> str:
    """Return how many copies were made: of what Connect stored, and of its record of the contact."""
    if row.details["artefacts"] == stored + 1:
        return f"its {stored} files and Connect's record of it"
    return f"{row.details['artefacts']} files"


def _told(timeline: list[Happening]) -> Iterable[Entry]:
    times = Counter(
        (row.at, reader(str(row.details["topic"])), str(row.details["subject"]))
        for row in timeline
        if row.kind == "notification"
    )
    alike = Counter((who, _undated(subject)) for _, who, subject in times)
    said: set[tuple[str, str]] = set()
    for (at, who, subject), number in times.items():
        kind = who, _undated(subject)
        if kind in said:
            continue
        said.add(kind)
        for_each = f" (one notice for each of {number} contacts)" if number > 1 else ""
        again = alike[kind] - 1
        later = f"; told again on {again} later day{'s' if again > 1 else ''}" if again else ""
        yield Entry(at, f"{who} is told: {subject}{for_each}{later}.")


def _undated(subject: str) -> str:
    """Return a subject without the month or day that it is about."""
    return re.sub(r"\b[0-9]{4}-[0-9]{2}(-[0-9]{2})?\b", "", subject)


def reader(topic: str) -> str:
    """Return who reads a topic, by the name that its construct gave it."""
    return next((reader for name, reader in READERS.items() if name in topic), topic)


def own_papers(evidence: Evidence) -> int:
    """Return how many papers of steward's own went: pages of registers and counts, each followed by the next one."""
    return sum(row.store in OWN_STORES for row in evidence.end.disposals)


def _departures(disposals: list[Disposal]) -> Iterable[Entry]:
    groups: dict[tuple[str, str, str], list[Disposal]] = defaultdict(list)
    for row in disposals:
        if row.store in OWN_STORES:
            continue
        groups[british_day(row.at), row.store, name_in(row.key) or "the month's contact records"].append(row)
    for (_, _, name), rows in groups.items():
        text = f"Deleted for good: {_number(rows)} of {name}; {WHY[rows[0].cause]}."
        yield Entry(rows[0].at, text, matters=rows[0].cause == "hold_ended")


def _number(rows: list[Disposal]) -> str:
    """Return how many files went, and beside held copies their manifest, which is none of the contact's files."""
    if rows[0].store != "legal_hold":
        return "1 file" if len(rows) == 1 else f"{len(rows)} files"
    copies = [row for row in rows if "/manifests/" not in row.key and not row.key.endswith("manifest.json")]
    text = "1 held copy" if len(copies) == 1 else f"{len(copies)} held copies"
    return text if len(copies) == len(rows) else f"{text} and the manifest"


OWN_STORES = frozenset({"evidence", "rights"})
"""The stores of what steward writes itself; no request of a person comes in this story."""

READERS = {
    "ComplaintsTopic": "The complaints team",
    "DataProtectionTopic": "The data protection officer",
    "InformationTopic": "The information team",
    "SupervisorsTopic": "A supervisor",
}
"""Who subscribes to which topic of the stores' stack."""

WHY = {
    "lifecycle": "its period is over",
    "hold_ended": "the hold has ended",
    "erasure": "erased on request",
    "retention_sweep": "its period is over",
}
"""The causes of a deletion in plain words."""
