"""What a call to S3 has to be allowed.

Source: Amazon S3 user guide, "Required permissions for Amazon S3 API operations", and the API reference of each
operation. A request that names a version needs the action for versions. Reading an object encrypted with the customer's
key needs ``kms:Decrypt``, writing one ``kms:GenerateDataKey``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from simulator.aws.iam.needs.hidden import SECURE
from simulator.aws.iam.needs.place import Place
from simulator.aws.iam.policies.statements import Need

Params = Mapping[str, Any]
_Reader = Callable[[Place, str, Params], Iterator[Need]]


def not_found(caller: str, operation: str, params: Params) -> Iterator[Need]:
    """Return what it takes to be told that an object is not there: without the right to list, S3 says "denied"."""
    if operation in {"GetObject", "HeadObject"} and "Bucket" in params:
        yield _need(caller, "ListBucket", _bucket(params))


def _bucket(params: Params) -> str:
    return f"arn:aws:s3:::{params['Bucket']}"


def _object(params: Params) -> str:
    return f"{_bucket(params)}/{params['Key']}"


def _need(caller: str, action: str, resource: str) -> Need:
    return Need(caller, f"s3:{action}", resource, (SECURE,))


def _of_version(action: str, params: Params) -> str:
    """Return ``GetObjectVersion`` for ``GetObject`` when the request names a version."""
    return action.replace("Object", "ObjectVersion", 1) if params.get("VersionId") else action


def _get(place: Place, caller: str, params: Params) -> Iterator[Need]:
    yield _need(caller, _of_version("GetObject", params), _object(params))
    yield from place.key_of_object(caller, params)


def _head(place: Place, caller: str, params: Params) -> Iterator[Need]:
    yield _need(caller, _of_version("GetObject", params), _object(params))
    if params.get("ChecksumMode") == "ENABLED":
        yield from place.key_of_object(caller, params)


def _get_tagging(_: Place, caller: str, params: Params) -> Iterator[Need]:
    yield _need(caller, _of_version("GetObjectTagging", params), _object(params))


def _locks(caller: str, params: Params) -> Iterator[Need]:
    if "ObjectLockRetainUntilDate" in params:
        yield _need(caller, "PutObjectRetention", _object(params))
    if "ObjectLockLegalHoldStatus" in params:
        yield _need(caller, "PutObjectLegalHold", _object(params))


def _put(place: Place, caller: str, params: Params) -> Iterator[Need]:
    yield _need(caller, "PutObject", _object(params))
    if params.get("Tagging"):
        yield _need(caller, "PutObjectTagging", _object(params))
    yield from _locks(caller, params)
    yield from place.key(caller, _bucket(params), "s3", "GenerateDataKey")


def _copy(place: Place, caller: str, params: Params) -> Iterator[Need]:
    source = params["CopySource"]
    yield _need(caller, _of_version("GetObject", source), _object(source))
    yield from place.key_of_object(caller, source)
    if params.get("TaggingDirective", "COPY") == "COPY":
        yield _need(caller, _of_version("GetObjectTagging", source), _object(source))
        yield _need(caller, "PutObjectTagging", _object(params))
    yield from _put(place, caller, params)


def _copy_part(place: Place, caller: str, params: Params) -> Iterator[Need]:
    source = params["CopySource"]
    yield _need(caller, _of_version("GetObject", source), _object(source))
    yield from place.key_of_object(caller, source)
    yield from _put(place, caller, params)


def _delete(_: Place, caller: str, params: Params) -> Iterator[Need]:
    yield _need(caller, _of_version("DeleteObject", params), _object(params))
    yield from _bypass(caller, params, _object(params))


def _delete_many(_: Place, caller: str, params: Params) -> Iterator[Need]:
    for entry in params["Delete"]["Objects"]:
        resource = f"{_bucket(params)}/{entry['Key']}"
        yield _need(caller, _of_version("DeleteObject", entry), resource)
        yield from _bypass(caller, params, resource)


def _retention(_: Place, caller: str, params: Params) -> Iterator[Need]:
    yield _need(caller, "PutObjectRetention", _object(params))
    yield from _bypass(caller, params, _object(params))


def _bypass(caller: str, params: Params, resource: str) -> Iterator[Need]:
    if params.get("BypassGovernanceRetention"):
        yield _need(caller, "BypassGovernanceRetention", resource)


def _legal_hold(_: Place, caller: str, params: Params) -> Iterator[Need]:
    yield _need(caller, "PutObjectLegalHold", _object(params))


def _on_object(action: str) -> _Reader:
    def read(_: Place, caller: str, params: Params) -> Iterator[Need]:
        yield _need(caller, action, _object(params))

    return read


def _on_bucket(action: str) -> _Reader:
    def read(_: Place, caller: str, params: Params) -> Iterator[Need]:
        yield _need(caller, action, _bucket(params))

    return read


OPERATIONS: Final[Mapping[str, _Reader]] = {
    "AbortMultipartUpload": _on_object("AbortMultipartUpload"),
    "CompleteMultipartUpload": _put,
    "CopyObject": _copy,
    "CreateMultipartUpload": _put,
    "DeleteObject": _delete,
    "DeleteObjects": _delete_many,
    "GetBucketAccelerateConfiguration": _on_bucket("GetAccelerateConfiguration"),
    "GetBucketCors": _on_bucket("GetBucketCORS"),
    "GetBucketEncryption": _on_bucket("GetEncryptionConfiguration"),
    "GetBucketLifecycleConfiguration": _on_bucket("GetLifecycleConfiguration"),
    "GetBucketLogging": _on_bucket("GetBucketLogging"),
    "GetBucketNotificationConfiguration": _on_bucket("GetBucketNotification"),
    "GetBucketOwnershipControls": _on_bucket("GetBucketOwnershipControls"),
    "GetBucketPolicy": _on_bucket("GetBucketPolicy"),
    "GetBucketReplication": _on_bucket("GetReplicationConfiguration"),
    "GetBucketVersioning": _on_bucket("GetBucketVersioning"),
    "GetBucketWebsite": _on_bucket("GetBucketWebsite"),
    "GetObject": _get,
    "GetObjectLockConfiguration": _on_bucket("GetBucketObjectLockConfiguration"),
    "GetPublicAccessBlock": _on_bucket("GetBucketPublicAccessBlock"),
    "GetObjectLegalHold": _on_object("GetObjectLegalHold"),
    "GetObjectRetention": _on_object("GetObjectRetention"),
    "GetObjectTagging": _get_tagging,
    "HeadObject": _head,
    "ListBucketInventoryConfigurations": _on_bucket("GetInventoryConfiguration"),
    "ListMultipartUploads": _on_bucket("ListBucketMultipartUploads"),
    "ListObjectVersions": _on_bucket("ListBucketVersions"),
    "ListObjectsV2": _on_bucket("ListBucket"),
    "PutObject": _put,
    "PutObjectLegalHold": _legal_hold,
    "PutObjectRetention": _retention,
    "UploadPartCopy": _copy_part,
}
