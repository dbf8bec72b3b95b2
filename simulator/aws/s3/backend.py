"""moto's S3 backend, told to keep S3's documented rules and to say what happens to objects.

Each override names what moto 5.2.5 does instead. They hold while a world is installed (``install``).
"""

# ruff: noqa: ANN401, FBT001, FBT002, PLR0917 - overrides take what moto's methods take

from __future__ import annotations

from datetime import UTC
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from moto.core.utils import utcnow
from moto.iam.access_control import PermissionResult
from moto.s3 import notifications, urls
from moto.s3.exceptions import AccessDeniedByLock, InvalidBucketState, LockNotEnabled, NoSuchUpload, S3ClientError
from moto.s3.models import FakeDeleteMarker, FakeKey, S3Backend, s3_backends

from simulator.aws.s3.listing import SortedKeys, live_objects, page_of_versions
from simulator.aws.s3.objects import (
    Body,
    StoredObject,
    Version,
    add,
    add_marker,
    find,
    lock_of,
    new_version_id,
    remove,
    versions_of,
)
from simulator.aws.s3.rules import InvalidRuleError, read_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from moto.s3.models import FakeBucket, FakeMultipart

    from simulator.aws.s3.rules import LifecycleRule


class Observer(Protocol):
    """Is told what happens in the store."""

    def created(self, bucket: FakeBucket, version: FakeKey, reason: str) -> None:
        """Note a new version; the reason is the name of the API operation."""

    def tagged(self, bucket: FakeBucket, version: FakeKey, *, added: bool) -> None:
        """Note that tags were set or taken away by a request of its own."""

    def changed(self, bucket: FakeBucket, name: str) -> None:
        """Note that the tags or locks of a key's versions may differ now."""

    def deleted(self, bucket: FakeBucket, version: Version, *, permanently: bool) -> None:
        """Note a version or marker that is gone, or a marker that was created."""

    def ruled(self, bucket: FakeBucket, rules: Sequence[LifecycleRule]) -> None:
        """Note a new lifecycle configuration."""

    def upload_started(self, bucket: FakeBucket, upload: FakeMultipart) -> None:
        """Note a multipart upload."""

    def counted(self, bucket: str, configuration: dict[str, Any]) -> None:
        """Note an inventory configuration."""

    def reached(self, bucket: str) -> None:
        """Note that somebody looks into a bucket."""


class DocumentedBackend(S3Backend):
    """The backend of one account."""

    observer: ClassVar[Observer]
    paths: ClassVar[dict[str, Callable[..., Any]]]
    rules_as_put: ClassVar[dict[str, list[dict[str, Any]]]]

    @property
    def _url_module(self) -> Any:
        """The addresses and their handlers; moto imports the module anew for each request."""
        return SimpleNamespace(url_bases=urls.url_bases, url_paths=self.paths)

    def get_bucket(self, bucket_name: str) -> FakeBucket:
        """Return a bucket with everything that S3 itself has delivered into it."""
        self.observer.reached(bucket_name)
        return super().get_bucket(bucket_name)

    def log_incoming_request(self, request: Any, bucket_name: str) -> None:
        """Write no access log: S3 delivers them hours later and not all, moto one for each request at once."""

    def put_bucket_inventory_configuration(self, bucket_name: str, inventory_configuration: dict[str, Any]) -> None:
        """Take an inventory configuration, of which moto forgets a part and delivers nothing."""
        super().put_bucket_inventory_configuration(bucket_name, inventory_configuration)
        kept: Any = self.get_bucket(bucket_name).inventory_configs[inventory_configuration["Id"]]
        kept.as_put = inventory_configuration
        self.observer.counted(bucket_name, inventory_configuration)

    def create_bucket(self, bucket_name: str, region_name: str, bucket_namespace: str | None = None) -> FakeBucket:
        """Create a bucket whose keys are kept in order.

        Its policy is judged by the emulated IAM: moto's own judgement leaves out conditions and principals.
        """
        bucket = super().create_bucket(bucket_name, region_name, bucket_namespace)
        bucket.keys = SortedKeys()
        bucket.get_permission = lambda *_: PermissionResult.NEUTRAL  # type: ignore[method-assign]
        return bucket

    def store(
        self,
        bucket: FakeBucket,
        name: str,
        body: Body,
        *,
        encryption: tuple[str | None, str | None, Any] = (None, None, None),
        at: datetime | None = None,
        **options: Any,
    ) -> StoredObject:
        """Add a version with the bucket's default encryption; the caller tells the observer when it is complete."""
        algorithm, key_id, bucket_key = encryption
        if bucket.encryption:
            default = bucket.encryption["Rule"]["ApplyServerSideEncryptionByDefault"]
            algorithm = algorithm or default["SSEAlgorithm"]
            key_id = key_id or default.get("KMSMasterKeyID")
            bucket_key = bucket_key or bucket.encryption["Rule"].get("BucketKeyEnabled", False)
        version = StoredObject(
            name=name,
            body=body,
            at=at,
            bucket_name=bucket.name,
            account_id=self.account_id,
            region_name=self.region_name,
            is_versioned=bucket.is_versioned,
            version_id=new_version_id(bucket),
            encryption=algorithm,
            kms_key_id=key_id,
            bucket_key_enabled=bucket_key,
            **options,
        )
        add(bucket, version)
        return version

    def put_object(self, bucket_name: str, key_name: str, value: bytes, *args: Any, **options: Any) -> FakeKey:
        """Store and tell. moto tells its own rules, with a size and a name that S3's events do not have."""
        version = super().put_object(bucket_name, key_name, value, *args, **options)
        if not options.get("disable_notification"):
            self.observer.created(self.get_bucket(bucket_name), version, "PutObject")
        return version

    def complete_multipart_upload(self, bucket_name: str, multipart_id: str, body: Any) -> FakeKey | None:
        """Complete and tell once, where moto tells of a PutObject as well.

        Raises NoSuchUpload for an upload that is not known or over, where moto fails with KeyError.
        """
        bucket = self.get_bucket(bucket_name)
        if multipart_id not in bucket.multiparts:
            raise NoSuchUpload(upload_id=multipart_id)
        upload = bucket.multiparts[multipart_id]
        value, etag, checksum = upload.complete(body)
        del bucket.multiparts[multipart_id]
        hold, mode, until = vars(upload).get("lock", (None, None, None))
        version = self.put_object(
            bucket_name,
            upload.key_name,
            value,
            storage=upload.storage,
            etag=etag,
            multipart=upload,
            encryption=upload.sse_encryption,
            kms_key_id=upload.kms_key_id,
            lock_mode=mode,
            lock_legal_status=hold,
            lock_until=until,
            disable_notification=True,
        )
        version.set_metadata(upload.metadata)
        version.set_acl(upload.acl)
        if checksum:
            version.checksum_algorithm = upload.metadata.get("x-amz-checksum-algorithm")
            version.checksum_type, version.checksum_value, version.checksum_parts = checksum
            if version.checksum_type == "COMPOSITE" and "-" not in str(version.checksum_value):
                # S3 writes how many parts a checksum of checksums is made of; moto only in its answer to completion.
                version.checksum_value = f"{version.checksum_value}-{version.checksum_parts}"
        self.put_object_tagging(version, upload.tags)
        self.observer.created(bucket, version, "CompleteMultipartUpload")
        return version

    def create_multipart_upload(self, bucket_name: str, *args: Any, **options: Any) -> FakeMultipart:
        """Start an upload, whose beginning moto does not note."""
        upload = super().create_multipart_upload(bucket_name, *args, **options)
        self.observer.upload_started(self.get_bucket(bucket_name), upload)
        return upload

    def put_object_tagging(self, key: FakeKey, tags: dict[str, str] | None) -> FakeKey:
        """Set the tags; only a request of its own tells of tags, not each PutObject as in moto."""
        version = super().put_object_tagging(key, tags)
        self.observer.changed(self.get_bucket(str(key.bucket_name)), key.name)
        return version

    def delete_object_tagging(self, bucket_name: str, key_name: str, version_id: str | None = None) -> None:
        """Take the tags away and tell."""
        super().delete_object_tagging(bucket_name, key_name, version_id)
        bucket = self.get_bucket(bucket_name)
        version = find(bucket, key_name, version_id)
        if isinstance(version, FakeKey):
            self.observer.tagged(bucket, version, added=False)

    def delete_object(
        self,
        bucket_name: str,
        key_name: str,
        version_id: str | None = None,
        bypass: bool = False,
    ) -> tuple[bool, dict[str, Any]]:
        """Delete as S3 does, and tell.

        A request without a version marks, also a key that is not there (moto: nothing happens); the answer to the
        deletion of a marker says that it was one (moto: mostly not). Raises AccessDeniedByLock for a version whose lock
        is in force and not bypassed.
        """
        bucket = self.get_bucket(bucket_name)
        if bucket.is_versioned and version_id is None:
            marker = add_marker(bucket, key_name)
            self.observer.deleted(bucket, marker, permanently=False)
            return True, {"version-id": marker.version_id, "delete-marker": "true"}
        version = find(bucket, key_name, version_id)
        answer = {} if version_id is None else {"version-id": version_id}
        if version is None:
            return False, answer
        if lock_of(version).forbids_deletion(present(), bypass=bypass):
            raise AccessDeniedByLock
        remove(bucket, key_name, version)
        self.observer.deleted(bucket, version, permanently=True)
        if isinstance(version, FakeDeleteMarker):
            answer["delete-marker"] = "true"
        return True, answer

    def put_bucket_lifecycle_configuration(self, bucket_name: str, rules: list[dict[str, Any]]) -> None:
        """Take the rules, with the sizes and counts that moto forgets.

        Raises S3ClientError, InvalidArgument, for rules that S3 would not take.
        """
        try:
            understood = read_rules(rules)
        except InvalidRuleError as error:
            raise S3ClientError("InvalidArgument", str(error)) from error
        bucket = self.get_bucket(bucket_name)
        bucket.set_lifecycle(rules)
        self.rules_as_put[bucket_name] = rules
        self.observer.ruled(bucket, understood)

    def delete_bucket_lifecycle(self, bucket_name: str) -> None:
        """Forget the rules."""
        super().delete_bucket_lifecycle(bucket_name)
        self.rules_as_put.pop(bucket_name, None)
        self.observer.ruled(self.get_bucket(bucket_name), ())

    def put_bucket_versioning(self, bucket_name: str, status: str) -> None:
        """Switch versioning; raises InvalidBucketState where a bucket with Object Lock would suspend it.

        Objects from before have the version id ``null``, which moto leaves out of its answers.
        """
        if status != "Enabled" and self.get_bucket(bucket_name).object_lock_enabled:
            raise InvalidBucketState(
                "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed."
            )
        super().put_bucket_versioning(bucket_name, status)
        bucket = self.get_bucket(bucket_name)
        for name in bucket.keys:
            for version in versions_of(bucket, name):
                if isinstance(version, FakeKey):
                    version._is_versioned = bucket.is_versioned  # noqa: SLF001 - moto sets it at creation only

    def put_object_lock_configuration(
        self,
        bucket_name: str,
        lock_enabled: bool,
        mode: str | None = None,
        days: int | None = None,
        years: int | None = None,
    ) -> None:
        """Enable Object Lock, also on a bucket with objects (moto: new ones only, as S3 until November 2023).

        The default retention is ``days`` or ``years`` long. Raises InvalidBucketState for a bucket without versioning
        and LockNotEnabled for a configuration that does not say "Enabled".
        """
        bucket = self.get_bucket(bucket_name)
        if not bucket.is_versioned and not bucket.object_lock_enabled:
            raise InvalidBucketState("Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration")
        if not lock_enabled:
            raise LockNotEnabled
        bucket.object_lock_enabled = True
        bucket.default_lock_mode = mode
        bucket.default_lock_days = days
        bucket.default_lock_years = years

    def list_objects_v2(  # type: ignore[override]  # moto says set and returns a list
        self,
        bucket: FakeBucket,
        prefix: str | None,
        delimiter: str | None,
        continuation_token: str | None,
        start_after: str | None,
        max_keys: int,
    ) -> tuple[list[FakeKey | str], bool, str | None]:
        """Return one page. The token is the last name, in hexadecimal so that nobody reads it."""
        marker = bytes.fromhex(continuation_token).decode() if continuation_token else start_after
        found, more = live_objects(bucket, prefix or "", delimiter, marker, max_keys)
        if not (more and found):
            return found, False, None
        last = found[-1]
        return found, True, (last if isinstance(last, str) else last.name).encode().hex()

    def list_object_versions(
        self,
        bucket_name: str,
        delimiter: str | None = None,
        key_marker: str | None = None,
        max_keys: int | None = 1000,
        prefix: str = "",
        version_id_marker: str | None = None,
    ) -> tuple[list[FakeKey], list[str], list[FakeDeleteMarker], str | None, str | None]:
        """Return one page."""
        marker = (key_marker, version_id_marker)
        limit = 1000 if max_keys is None else max_keys
        page = page_of_versions(self.get_bucket(bucket_name), prefix or "", delimiter, marker, limit)
        return page.versions, page.folders, page.markers, page.next_key, page.next_version


def present() -> datetime:
    """Return the present moment of moto's clock as an aware datetime."""
    return utcnow().replace(tzinfo=UTC)


def install(observer: Observer, paths: dict[str, Callable[..., Any]]) -> Callable[[], None]:
    """Attach the rules to every S3 backend, also those that exist; return what undoes it.

    moto's own deliveries are silenced: they differ from S3's and reach targets themselves. S3's test message, which
    comes as a notification is set up, is left out: a story counts nothing that happened before it began.
    """
    attached = type("AttachedBackend", (DocumentedBackend,), {"observer": observer, "paths": paths, "rules_as_put": {}})
    attached.__module__ = S3Backend.__module__
    original_backend = s3_backends.backend
    original = notifications.send_event, notifications.send_test_event
    _use(attached)
    notifications.send_event = lambda *_, **__: None
    notifications.send_test_event = lambda *_, **__: None

    def undo() -> None:
        _use(original_backend)
        notifications.send_event, notifications.send_test_event = original

    return undo


def _use(kind: type[S3Backend]) -> None:
    s3_backends.backend = kind
    for account in s3_backends.values():
        account.backend = kind
        for backend in account.values():
            backend.__class__ = kind
            for bucket in backend.buckets.values():
                _sort(bucket)


def _sort(bucket: FakeBucket) -> None:
    if isinstance(bucket.keys, SortedKeys):
        return
    plain = bucket.keys
    bucket.keys = SortedKeys()
    for name, versions in plain.lists():
        bucket.keys.setlist(name, versions)
