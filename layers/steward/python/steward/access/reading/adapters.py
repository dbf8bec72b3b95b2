"""The trail and the reports on S3, what is on record in DynamoDB, and notices on SNS."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import msgspec

from steward.access.reading.days import Day
from steward.access.reading.reasons import OnRecord, Span
from steward.aws.clients import client
from steward.aws.errors import translated
from steward.aws.mail import send_mail
from steward.clock import london_date
from steward.failures import NotFound
from steward.holds.references import folded
from steward.ids import CaseRef
from steward.names import READS
from steward.rights.adapters.bus import OwnBus
from steward.rights.adapters.request_table import DynamoRequests
from steward.rights.disclosing.adapters.table import DynamoDisclosures
from steward.rights.requests import Verdict

_UNTOLD: Final = f"{READS}late-days-to-tell.json"
_STAMP: Final = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, kw_only=True)
class S3Trail:
    """The bucket of the trail, with the layout that CloudTrail gives it."""

    bucket: str
    account: str
    region: str

    def digests(self, begin: datetime, end: datetime) -> Iterator[bytes]:
        """Return the digests that end between two moments, as they lie there."""
        day = begin.date()
        while day <= end.date():
            prefix = f"AWSLogs/{self.account}/CloudTrail-Digest/{self.region}/{day:%Y/%m/%d}/"
            with translated("s3.ListObjectsV2"):
                pages = client("s3").get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
                keys = [one["Key"] for page in pages for one in page.get("Contents", ())]
            for key in keys:
                stamped = key.removesuffix(".json.gz").removesuffix("_backfill").rpartition("_")[2]
                if f"{begin:{_STAMP}}" <= stamped < f"{end:{_STAMP}}":
                    yield self.file(key)
            day += timedelta(days=1)

    def file(self, key: str) -> bytes:
        """Return a file as it lies there; raise ``steward.failures.NotFound``."""
        with translated("s3.GetObject"):
            answer: Any = client("s3").get_object(Bucket=self.bucket, Key=key)
            body: bytes = answer["Body"].read()
        return body


@dataclass(frozen=True)
class S3Reports:
    """The store of rights."""

    bucket: str

    def keep_day(self, day: Day) -> None:
        """Write a day; the same day again is written over."""
        self._put(f"{READS}{day.on:%Y/%m/%d}.json", msgspec.json.encode(day), "application/json")

    def reported(self) -> Sequence[date]:
        """Return every day of which there is a report, in order; what else lies there is none."""
        return sorted(on for key in self._keys(READS) if (on := _day_of(key)) is not None)

    def days(self, year: int, month: int) -> Sequence[Day]:
        """Return the days of that month that were reported, in order; one that cannot be read has that as missing."""
        keys = self._keys(f"{READS}{year:04}/{month:02}/")
        return [self._day(key, on) for key in keys if (on := _day_of(key)) is not None]

    def untold(self) -> Sequence[date]:
        """Return the days of which a run meant to tell that they are late, and which nobody was told of yet."""
        try:
            with translated("s3.GetObject"):
                answer: Any = client("s3").get_object(Bucket=self.bucket, Key=_UNTOLD)
                return msgspec.json.decode(answer["Body"].read(), type=list[date])
        except (NotFound, msgspec.MsgspecError):
            return []

    def keep_untold(self, days: Sequence[date]) -> None:
        """Write those down, in the place of what was; none: everything is told."""
        self._put(_UNTOLD, msgspec.json.encode(list(days)), "application/json")

    def keep_month(self, year: int, month: int, page: bytes) -> None:
        """Write the page of a month."""
        self._put(f"{READS}{year:04}-{month:02}.html", page, "text/html; charset=utf-8")

    def _day(self, key: str, on: date) -> Day:
        with translated("s3.GetObject"):
            answer: Any = client("s3").get_object(Bucket=self.bucket, Key=key)
            body: bytes = answer["Body"].read()
        try:
            return msgspec.json.decode(body, type=Day)
        except msgspec.MsgspecError:
            return Day(on=on, missing=("its report cannot be read",), entries=(), functions={})

    def _keys(self, prefix: str) -> list[str]:
        with translated("s3.ListObjectsV2"):
            pages = client("s3").get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
            return [one["Key"] for page in pages for one in page.get("Contents", ())]

    def _put(self, key: str, body: bytes, kind: str) -> None:
        with translated("s3.PutObject"):
            client("s3").put_object(Bucket=self.bucket, Key=key, Body=body, ContentType=kind)


def _day_of(key: str) -> date | None:
    try:
        return date.fromisoformat(key.removeprefix(READS).removesuffix(".json").replace("/", "-"))
    except ValueError:
        return None


def on_record(requests: DynamoRequests, disclosures: DynamoDisclosures) -> OnRecord:
    """Return every request and disclosure of which something is still kept."""
    of_requests, of_disclosures = dict[str, Span](), dict[str, Span]()
    contacts = defaultdict[str, list[Span]](list)
    for name in requests.unfinished():
        known = requests.find(name)
        if known is None:
            continue
        one = known.request
        span = Span(reference=f"request {one.id}", since=one.received_on, until=one.closing.on if one.closing else None)
        of_requests[folded(CaseRef(one.id))] = span
        for match in one.matches:
            if match.verdict is not Verdict.REJECTED:
                contacts[match.contact_id].append(span)
    for disclosure in disclosures.unfinished():
        found = disclosures.find(disclosure)
        if found is None:
            continue
        about = found.disclosure
        ended = about.grant.expires_on if about.grant else None
        if about.refused_because:
            ended = london_date(about.refusals[-1].at) if about.refusals else london_date(about.asked_at)
        span = Span(reference=f"disclosure {about.id}", since=london_date(about.asked_at), until=ended)
        of_disclosures[folded(CaseRef(about.id))] = span
        for contact in about.contact_ids:
            contacts[contact].append(span)
    return OnRecord(
        requests=of_requests,
        disclosures=of_disclosures,
        contacts={one: tuple(spans) for one, spans in contacts.items()},
    )


@dataclass(frozen=True, kw_only=True)
class ToldOfReads:
    """Publishes to the data protection officer's topic and on the own bus: days and counts, and nobody's name."""

    topic_arn: str
    bus: OwnBus

    def unexplained(self, on: date, number: int) -> None:
        """Tell how many reads have no reason on record; the report names them."""
        lines = [
            f"Of what was read on {on:%d %B %Y} there is no request or disclosure on record for {number}.",
            f"The report names who and what: {READS}{on:%Y-%m}.html in the store of rights, for the access auditor.",
            "Ask them. If there was no need, it may be a breach: the 72 hours run from when you know of it.",
        ]
        send_mail(self.topic_arn, "Somebody read something without a reason on record", "\n".join(lines))
        self.bus.state("Access Unexplained", {"on": on.isoformat(), "reads": number})

    def missing(self, on: date, what: Sequence[str]) -> None:
        """Tell that a day is not, or not wholly, known."""
        lines = [
            f"The trail of {on:%d %B %Y} is not whole. Who read something in that time is not known:",
            *(f"- {one}" for one in what[:50]),
            "Look whether the trail is switched on, and who changed it or its bucket.",
        ]
        send_mail(self.topic_arn, "A day of the trail is missing", "\n".join(lines))

    def late(self, made_up: Sequence[date], not_shown: Sequence[date], left: int) -> None:
        """Tell which missed days were reported late, which could not be, and how many wait for the next nights."""
        lines = [
            "There was no report of these days in the night after them: the nightly run did not end.",
            *(f"- {on:%d %B %Y}: reported now, late" for on in made_up),
            *(f"- {on:%d %B %Y}: not shown: the trail of that day could not be read" for on in not_shown),
            *([f"{left} more days wait for the next nights."] if left else []),
            f"The page of each month says so too: {READS} in the store of rights, for the access auditor.",
        ]
        send_mail(self.topic_arn, "Days without a report of reads were made up", "\n".join(lines))
