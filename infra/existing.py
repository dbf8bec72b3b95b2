"""What an instance already has, and how much of it steward takes over (docs/adopting-an-instance.md)."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from infra.refusal import RefusalError
from steward import limits
from steward.ids import S3_RECORD_CLASSES, RecordClass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

Stage = Literal["import", "prepare", "managed"]

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_LONGEST_PREFIX = 128
"""Connect's own limit."""


class ExistingBucket(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A bucket that the instance already writes to and that steward adopts."""

    name: str
    prefix: str
    """The prefix under which the instance writes, as its storage configuration says."""
    key_arn: str | None = None
    """The key it is encrypted with, if that is not to be steward's own."""
    previous_key_arns: tuple[str, ...] = ()
    """Keys with which older objects are encrypted: what is held is read with the key of its own day."""
    stage: Stage = "managed"
    """``import`` while CloudFormation takes the bucket over as it is; ``prepare`` when steward has set it up but lets
    nothing go yet, so that open cases can be held first; ``managed`` when the policy's period applies."""
    replaces_lifecycle_rules: tuple[str, ...] = ()
    """The ids of the lifecycle rules it has today; steward's own replace them all, so each must be named here."""
    replaces: tuple[Literal["bucket-policy", "cors", "notifications", "replication"], ...] = ()
    """What else it has today that the deployment replaces or removes."""
    keeps_policy: str | None = None
    """A JSON file beside the environments with the statements of the bucket's own policy that stay."""
    also_expires: tuple[str, ...] = ()
    """Prefixes of what else lies in the bucket and may leave with the class: one bucket has one period."""

    @property
    def has_policy(self) -> bool:
        """Whether the bucket is said to have a policy of its own, which has to be imported with it."""
        return self.keeps_policy is not None or "bucket-policy" in self.replaces


class ExistingAssociation(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An association of the instance with a place that steward does not adopt: it is moved to steward's own place.

    Connect takes one configuration of each kind. CloudFormation takes the association over as it is (``import``), and
    the next deployment points it elsewhere, without a moment in between in which nothing is recorded.
    """

    bucket: str | None = None
    prefix: str | None = None
    """Where it points today, as the instance's storage configuration says: a bucket with a prefix, or a stream."""
    stream_arn: str | None = None
    stage: Literal["import", "managed"] = "managed"


class KeptPolicyError(RefusalError):
    """Why the statements that are to stay cannot be read: one line that names the file."""


def kept_statements(existing: ExistingBucket, folder: Path) -> list[dict[str, Any]]:
    """Return the statements of the bucket's own policy that stay.

    Raises :class:`KeptPolicyError` for a file that cannot be read as some.
    """
    if existing.keeps_policy is None:
        return []
    path = folder / existing.keeps_policy
    try:
        content = json.loads(limits.read(path, limits.BUCKET_POLICY))
        limits.check_depth(content, limits.BUCKET_POLICY)
    except OSError as error:
        raise KeptPolicyError(f"{path}: cannot be read ({error.strerror})") from error
    except json.JSONDecodeError as error:
        raise KeptPolicyError(f"{path}, line {error.lineno}: not JSON ({error.msg})") from error
    except limits.OverLimit as error:
        raise KeptPolicyError(f"{path}: {error}") from error
    except (ValueError, RecursionError) as error:
        raise KeptPolicyError(f"{path}: is nothing that a person wrote") from error
    statements = content.get("Statement") if isinstance(content, dict) else content
    if not isinstance(statements, list) or not all(isinstance(one, dict) for one in statements):
        raise KeptPolicyError(f"{path}: is neither a policy nor a list of its statements")
    return statements


def problems_of_existing(
    buckets: Mapping[RecordClass, ExistingBucket], associations: Mapping[RecordClass, ExistingAssociation]
) -> Iterator[str]:
    """Yield one line for each wrong entry; keys are looked at where other keys are."""
    classes: dict[str, list[RecordClass]] = defaultdict(list)
    for record_class, bucket in buckets.items():
        field = f"existing_buckets.{record_class}"
        classes[bucket.name].append(record_class)
        if record_class not in S3_RECORD_CLASSES:
            yield f"existing_buckets: {record_class} is not kept in a bucket"
        if not _BUCKET.fullmatch(bucket.name):
            yield f"{field}.name: `{bucket.name}` is not a bucket's name"
        if not 1 <= len(bucket.prefix) <= _LONGEST_PREFIX:
            yield f"{field}.prefix: must have 1 to 128 characters"
    for name, sharing in classes.items():
        if len(sharing) > 1:
            yield f"existing_buckets: {name} is named for {' and '.join(sharing)}, and one bucket can have one period"
    yield from _of_associations(buckets, associations)


def _of_associations(
    buckets: Mapping[RecordClass, ExistingBucket], associations: Mapping[RecordClass, ExistingAssociation]
) -> Iterator[str]:
    for record_class, one in associations.items():
        field = f"existing_associations.{record_class}"
        if record_class in buckets:
            yield f"{field}: existing_buckets adopts the place of {record_class}, and its association with it"
        streams = record_class is RecordClass.CONTACT_RECORD
        if streams and (one.stream_arn is None or one.bucket is not None):
            yield f"{field}: contact records go to a stream; give its stream_arn and nothing else"
        elif not streams and (one.bucket is None or one.prefix is None or one.stream_arn is not None):
            yield f"{field}: give the bucket and the prefix that the instance writes to today"
