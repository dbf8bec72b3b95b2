"""Lifecycle rules as pure arithmetic: which rule concerns an object, and from which midnight.

Source: Amazon S3 User Guide, "Lifecycle configuration elements". A period counts whole days from a moment and is
rounded up to the next midnight UTC, so 15 January 10:30 plus 3 days is 19 January 00:00. A moment at midnight itself
belongs to the day that starts then, so it is rounded up to the following midnight.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

DAY = timedelta(days=1)

Tags = Callable[[], Mapping[str, str]]
"""The tags of an object, looked up only when a rule asks for them."""


def midnight_after(moment: datetime) -> datetime:
    """Return the first midnight UTC strictly after an aware moment."""
    day = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + DAY


def midnight_from(moment: datetime) -> datetime:
    """Return the first midnight UTC at or after an aware moment."""
    return midnight_after(moment - timedelta(microseconds=1))


class InvalidRuleError(ValueError):
    """A rule that S3 would refuse, with the reason as one sentence."""


@dataclass(frozen=True, slots=True)
class LifecycleRule:
    """One enabled rule. Sizes are in bytes; ``None`` and empty values do not restrict."""

    prefix: str = ""
    tags: tuple[tuple[str, str], ...] = ()
    larger_than: int | None = None
    smaller_than: int | None = None
    expire_days: int | None = None
    expire_on: datetime | None = None
    expire_markers: bool = False
    noncurrent_days: int | None = None
    newer_noncurrent: int = 0
    abort_days: int | None = None

    def concerns(self, name: str, size: int, tags: Tags) -> bool:
        """Tell whether the filter matches an object version."""
        return (
            name.startswith(self.prefix)
            and (self.larger_than is None or size > self.larger_than)
            and (self.smaller_than is None or size < self.smaller_than)
            and (not self.tags or _holds_all(tags(), self.tags))
        )

    def concerns_marker(self, name: str) -> bool:
        """Tell whether the filter matches a delete marker, which has neither tags nor size."""
        unfiltered = not self.tags and self.larger_than is None and self.smaller_than is None
        return unfiltered and name.startswith(self.prefix)

    def expiry_of(self, created: datetime) -> datetime | None:
        """Return the midnight at which an object created at that moment expires."""
        if self.expire_days is not None:
            return midnight_after(created) + self.expire_days * DAY
        if self.expire_on is not None:
            return max(self.expire_on, midnight_after(created)) if created >= self.expire_on else self.expire_on
        return None


def _holds_all(actual: Mapping[str, str], wanted: Iterable[tuple[str, str]]) -> bool:
    return all(actual.get(key) == value for key, value in wanted)


def expiry_due(rules: Iterable[LifecycleRule], name: str, size: int, tags: Tags, created: datetime) -> datetime | None:
    """Return when the current version expires: of overlapping rules the shorter one wins."""
    earliest = None
    for rule in rules:
        if rule.concerns(name, size, tags):
            earliest = _earlier(earliest, rule.expiry_of(created))
    return earliest


def noncurrent_due(
    rules: Iterable[LifecycleRule], name: str, size: int, tags: Tags, *, since: datetime, newer: int
) -> datetime | None:
    """Return when a version that is noncurrent since that moment goes; ``newer`` noncurrent versions are younger."""
    earliest = None
    for rule in rules:
        days = rule.noncurrent_days
        if days is not None and newer >= rule.newer_noncurrent and rule.concerns(name, size, tags):
            earliest = _earlier(earliest, midnight_after(since) + days * DAY)
    return earliest


def marker_due(rules: Iterable[LifecycleRule], name: str, created: datetime) -> datetime | None:
    """Return when a delete marker without any version behind it goes.

    A rule with a period removes it when the marker is as old as that period ("ExpiredObjectDeleteMarker" in the S3 API
    reference); a rule with the flag removes it at the next run.
    """
    earliest = None
    for rule in rules:
        if rule.concerns_marker(name):
            earliest = _earlier(earliest, midnight_after(created) if rule.expire_markers else rule.expiry_of(created))
    return earliest


def abort_due(rules: Iterable[LifecycleRule], name: str, initiated: datetime) -> datetime | None:
    """Return when an incomplete multipart upload is given up."""
    earliest = None
    for rule in rules:
        if rule.abort_days is not None and rule.concerns_marker(name):
            earliest = _earlier(earliest, midnight_after(initiated) + rule.abort_days * DAY)
    return earliest


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    if one is None or other is None:
        return one or other
    return min(one, other)


def read_rules(raw: Iterable[Mapping[str, Any]]) -> tuple[LifecycleRule, ...]:
    """Read rules as they stand in the XML of PutBucketLifecycleConfiguration; disabled ones are left out.

    Raises ``InvalidRuleError`` for what S3 refuses.
    """
    return tuple(_read(rule) for rule in raw if rule.get("Status") == "Enabled")


def _read(raw: Mapping[str, Any]) -> LifecycleRule:
    chosen = raw.get("Filter") or {}
    both = chosen.get("And") or {}
    scope = both or chosen
    listed = scope.get("Tag") or []
    tags = tuple((tag["Key"], tag.get("Value") or "") for tag in (listed if isinstance(listed, list) else [listed]))
    expiration = raw.get("Expiration") or {}
    noncurrent = raw.get("NoncurrentVersionExpiration") or {}
    abort = raw.get("AbortIncompleteMultipartUpload") or {}
    markers = str(expiration.get("ExpiredObjectDeleteMarker", "")).lower() == "true"
    if tags and (markers or abort):
        raise InvalidRuleError("A rule with a tag filter can neither expire delete markers nor abort uploads")
    return LifecycleRule(
        prefix=scope.get("Prefix") or raw.get("Prefix") or "",
        tags=tags,
        larger_than=_whole(scope, "ObjectSizeGreaterThan"),
        smaller_than=_whole(scope, "ObjectSizeLessThan"),
        expire_days=_positive(expiration, "Days"),
        expire_on=_midnight(expiration.get("Date")),
        expire_markers=markers,
        noncurrent_days=_positive(noncurrent, "NoncurrentDays"),
        newer_noncurrent=_whole(noncurrent, "NewerNoncurrentVersions") or 0,
        abort_days=_positive(abort, "DaysAfterInitiation"),
    )


def _whole(raw: Mapping[str, Any], name: str) -> int | None:
    return None if raw.get(name) is None else int(raw[name])


def _positive(raw: Mapping[str, Any], name: str) -> int | None:
    days = _whole(raw, name)
    if days is not None and days < 1:
        raise InvalidRuleError(f"'{name}' must be a positive integer")
    return days


def _midnight(text: str | None) -> datetime | None:
    if text is None:
        return None
    moment = datetime.fromisoformat(text)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if moment != midnight_from(moment):
        raise InvalidRuleError("'Date' must be at midnight GMT")
    return moment
