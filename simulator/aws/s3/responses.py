"""The S3 API as documented, where moto 5.2.5 answers differently. Each method says what moto does instead."""

# ruff: noqa: ANN401, FBT001, FBT002 - overrides take what moto's methods take

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote

import xmltodict  # type: ignore[import-untyped]
from moto.core.responses import ActionResult
from moto.core.utils import str_to_rfc_1123_datetime
from moto.s3 import urls
from moto.s3.exceptions import (
    AccessDeniedByLock,
    CopyObjectMustChangeSomething,
    LockNotEnabled,
    MethodNotAllowed,
    MissingKey,
    MissingVersion,
    NoSuchUpload,
    PreconditionFailed,
    S3ClientError,
)
from moto.s3.models import FakeDeleteMarker, FakeKey
from moto.s3.responses import S3Response
from moto.s3.utils import compute_checksum, metadata_from_headers

from simulator.aws.s3 import locks
from simulator.aws.s3.backend import present
from simulator.aws.s3.lifecycle_xml import as_answered
from simulator.aws.s3.objects import Version, body_of, created_at, find, lock_of, sha256_base64

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from moto.s3.models import FakeBucket

    from simulator.aws.s3.backend import DocumentedBackend

Answer = tuple[int, dict[str, Any], Any]

LARGEST_COPY = 5 * 1024**3
"""Bytes that CopyObject and UploadPartCopy take of a source (Amazon S3 API reference)."""


class DocumentedResponse(S3Response):
    """One request."""

    @property
    def backend(self) -> DocumentedBackend:
        """The backend of the caller's account."""
        return cast("DocumentedBackend", super().backend)

    @property
    def bucket(self) -> FakeBucket:
        """The bucket of the request."""
        return self.backend.get_bucket(self.bucket_name)

    @property
    def _bypass(self) -> bool:
        return str(self.headers.get("x-amz-bypass-governance-retention", "")).lower() == "true"

    def _named_version(self, *, method: str) -> FakeKey:
        """Return the version that the request names.

        Without an id, a key whose latest version is a delete marker is not there (404); a delete marker named by its
        id is there but not for this (405). moto knows neither case for locks and finds nothing for the second.
        """
        version_id = self.querystring.get("versionId", [None])[0]
        name = self.parse_key_name()
        version: Version | None = find(self.bucket, name, version_id)
        if isinstance(version, FakeKey):
            return version
        if isinstance(version, FakeDeleteMarker) and (version_id is not None or method == "PUT"):
            raise MethodNotAllowed(method=method, resource_type="DeleteMarker")
        if version_id is None:
            raise MissingKey(key=name)
        raise MissingVersion(key=name, version_id=version_id)

    def _get_key(self, validate_storage_class: bool = True) -> tuple[FakeKey, bool]:
        self._named_version(method="GET")
        return super()._get_key(validate_storage_class)

    def _key_response_get(self, query: dict[str, Any], key_name: str) -> Answer:
        """Answer GetObjectRetention, which moto answers with the object itself."""
        if "retention" not in query:
            return super()._key_response_get(query, key_name)
        version = self._named_version(method="GET")
        lock = lock_of(version)
        if lock.mode is None:
            return self._no_lock()
        return self._answer("GetObjectRetention", {"Retention": {"Mode": lock.mode, "RetainUntilDate": lock.until}})

    def get_object_legal_hold(self) -> Answer:
        """Answer the status, or 404 where none was ever set (moto: an empty status)."""
        version = self._named_version(method="GET")
        if not version.lock_legal_status:
            return self._no_lock()
        return self._answer("GetObjectLegalHold", {"LegalHold": {"Status": version.lock_legal_status}})

    def _no_lock(self) -> Answer:
        error = S3ClientError(
            "NoSuchObjectLockConfiguration", "The specified object does not have a ObjectLock configuration"
        )
        _, headers, body = self.serialized(ActionResult(error))
        return 404, headers, body

    def put_object_legal_hold(self) -> Answer:
        """Set or lift the hold; raises LockNotEnabled (moto: a traceback for a key that is not there)."""
        if not self.bucket.object_lock_enabled:
            raise LockNotEnabled
        version = self._named_version(method="PUT")
        version.lock_legal_status = xmltodict.parse(self.body)["LegalHold"]["Status"]
        self.backend.observer.changed(self.bucket, version.name)
        return 200, {}, ""

    def put_object_retention(self) -> Answer:
        """Set the retention (moto: also one in the past, or a shorter one under COMPLIANCE).

        Raises LockNotEnabled, and AccessDeniedByLock where it would loosen a lock that is in force and not bypassed.
        """
        if not self.bucket.object_lock_enabled:
            raise LockNotEnabled
        version = self._named_version(method="PUT")
        asked = xmltodict.parse(self.body)["Retention"] or {}
        mode, until = asked.get("Mode"), locks.read_until(asked.get("RetainUntilDate"))
        _refuse_bad_retention(mode, until)
        if lock_of(version).forbids_retention(mode, until, present(), bypass=self._bypass):
            raise AccessDeniedByLock
        version.lock_mode = mode
        version.lock_until = asked.get("RetainUntilDate")
        self.backend.observer.changed(self.bucket, version.name)
        return 200, {}, ""

    def put_object_tagging(self) -> Answer:
        """Set the tags and tell."""
        answer: Answer = super().put_object_tagging()
        version = find(self.bucket, self.parse_key_name(), self._get_param("versionId"))
        if isinstance(version, FakeKey):
            self.backend.observer.tagged(self.bucket, version, added=True)
        return answer

    def put_object(self) -> Answer:
        """Store (moto: also with a retention in the past)."""
        self._lock_headers()
        return super().put_object()

    def _key_response_put(self, query: dict[str, Any], key_name: str) -> Answer:
        """Let copies carry locks without a checksum header, which S3 asks of uploads only (moto: of both)."""
        if "x-amz-copy-source" in self.headers and "uploadId" not in query:
            self._set_action("KEY", "PUT", query)
            self._authenticate_and_authorize_s3_action(bucket_name=self.bucket_name, key_name=key_name)
            return self.copy_object()
        return super()._key_response_put(query, key_name)

    def copy_object(self) -> Answer:
        """Copy with locks, conditions and checksums (moto: ignores most conditions).

        Raises S3ClientError, InvalidRequest, for a source over 5 GB, CopyObjectMustChangeSomething for a copy onto
        itself that changes nothing, and what the conditions say.
        """
        source = self._copy_source()
        if source.size > LARGEST_COPY:
            why = "The specified copy source is larger than the maximum allowable size for a copy source"
            raise S3ClientError("InvalidRequest", f"{why}: {LARGEST_COPY}")
        name = self.parse_key_name()
        bucket = self.bucket
        self._check_source_conditions(source)
        self._check_destination_conditions(find(bucket, name, None))
        hold, mode, until = self._lock_headers()
        replaces = self.headers.get("x-amz-metadata-directive") == "REPLACE"
        encryption = tuple(
            self.headers.get(f"x-amz-server-side-encryption{suffix}")
            for suffix in ("", "-aws-kms-key-id", "-bucket-key-enabled")
        )
        storage = self.headers.get("x-amz-storage-class")
        in_place = source.bucket_name == bucket.name and source is find(bucket, name, None)
        if in_place and not (replaces or storage or encryption[0] or bucket.encryption):
            raise CopyObjectMustChangeSomething
        backend = self.backend
        copy = backend.store(
            bucket,
            name,
            body_of(source),
            encryption=encryption,
            storage=storage,
            lock_mode=mode,
            lock_legal_status=hold,
            lock_until=until,
        )
        copy.set_metadata(metadata_from_headers(self.headers) if replaces else dict(source.metadata))
        copy.set_acl(self._acl_from_headers(self.headers) or bucket.acl)
        if self.headers.get("x-amz-tagging-directive") == "REPLACE":
            backend.put_object_tagging(copy, self._tagging_from_headers(self.headers))
        else:
            backend.tagger.copy_tags(source.arn, copy.arn)
        self._set_checksum(copy, source)
        self.backend.observer.created(bucket, copy, "CopyObject")
        return self._copy_answer(copy, source)

    def _key_response_post(
        self, request: Any, body: bytes, bucket_name: str, query: dict[str, Any], key_name: str
    ) -> Answer:
        """Begin an upload with the locks that its object will have (moto: forgets them)."""
        if body != b"" or "uploads" not in query:
            return super()._key_response_post(request, body, bucket_name, query, key_name)
        lock, before = self._lock_headers(), set(self.bucket.multiparts)
        answer: Answer = super()._key_response_post(request, body, bucket_name, query, key_name)
        for begun in set(self.bucket.multiparts) - before:
            vars(self.bucket.multiparts[begun])["lock"] = lock
        return answer

    def upload_part_copy(self) -> Answer:
        """Copy a stretch of another object; the answer has its checksum and the source's version (moto: neither).

        Raises NoSuchUpload.
        """
        source = self._copy_source()
        first, _, last = str(self.headers.get("x-amz-copy-source-range", "")).removeprefix("bytes=").partition("-")
        upload_id, number = str(self._get_param("uploadId")), int(self._get_param("partNumber"))
        if upload_id not in self.bucket.multiparts:
            raise NoSuchUpload(upload_id=upload_id)
        upload = self.bucket.multiparts[upload_id]
        part = upload.set_part(number, bytes(source.value)[int(first or 0) : int(last) + 1 if last else None])
        result: dict[str, Any] = {"ETag": part.etag, "LastModified": created_at(part)}
        algorithm = upload.metadata.get("x-amz-checksum-algorithm")
        if algorithm:
            result[f"Checksum{algorithm}"] = compute_checksum(part.value, algorithm=algorithm).decode()
        status, headers, answer = self._answer("UploadPartCopy", {"CopyPartResult": result})
        return status, {**headers, "x-amz-copy-source-version-id": str(source.version_id)}, answer

    def _copy_source(self) -> FakeKey:
        address, _, query = str(self.headers["x-amz-copy-source"]).partition("?versionId=")
        bucket_name, _, name = unquote(address).lstrip("/").partition("/")
        source = find(self.backend.get_bucket(bucket_name), name, unquote(query) or None)
        if isinstance(source, FakeKey):
            return source
        if not query:
            raise MissingKey(key=name)
        if source is None:
            raise MissingVersion(key=name, version_id=query)
        raise S3ClientError(
            "InvalidRequest",
            "The source of a copy request may not specifically refer to a delete marker by version id.",
        )

    def _check_source_conditions(self, source: FakeKey) -> None:
        etag = source.etag.strip('"')
        modified = created_at(source).replace(tzinfo=None, microsecond=0)

        def asked(condition: str) -> str | None:
            value = self.headers.get(f"x-amz-copy-source-if-{condition}")
            return None if value is None else str(value)

        if (match := asked("match")) is not None and match.strip('"') != etag:
            raise PreconditionFailed("x-amz-copy-source-If-Match")
        if (other := asked("none-match")) is not None and other.strip('"') == etag:
            raise PreconditionFailed("x-amz-copy-source-If-None-Match")
        if (since := asked("unmodified-since")) is not None and modified > str_to_rfc_1123_datetime(since):
            raise PreconditionFailed("x-amz-copy-source-If-Unmodified-Since")
        if (since := asked("modified-since")) is not None and modified <= str_to_rfc_1123_datetime(since):
            raise PreconditionFailed("x-amz-copy-source-If-Modified-Since")

    def _check_destination_conditions(self, latest: Version | None) -> None:
        exists = isinstance(latest, FakeKey)
        if self.headers.get("If-None-Match") == "*" and exists:
            raise PreconditionFailed("If-None-Match")
        self._check_if_match(latest)

    def _check_if_match(self, version: Version | None) -> None:
        wanted = self.headers.get("If-Match")
        if wanted is None:
            return
        if not isinstance(version, FakeKey):
            raise MissingKey(key=self.parse_key_name())
        if str(wanted).strip('"') not in {"*", version.etag.strip('"')}:
            raise PreconditionFailed("If-Match")

    def _lock_headers(self) -> tuple[str | None, str | None, str | None]:
        """Return hold, mode and date for a new version: those of the request, else the bucket's default."""
        bucket = self.bucket
        hold, mode, until = (
            self.headers.get(f"x-amz-object-lock-{part}") for part in ("legal-hold", "mode", "retain-until-date")
        )
        if (hold == "ON" or mode or until) and not bucket.object_lock_enabled:
            raise LockNotEnabled
        _refuse_bad_retention(mode, locks.read_until(until))
        if mode is None and bucket.has_default_lock:
            return hold, bucket.default_lock_mode, bucket.default_retention()
        return hold, mode, until

    def _set_checksum(self, copy: FakeKey, source: FakeKey) -> None:
        algorithm = self.headers.get("x-amz-checksum-algorithm")
        if algorithm is None:
            copy.checksum_algorithm, copy.checksum_value = source.checksum_algorithm, source.checksum_value
            return
        copy.checksum_algorithm = algorithm
        copy.checksum_value = (
            sha256_base64(body_of(copy))
            if algorithm == "SHA256"
            else compute_checksum(copy.value, algorithm=algorithm).decode()
        )
        copy.checksum_type = "FULL_OBJECT"

    def _copy_answer(self, copy: FakeKey, source: FakeKey) -> Answer:
        result: dict[str, Any] = {"ETag": copy.etag, "LastModified": created_at(copy)}
        if copy.checksum_value:
            result[f"Checksum{copy.checksum_algorithm}"] = copy.checksum_value
            result["ChecksumType"] = copy.checksum_type or "FULL_OBJECT"
        status, headers, body = self._answer("CopyObject", {"CopyObjectResult": result})
        described = {name: value for name, value in copy.response_dict.items() if name.startswith("x-amz-")}
        if source.version_id != "null":
            described["x-amz-copy-source-version-id"] = source.version_id
        return status, {**headers, **described}, body

    def delete_object(self) -> Answer:
        """Delete (moto: takes any value of the bypass header for a yes)."""
        name, version_id = self.parse_key_name(), self._get_param("versionId")
        self._check_if_match(find(self.bucket, name, version_id))
        _, answer = self.backend.delete_object(self.bucket_name, name, version_id, self._bypass)
        return 204, {f"x-amz-{part}": value for part, value in answer.items()}, ""

    def _bucket_response_delete_keys(self, bucket_name: str, authenticated: bool = True) -> Answer:  # noqa: ARG002
        """Delete many; an error names the version that it is about (moto: only the key)."""
        listed = xmltodict.parse(self.body, strip_whitespace=False)["Delete"]["Object"]
        deleted: list[dict[str, Any]] = []
        errors: list[dict[str, Any]] = []
        for item in listed if isinstance(listed, list) else [listed]:
            key, version_id = item["Key"], item.get("VersionId")
            named = {"Key": key, "VersionId": version_id}
            try:
                _, answer = self.backend.delete_object(bucket_name, key, version_id, self._bypass)
            except AccessDeniedByLock:
                errors.append({**named, "Code": "AccessDenied", "Message": "Access Denied"})
                continue
            if "delete-marker" in answer:
                named |= {"DeleteMarker": True, "DeleteMarkerVersionId": answer["version-id"]}
            deleted.append(named)
        return self._answer("DeleteObjects", {"Deleted": deleted, "Errors": errors})

    def list_bucket_inventory_configurations(self) -> Answer:
        """Return the configurations as they were put: moto lists all versions always, and fields by a wrong name."""
        kept: Any = self.bucket.inventory_configs
        listed = []
        for one in kept.values():
            fields = (one.as_put.get("OptionalFields") or {}).get("Field", [])
            listed.append(
                {
                    **one.as_put,
                    "IsEnabled": str(one.as_put["IsEnabled"]).lower() == "true",
                    "OptionalFields": [fields] if isinstance(fields, str) else list(fields),
                }
            )
        result = {"InventoryConfigurationList": listed, "IsTruncated": False}
        return self._answer("ListBucketInventoryConfigurations", result)

    def get_bucket_lifecycle(self) -> Answer:
        """Answer the rules as they were put (moto: without sizes and counts)."""
        raw = self.backend.rules_as_put.get(self.bucket_name)
        if not raw:
            return super().get_bucket_lifecycle()
        return self._answer("GetBucketLifecycleConfiguration", {"Rules": [as_answered(rule) for rule in raw]})

    def _answer(self, action: str, result: dict[str, Any]) -> Answer:
        self.data["Action"] = action
        return self.serialized(ActionResult(result))


def _refuse_bad_retention(mode: str | None, until: datetime | None) -> None:
    if reason := locks.refusal(mode, until, present()):
        raise S3ClientError("InvalidArgument", reason)


def documented_paths() -> dict[str, Callable[..., Any]]:
    """Return moto's addresses of S3, answered by ``DocumentedResponse``."""
    return {path: getattr(DocumentedResponse, handler.__name__) for path, handler in urls.url_paths.items()}
