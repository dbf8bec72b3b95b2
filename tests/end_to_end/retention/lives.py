"""Whole lives of contacts as scenarios, and what the policy promises about each of their objects.

The promises are restated here from the dates alone, without steward's own month arithmetic.
"""

from __future__ import annotations

import calendar
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from simulator.scenarios.lines import read_scenario
from simulator.scenarios.replay import Replay
from simulator.scenarios.results.shapes import Disposal, State
from steward.ids import S3_RECORD_CLASSES
from tests.end_to_end.begun import NIGHTLY, asleep

LONDON = ZoneInfo("Europe/London")

MARGIN = timedelta(days=7)
"""docs/policy.md: an object is gone within a week of the end of its period."""

SWEEP_MARGIN = timedelta(days=1)
"""docs/policy.md: a month of contact records goes on the night of the day on which it is due."""

BEGINNINGS = (
    datetime(2027, 2, 26, 22, tzinfo=UTC),  # the end of February
    datetime(2027, 3, 27, 22, tzinfo=UTC),  # clocks go forward on the 28th
    datetime(2027, 8, 29, 22, tzinfo=UTC),  # 31 August: six months later there is no 31st
    datetime(2027, 10, 30, 22, tzinfo=UTC),  # clocks go back on the 31st
    datetime(2027, 12, 30, 22, tzinfo=UTC),
)
"""Contacts begin within three days of these moments."""

DELETING = frozenset({"maintain_holds", "replay_erasures", "retire_applications", "retire_contact_records"})
"""The jobs of the night that may make something leave."""

RESENT_AFTER_DAYS = (150, 610)
"""In the fifth and in the twentieth month Connect sends a contact's record again."""


@dataclass(frozen=True)
class Stored:
    """An object that Connect wrote: its record class, its key and the moment."""

    store: str
    key: str
    at: datetime


@dataclass(frozen=True)
class Outcome:
    """What a replay showed: when the bytes of each object went, and what was left."""

    gone: Mapping[tuple[str, str], Disposal]
    written: Mapping[tuple[str, str], datetime]
    """Every contact-record object that was seen, and its Last-Modified."""
    left: State


def months_after(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def promised_until(at: datetime, months: int) -> datetime:
    """The London midnight up to which an object of that moment is promised to be kept."""
    end = months_after(at.astimezone(LONDON).date(), months)
    return datetime(end.year, end.month, end.day, tzinfo=LONDON)


def contacts(number: int, beginnings: Sequence[datetime], seed: str) -> Iterator[tuple[str, datetime]]:
    """Yield that many contacts, spread over the beginnings."""
    dice = random.Random(seed)  # noqa: S311 -- a repeatable story, not a secret
    for n in range(number):
        begins = beginnings[n % len(beginnings)] + timedelta(seconds=dice.randrange(3 * 86400))
        yield str(UUID(int=dice.getrandbits(128), version=4)), begins


def objects_of(contact: str, begins: datetime, classes: set[str], serial: Iterator[int]) -> Iterator[Stored]:
    """Yield what Connect writes about one contact, in the layouts that it uses."""
    ended = begins + timedelta(minutes=12)
    day, stamp = ended.strftime("%Y/%m/%d"), ended.strftime("%Y%m%dT%H:%M_UTC")
    analysed = ended.strftime("%Y-%m-%dT%H:%M:%SZ")
    layouts = {
        "call_recording": (
            f"connect/council/CallRecordings/{day}/{contact}_{stamp}.wav",
            f"Analysis/Voice/{day}/{contact}_analysis_{analysed}.json",
            f"Analysis/Voice/Redacted/{day}/{contact}_call_recording_redacted_{analysed}.wav",
        ),
        "screen_recording": (f"connect/council/ScreenRecordings/{day}/{contact}.mp4",),
        "chat_transcript": (
            f"connect/council/ChatTranscripts/{day}/{contact}_{stamp}.json",
            f"Analysis/Chat/{day}/{contact}_analysis_{analysed}.json",
        ),
        "email_message": (f"connect/council/EmailMessages/{day}/{contact}.eml",),
        "attachment": (f"connect/council/Attachments/chat/{day}/file {next(serial)}+50%_{stamp}.pdf",),
        "evaluation": (f"connect/council/Evaluations/{day}/{ended:%H:%M:%S}.000Z-{next(serial)}.json",),
    }
    for store, keys in layouts.items():
        if store in classes:
            for minutes, key in enumerate(keys):
                yield Stored(store, key, ended + timedelta(minutes=minutes))


def write_scenario(
    path: Path, number: int, classes: set[str], *, beginnings: Sequence[datetime] = BEGINNINGS, ends_after: int
) -> list[Stored]:
    """Write the scenario of that many contacts and return the objects in it.

    It ends so many months after the last contact began.
    """
    serial = count(1)
    stored: list[Stored] = []
    lines: list[tuple[datetime, dict[str, object]]] = []
    for contact, begins in contacts(number, beginnings, path.stem):
        for item in objects_of(contact, begins, classes, serial):
            stored.append(item)
            lines.append((item.at, {"object": {"store": item.store, "key": item.key, "bytes": 1000}}))
        if "contact_record" in classes:
            sent = begins + timedelta(minutes=20)
            for late in (timedelta(), *(timedelta(days=days) for days in RESENT_AFTER_DAYS)):
                record = {
                    "ContactId": contact,
                    "InitiationTimestamp": begins.strftime("%Y-%m-%dT%H:%M:%SZ"),
                    "LastUpdateTimestamp": (sent + late).strftime("%Y-%m-%dT%H:%M:%SZ"),
                    "Attributes": {},
                }
                lines.append((sent + late, {"record": record}))
    last = max(beginnings) + timedelta(days=3)
    end = datetime.combine(months_after(last.date(), ends_after), last.timetz())
    lines = [line for line in lines if line[0] < end]
    lines.append((end, {"pass": True}))
    lines.sort(key=lambda line: line[0])
    path.write_text("".join(json.dumps({"at": at.isoformat(), **line}) + "\n" for at, line in lines), encoding="utf-8")
    return stored


def live(scenario: Path, policy: Path, *, awake: frozenset[str] = NIGHTLY) -> Outcome:
    """Replay the scenario, looking in on the contact records every quarter; of the jobs of the night, with these."""
    lines = read_scenario(scenario)
    written: dict[tuple[str, str], datetime] = {}
    with (
        Replay.start(lines, file=scenario, policy=policy) as replay,
        asleep(replay.world, but=awake),
    ):
        moment = lines[0].at
        while moment < lines[-1].at:
            moment = min(moment + timedelta(days=90), lines[-1].at)
            replay.run_until(moment)
            state = replay.state()
            for item in state.stores["contact_record"].objects:
                written["contact_record", item.key] = item.last_modified
    versions = {(row.store, row.key, row.version_id) for row in state.disposals}
    assert len(versions) == len(state.disposals), "a version went twice"
    # What steward writes anew each night beside the records leaves a version behind each time.
    records = [row for row in state.disposals if row.store in S3_RECORD_CLASSES]
    gone = {(row.store, row.key): row for row in records}
    assert len(gone) == len(records), "an object went twice"
    return Outcome(gone, written, state)
