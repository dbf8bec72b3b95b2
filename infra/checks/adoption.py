"""What a bucket has today and what adopting it would change, said before anything is changed.

``python -m infra.checks.adoption [ENVIRONMENT]`` reads each bucket of ``existing_buckets`` and exits with status 1
while something stands in the way. It changes nothing. docs/adopting-an-instance.md says when to run it.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

from infra.config import DEFAULT_ENVIRONMENT, cdk_context, choose
from infra.refusal import RefusalError
from steward.policy.load import PolicyError, load_policy
from steward.retention.months import lifecycle_days

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mypy_boto3_s3 import S3Client

    from infra.config import Deployment, ExistingBucket
    from steward.ids import RecordClass

_ABSENT = {
    "NoSuchBucketPolicy",
    "NoSuchCORSConfiguration",
    "NoSuchLifecycleConfiguration",
    "ObjectLockConfigurationNotFoundError",
    "ReplicationConfigurationNotFoundError",
    "ServerSideEncryptionConfigurationNotFoundError",
}
"""The error codes by which S3 says that a setting is not there."""

STEWARDS_RULES = {"policy-period", "expired-delete-markers"}
"""The ids of the lifecycle rules that steward sets itself."""


@dataclass(frozen=True, kw_only=True)
class BucketState:
    """What a bucket has, as far as adopting it is concerned."""

    region: str
    versioning: str = ""
    """``Enabled``, ``Suspended`` or empty."""
    mfa_delete: bool = False
    locks: bool = False
    default_lock_mode: str = ""
    key: str = ""
    lifecycle_rules: tuple[str, ...] = ()
    other: frozenset[str] = field(default_factory=frozenset)
    """Which of ``bucket-policy``, ``cors``, ``notifications`` and ``replication`` it has."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing to know before adopting a bucket."""

    bucket: str
    says: str
    stops: bool = False

    def __str__(self) -> str:
        """Return the finding as one line."""
        return f"{self.bucket}: {'STOP: ' if self.stops else ''}{self.says}"


def assess(existing: ExistingBucket, state: BucketState, *, region: str, days: int) -> list[Finding]:
    """Say what adopting a bucket would change, and what has to be settled first.

    ``days`` is the lifecycle that the policy asks for.
    """
    stops = [*_cannot_be(existing, state, region), *_unnamed(existing, state)]
    notes = [*_replaced(existing, state), *_changes(existing, state, days)]
    return [
        *(Finding(bucket=existing.name, says=says, stops=True) for says in stops),
        *(Finding(bucket=existing.name, says=says) for says in notes),
    ]


def _cannot_be(existing: ExistingBucket, state: BucketState, region: str) -> Iterator[str]:
    if state.region != region:
        yield f"is in {state.region}, and the instance and its policy are in {region}"
    if state.default_lock_mode:
        mode = state.default_lock_mode.lower()
        yield f"locks every object by default in {mode} mode, so that recordings would outlive the policy; remove that"
    if state.mfa_delete:
        yield "asks for a second factor on every deletion, with which no lifecycle rule works; switch it off"
    if existing.key_arn and existing.key_arn != state.key:
        yield f"is encrypted with {state.key or 'no key of its own'}, and `key_arn` names {existing.key_arn}"


def _unnamed(existing: ExistingBucket, state: BucketState) -> Iterator[str]:
    for rule in _foreign_rules(state) - set(existing.replaces_lifecycle_rules):
        yield (
            f"has the lifecycle rule `{rule}`, which the deployment would replace;"
            " name it in `replaces_lifecycle_rules` if it may go"
        )
    for setting in state.other - set(existing.replaces):
        yield f"has settings for {setting}, which the deployment would replace; name it in `replaces` if they may go"


def _replaced(existing: ExistingBucket, state: BucketState) -> Iterator[str]:
    for rule in _foreign_rules(state) & set(existing.replaces_lifecycle_rules):
        yield f"loses its lifecycle rule `{rule}`"
    for setting in state.other & set(existing.replaces):
        yield f"loses its settings for {setting}"


def _changes(existing: ExistingBucket, state: BucketState, days: int) -> Iterator[str]:
    if state.versioning != "Enabled":
        yield "gets versioning, which cannot be switched off again"
    if not state.locks:
        yield "gets Object Lock without a default retention, which cannot be switched off again"
    if not existing.key_arn:
        yield "encrypts new objects with steward's key; old ones keep theirs, which has to stay"
    yield f"lets go, at the next midnight UTC, of everything older than {days} days once it is `managed`"


def _foreign_rules(state: BucketState) -> set[str]:
    return set(state.lifecycle_rules) - STEWARDS_RULES


def read_state(s3: S3Client, bucket: str) -> BucketState:
    """Read what the bucket has; raise :class:`RefusalError` if it cannot be read."""
    try:
        location = s3.get_bucket_location(Bucket=bucket).get("LocationConstraint")
    except ClientError as error:
        code = error.response["Error"]["Code"]
        raise RefusalError(f"{bucket}: cannot be read ({code})") from error
    versioning = s3.get_bucket_versioning(Bucket=bucket)
    lock = _or_nothing(lambda: s3.get_object_lock_configuration(Bucket=bucket)).get("ObjectLockConfiguration", {})
    encryption = _or_nothing(lambda: s3.get_bucket_encryption(Bucket=bucket))
    rules = encryption.get("ServerSideEncryptionConfiguration", {}).get("Rules", [])
    lifecycle = _or_nothing(lambda: s3.get_bucket_lifecycle_configuration(Bucket=bucket)).get("Rules", [])
    notifications = s3.get_bucket_notification_configuration(Bucket=bucket)
    present = {
        "bucket-policy": _or_nothing(lambda: s3.get_bucket_policy(Bucket=bucket)).get("Policy"),
        "cors": _or_nothing(lambda: s3.get_bucket_cors(Bucket=bucket)).get("CORSRules"),
        "notifications": [name for name in notifications if name.endswith("Configurations")],
        "replication": _or_nothing(lambda: s3.get_bucket_replication(Bucket=bucket)).get("ReplicationConfiguration"),
    }
    return BucketState(
        region=location or "us-east-1",
        versioning=versioning.get("Status", ""),
        mfa_delete=versioning.get("MFADelete") == "Enabled",
        locks=lock.get("ObjectLockEnabled") == "Enabled",
        default_lock_mode=lock.get("Rule", {}).get("DefaultRetention", {}).get("Mode", ""),
        key=next((rule["ApplyServerSideEncryptionByDefault"].get("KMSMasterKeyID", "") for rule in rules), ""),
        lifecycle_rules=tuple(rule.get("ID", "") for rule in lifecycle),
        other=frozenset(name for name, value in present.items() if value),
    )


def _or_nothing(call: Callable[[], Any]) -> dict[str, Any]:
    """Return what the call answers, or nothing if S3 says that there is no such setting."""
    try:
        answer: dict[str, Any] = call()
    except ClientError as error:
        if error.response["Error"]["Code"] in _ABSENT:
            return {}
        raise
    return answer


def findings(deployment: Deployment, s3: S3Client) -> list[Finding]:
    """Assess every bucket that the environment adopts; raise :class:`RefusalError` if one cannot be read."""
    environment = deployment.environment
    try:
        policy = load_policy(deployment.policy_path)
    except PolicyError as error:
        raise RefusalError(str(error)) from error

    def assess_one(record_class: RecordClass, existing: ExistingBucket) -> list[Finding]:
        days = lifecycle_days(policy.retention[record_class])
        return assess(existing, read_state(s3, existing.name), region=environment.region, days=days)

    return [finding for pair in environment.existing_buckets.items() for finding in assess_one(*pair)]


def main(arguments: Sequence[str]) -> int:
    """Print what there is to know; 0 if nothing stands in the way, 1 if something does, 2 if it cannot be told."""
    try:
        deployment = choose(cdk_context(), arguments[0] if arguments else DEFAULT_ENVIRONMENT)
        found = findings(deployment, boto3.client("s3", region_name=deployment.environment.region))
    except RefusalError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    for finding in found:
        sys.stdout.write(f"{finding}\n")
    if not found:
        sys.stdout.write(f"{deployment.name}: adopts no bucket\n")
    return int(any(finding.stops for finding in found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
