"""The way into the emulated S3: what the scenario player and the engine use."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any, cast

from moto.s3.models import FakeDeleteMarker, FakeKey, s3_backends

from simulator.aws.s3 import notifications
from simulator.aws.s3.backend import DocumentedBackend, install
from simulator.aws.s3.events import EventMaker
from simulator.aws.s3.inventory import InventoryWriter
from simulator.aws.s3.lifecycle import Lifecycle
from simulator.aws.s3.notifications import Happening, Notifier
from simulator.aws.s3.objects import Body, Version, Zeros, add_marker, created_at, find, lock_of, remove, versions_of
from simulator.aws.s3.responses import documented_paths

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from moto.s3.models import FakeBucket, FakeMultipart

    from simulator.aws.s3.rules import LifecycleRule
    from simulator.aws.time.ports import Agenda, Publisher

    Deliver = Callable[[str, str, str], None]

LIFECYCLE = "lifecycle"
"""The actor of a deletion that S3's lifecycle made."""


@dataclass(frozen=True, slots=True)
class Deletion:
    """Bytes that are gone for good. ``actor`` is ``lifecycle`` or whoever the engine says is acting."""

    at: datetime
    bucket: str
    key: str
    version_id: str
    actor: str
    size: int


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """One object version as it stands; times are ISO 8601 in UTC. Delete markers are none: they hold no bytes."""

    key: str
    version_id: str
    bytes: int
    last_modified: str
    is_latest: bool
    tags: Mapping[str, str]
    lock_mode: str | None
    retain_until: str | None
    legal_hold: str | None


class S3Store:
    """moto's S3 with lifecycle, events, a journal and S3's documented rules, from now until ``close``.

    Events go to the publisher at once, within the call that causes them: a publisher that runs handlers should put
    them on the agenda. Suspended versioning is treated as no versioning.
    """

    def __init__(
        self,
        agenda: Agenda,
        publisher: Publisher,
        actor: Callable[[], str],
        *,
        changed: Callable[[str], None] = lambda _: None,
        deliver: Deliver = lambda *_: None,
    ) -> None:
        """Attach to moto; ``actor`` names the function that is running, ``changed`` is told the bucket of every change.

        ``deliver`` brings a notification to its queue.
        """
        self._agenda = agenda
        self._publisher = publisher
        self._actor = actor
        self._changed = changed
        self._deliver = deliver
        self._events = EventMaker(count(1))
        self._notifier = Notifier(count(1))
        self._lifecycle = Lifecycle(agenda, self)
        self._deletions: list[Deletion] = []
        self.inventories = InventoryWriter(agenda, _as_it_is, self._put_inventory, changed)
        self._close = install(self, documented_paths())

    def close(self) -> None:
        """Give moto back its own S3."""
        self._close()

    @property
    def deletions(self) -> Sequence[Deletion]:
        """The journal of what is gone for good, in order."""
        return self._deletions

    def put_object(
        self,
        bucket: str,
        key: str,
        body: bytes | int,
        *,
        tags: Mapping[str, str] | None = None,
        at: datetime | None = None,
    ) -> str:
        """Store an object as Amazon Connect does, thousands a second, and return its version id.

        A body given as a number stands for that many zero bytes, which take no memory. Raises moto's ``MissingBucket``.
        """
        backend, place = _locate(bucket)
        content: Body = body if isinstance(body, bytes) else Zeros(body)
        default = (place.default_lock_mode, place.default_retention()) if place.has_default_lock else (None, None)
        version = backend.store(
            place, key, content, at=at or self._agenda.now(), lock_mode=default[0], lock_until=default[1]
        )
        if tags:
            _set_tags(backend, version, tags)
        self.created(place, version, "PutObject")
        return version.version_id

    def _put_inventory(self, bucket: str, key: str, body: bytes, at: datetime) -> None:
        """Store a list as of a moment, unless lifecycle would have removed it by now."""
        backend, place = _locate(bucket)
        if self._lifecycle.over(bucket, key, len(body), at):
            return
        version = backend.store(place, key, body, at=at)
        self._changed(bucket)
        self._lifecycle.plan(place, version.name)

    def tag_object(self, bucket: str, key: str, tags: Mapping[str, str], *, version_id: str | None = None) -> None:
        """Add tags as somebody does in the S3 console, which keeps the tags that were there.

        Raises ``LookupError`` if there is no such object.
        """
        backend, place = _locate(bucket)
        version = find(place, key, version_id)
        if version is None or isinstance(version, FakeDeleteMarker):
            raise LookupError(f"bucket {bucket} has no object {key} to tag")
        _set_tags(backend, version, {**self.tags_of(version), **tags})
        self.tagged(place, version, added=True)

    def stores_state(self, bucket: str) -> list[StoredVersion]:
        """Return every object version of a bucket by key, oldest first."""
        _, place = _locate(bucket)
        return [
            self._state(version, is_latest=version is versions[-1])
            for versions in (versions_of(place, name) for name in sorted(place.keys))
            for version in versions
            if isinstance(version, FakeKey)
        ]

    def _state(self, version: FakeKey, *, is_latest: bool) -> StoredVersion:
        lock = lock_of(version)
        return StoredVersion(
            key=version.name,
            version_id=version.version_id,
            bytes=version.size,
            last_modified=created_at(version).isoformat(),
            is_latest=is_latest,
            tags=dict(self.tags_of(version)),
            lock_mode=lock.mode,
            retain_until=None if lock.until is None else lock.until.isoformat(),
            legal_hold=version.lock_legal_status or None,
        )

    def created(self, bucket: FakeBucket, version: FakeKey, reason: str) -> None:
        """Note a new version."""
        self._changed(bucket.name)
        self.inventories.changed(bucket.name)
        self._lifecycle.plan(bucket, version.name)
        self._tell(
            Happening(notifications.created(reason), bucket, version),
            partial(self._events.created, bucket, version, reason=reason),
        )

    def tagged(self, bucket: FakeBucket, version: FakeKey, *, added: bool) -> None:
        """Note tags set or taken away."""
        self._changed(bucket.name)
        self._lifecycle.plan(bucket, version.name)
        self._tell(
            Happening(notifications.tagged(added=added), bucket, version),
            partial(self._events.tagged, bucket, version, added=added),
        )

    def changed(self, bucket: FakeBucket, name: str) -> None:
        """Note that tags or locks may differ."""
        self._changed(bucket.name)
        self.inventories.changed(bucket.name)
        self._lifecycle.plan(bucket, name)

    def deleted(self, bucket: FakeBucket, version: Version, *, permanently: bool) -> None:
        """Note what a request deleted."""
        self._lifecycle.plan(bucket, version.name)
        self._note_deletion(bucket, version, permanently=permanently, actor=self._actor())

    def ruled(self, bucket: FakeBucket, rules: Sequence[LifecycleRule]) -> None:
        """Note a lifecycle configuration."""
        self._lifecycle.rule(bucket, rules)

    def upload_started(self, bucket: FakeBucket, upload: FakeMultipart) -> None:
        """Note a multipart upload."""
        self._lifecycle.plan_upload(bucket, upload)

    def tags_of(self, version: FakeKey) -> Mapping[str, str]:
        """Return the tags of a version."""
        backend, _ = _locate(str(version.bucket_name))
        tags: dict[str, str] = backend.tagger.get_tag_dict_for_resource(version.arn)
        return tags

    def expire(self, bucket: FakeBucket, name: str) -> None:
        """Do what lifecycle's Expiration does to a current version."""
        if bucket.is_versioned:
            marker = add_marker(bucket, name, self._agenda.now())
            self._note_deletion(bucket, marker, permanently=False, actor=LIFECYCLE)
        elif (version := find(bucket, name, None)) is not None:
            self.discard(bucket, version)

    def discard(self, bucket: FakeBucket, version: Version) -> None:
        """Delete a version or marker for good on lifecycle's behalf."""
        remove(bucket, version.name, version)
        self._note_deletion(bucket, version, permanently=True, actor=LIFECYCLE)

    def abort(self, bucket: FakeBucket, upload: FakeMultipart) -> None:
        """Give up an upload."""
        del bucket.multiparts[upload.id]

    def counted(self, bucket: str, configuration: dict[str, Any]) -> None:
        """Note an inventory configuration."""
        self.inventories.configure(bucket, configuration)

    def reached(self, bucket: str) -> None:
        """Let there be what S3 has delivered."""
        self.inventories.reached(bucket)

    def _note_deletion(self, bucket: FakeBucket, version: Version, *, permanently: bool, actor: str) -> None:
        self._changed(bucket.name)
        self.inventories.changed(bucket.name)
        if permanently and isinstance(version, FakeKey):
            self._deletions.append(
                Deletion(self._agenda.now(), bucket.name, version.name, version.version_id, actor, version.size)
            )
        by_lifecycle = actor == LIFECYCLE
        self._tell(
            Happening(notifications.deleted(permanently=permanently, by_lifecycle=by_lifecycle), bucket, version),
            partial(self._events.deleted, bucket, version, permanently=permanently, by_lifecycle=by_lifecycle),
        )

    def _tell(self, what: Happening, make: Callable[..., Mapping[str, Any]]) -> None:
        wanted = what.bucket.notification_configuration
        if wanted is None:
            return
        for queue, message in self._notifier.messages(what, self._agenda.now()):
            self._deliver(what.bucket.arn, queue, message)
        if wanted.event_bridge is not None:
            self._publisher.publish("default", make(at=self._agenda.now()))


def _locate(bucket: str) -> tuple[DocumentedBackend, FakeBucket]:
    """Return a bucket and the backend of the account that owns it."""
    backend = _backend_of(bucket)
    return backend, backend.get_bucket(bucket)


def _as_it_is(bucket: str) -> FakeBucket:
    """Return a bucket without looking into it. Raises moto's ``MissingBucket``."""
    backend = _backend_of(bucket)
    return backend.buckets.get(bucket) or backend.get_bucket(bucket)


def _backend_of(bucket: str) -> DocumentedBackend:
    partition, account = s3_backends.bucket_accounts.get(bucket, ("aws", "123456789012"))
    return cast("DocumentedBackend", s3_backends[account][partition])


def _set_tags(backend: DocumentedBackend, version: FakeKey, tags: Mapping[str, str]) -> None:
    backend.tagger.delete_all_tags_for_resource(version.arn)
    backend.tagger.tag_resource(version.arn, [{"Key": key, "Value": value} for key, value in tags.items()])
