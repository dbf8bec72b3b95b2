"""The lifecycle of stored objects, by appointment: each key waits for its own midnight, and nothing is ever scanned."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

from moto.s3.models import FakeKey

from simulator.aws.s3.objects import Version, created_at, lock_of, versions_of
from simulator.aws.s3.rules import abort_due, expiry_due, marker_due, midnight_after, midnight_from, noncurrent_due

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from moto.s3.models import FakeBucket, FakeMultipart

    from simulator.aws.s3.rules import LifecycleRule
    from simulator.aws.time.ports import Agenda


class LifecycleStore(Protocol):
    """Carries out what lifecycle decides; it need not ask for a new plan."""

    def tags_of(self, version: FakeKey) -> Mapping[str, str]:
        """Return the tags of a version."""

    def expire(self, bucket: FakeBucket, name: str) -> None:
        """Hide the key behind a marker, or delete it for good in a bucket without versioning."""

    def discard(self, bucket: FakeBucket, version: Version) -> None:
        """Delete a noncurrent version, or a marker with nothing behind it, for good."""

    def abort(self, bucket: FakeBucket, upload: FakeMultipart) -> None:
        """Give up an incomplete upload."""


class Lifecycle:
    """Decides at midnights UTC what has to go.

    S3 looks at a bucket once a day; what becomes due between two midnights goes at the next. A version under a
    retention or a legal hold stays, and goes at a midnight after it is free.
    """

    def __init__(self, agenda: Agenda, keeper: LifecycleStore) -> None:
        """Work for one store."""
        self._agenda = agenda
        self._keeper = keeper
        self._rules: dict[str, tuple[LifecycleRule, ...]] = {}
        self._appointments: dict[datetime, dict[tuple[str, str], FakeBucket]] = {}
        self._next: dict[tuple[str, str], datetime] = {}
        self._uploads: dict[str, datetime] = {}

    def rule(self, bucket: FakeBucket, rules: Sequence[LifecycleRule]) -> None:
        """Take a new configuration, which concerns what is already there as well."""
        self._rules[bucket.name] = tuple(rules)
        for name in list(bucket.keys):
            self.plan(bucket, name)
        for upload in bucket.multiparts.values():
            self.plan_upload(bucket, upload)

    def plan(self, bucket: FakeBucket, name: str) -> None:
        """Make the next appointment of a key. An earlier one that stands is kept and then found without cause."""
        rules = self._rules.get(bucket.name)
        if not rules:
            return
        moment = None
        for version, due in self._dues(bucket, name, rules):
            run = self._when(bucket, version, due)
            moment = run if moment is None or (run is not None and run < moment) else moment
        if moment is None:
            return
        moment = max(moment, midnight_after(self._agenda.now()))
        place = (bucket.name, name)
        standing = self._next.get(place)
        if standing is not None and standing <= moment:
            return
        self._next[place] = moment
        if moment not in self._appointments:
            self._appointments[moment] = {}
            self._agenda.at(moment, partial(self._keep_appointments, moment))
        self._appointments[moment][place] = bucket

    def over(self, bucket: str, name: str, size: int, created: datetime) -> bool:
        """Tell whether an object that was created at that moment, and has no tags, would have expired by now."""
        due = expiry_due(self._rules.get(bucket, ()), name, size, dict, created)
        return due is not None and due <= self._agenda.now()

    def plan_upload(self, bucket: FakeBucket, upload: FakeMultipart) -> None:
        """Make the appointment of an incomplete upload."""
        started = self._uploads.setdefault(upload.id, self._agenda.now())
        due = abort_due(self._rules.get(bucket.name, ()), upload.key_name, started)
        if due is not None:
            run = max(due, midnight_after(self._agenda.now()))
            self._agenda.at(run, partial(self._abort, bucket, upload))

    def _abort(self, bucket: FakeBucket, upload: FakeMultipart) -> None:
        started = self._uploads.get(upload.id)
        due = None if started is None else abort_due(self._rules.get(bucket.name, ()), upload.key_name, started)
        if upload.id in bucket.multiparts and due is not None and due <= self._agenda.now():
            self._keeper.abort(bucket, upload)
        if upload.id not in bucket.multiparts:
            self._uploads.pop(upload.id, None)

    def _keep_appointments(self, moment: datetime) -> None:
        for place, bucket in self._appointments.pop(moment).items():
            if self._next.get(place) == moment:
                del self._next[place]
                self._look_at(bucket, place[1])
                self.plan(bucket, place[1])

    def _look_at(self, bucket: FakeBucket, name: str) -> None:
        now = self._agenda.now()
        for version, due in self._dues(bucket, name, self._rules.get(bucket.name, ())):
            if due > now:
                continue
            if _is_current_object(bucket, version):
                self._keeper.expire(bucket, name)
            elif not lock_of(version).forbids_deletion(now, bypass=False):
                self._keeper.discard(bucket, version)

    def _dues(self, bucket: FakeBucket, name: str, rules: Sequence[LifecycleRule]) -> list[tuple[Version, datetime]]:
        """Return each version of a key that rules concern, with the midnight from which they do."""
        versions = versions_of(bucket, name)
        dues = []
        for position, version in enumerate(versions):
            due = self._due(version, name, rules, versions[position + 1 :], alone=len(versions) == 1)
            if due is not None:
                dues.append((version, due))
        return dues

    def _due(
        self, version: Version, name: str, rules: Sequence[LifecycleRule], newer: list[Version], *, alone: bool
    ) -> datetime | None:
        if isinstance(version, FakeKey):
            size: int = version.size
            tags: Callable[[], Mapping[str, str]] = partial(self._keeper.tags_of, version)
        else:
            size, tags = 0, dict
        if newer:
            return noncurrent_due(rules, name, size, tags, since=created_at(newer[0]), newer=len(newer) - 1)
        if isinstance(version, FakeKey):
            return expiry_due(rules, name, size, tags, created_at(version))
        return marker_due(rules, name, created_at(version)) if alone else None

    def _when(self, bucket: FakeBucket, version: Version, due: datetime) -> datetime | None:
        """Return from when on something will happen to a version that is due, as things stand.

        A lock does not keep the current version from being hidden by a marker. What is held waits for the hold's end.
        """
        lock = lock_of(version)
        if (not lock.held and lock.until is None) or _is_current_object(bucket, version):
            return due
        if lock.held:
            return None
        return due if lock.until is None else max(due, midnight_from(lock.until))


def _is_current_object(bucket: FakeBucket, version: Version) -> bool:
    return isinstance(version, FakeKey) and versions_of(bucket, version.name)[-1] is version
