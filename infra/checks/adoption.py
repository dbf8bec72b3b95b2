"""What a bucket has today and what adopting it would change, said before anything is changed.

``python -m infra.checks.adoption [ENVIRONMENT [FILE]]`` reads each bucket of ``existing_buckets``, and where the
instance stores what, and exits with status 1 while something stands in the way. It changes nothing in the account. FILE
gets what ``cdk import --resource-mapping`` has to know. docs/adopting-an-instance.md says when to run it.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from infra.checks.associations import CLASS_OF, read_associations, resource_mapping
from infra.checks.contents import Contents, survey
from infra.checks.places import explained
from infra.config import DEFAULT_ENVIRONMENT, cdk_context, choose
from infra.ending import complain, program
from infra.existing import kept_statements
from infra.refusal import RefusalError
from infra.stores.records.classes import CONNECT_RESOURCE_TYPES
from steward.names import RECORD_CLASS_TAG
from steward.policy.load import PolicyError, load_policy
from steward.retention.months import lifecycle_days

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from mypy_boto3_s3 import S3Client

    from infra.checks.associations import Associated
    from infra.config import Deployment, Environment
    from infra.existing import ExistingBucket
    from steward.ids import RecordClass

_ABSENT = {
    "NoSuchBucketPolicy",
    "NoSuchCORSConfiguration",
    "NoSuchLifecycleConfiguration",
    "NoSuchTagSet",
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
    statements: tuple[Mapping[str, Any], ...] = ()
    """What its policy says."""
    contents: Contents = field(default_factory=Contents)
    set_up: bool = False
    """Whether steward has set it up before, so that its settings are steward's own."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing to know before adopting a bucket."""

    bucket: str
    says: str
    stops: bool = False

    def __str__(self) -> str:
        """Return the finding as one line."""
        return f"{self.bucket}: {'STOP: ' if self.stops else ''}{self.says}"


def assess(
    existing: ExistingBucket,
    state: BucketState,
    *,
    region: str,
    days: int,
    kept: Sequence[Mapping[str, Any]] = (),
) -> list[Finding]:
    """Say what adopting a bucket would change, and what has to be settled first.

    ``days`` is the lifecycle that the policy asks for, ``kept`` the statements of the bucket's own policy that stay.
    """
    stops = [*_cannot_be(existing, state, region), *_unreadable(existing, state), *_sharing(existing, state, days)]
    notes: list[str] = []
    if not state.set_up:
        stops += [*_unnamed(existing, state), *_policy(existing, state, kept)]
        notes += [*_replaced(existing, state), *_changes(existing, state, days)]
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
    if existing.key_arn and existing.key_arn != state.key and not state.set_up:
        yield f"is encrypted with {state.key or 'no key of its own'}, and `key_arn` names {existing.key_arn}"


def _unnamed(existing: ExistingBucket, state: BucketState) -> Iterator[str]:
    for rule in _foreign_rules(state) - set(existing.replaces_lifecycle_rules):
        yield (
            f"has the lifecycle rule `{rule}`, which the deployment would replace;"
            " name it in `replaces_lifecycle_rules` if it may go"
        )
    for setting in state.other - set(existing.replaces) - ({"bucket-policy"} if existing.keeps_policy else set()):
        yield f"has settings for {setting}, which the deployment would replace; name it in `replaces` if they may go"


def _policy(existing: ExistingBucket, state: BucketState, kept: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Say which statements would go: a bucket has one policy, and steward's takes its place."""
    if existing.stage == "import" and existing.has_policy and "bucket-policy" not in state.other:
        yield "has no policy, and `keeps_policy` or `replaces` speaks of one: nothing could be imported"
    if "bucket-policy" in existing.replaces:
        return
    for statement in kept:
        if _shuts_connect_out(statement):
            name = statement.get("Sid", "without a Sid")
            yield f"its policy's statement `{name}` denies everybody to write, Connect's own role too: it cannot stay"
    for statement in state.statements:
        if existing.keeps_policy and statement not in kept:
            name = statement.get("Sid", "without a Sid")
            yield f"its policy's statement `{name}` is not in {existing.keeps_policy}, and would go"


def _shuts_connect_out(statement: Mapping[str, Any]) -> bool:
    """Tell whether a statement denies writing without an exception: a denial outranks what Connect is allowed."""
    if statement.get("Effect") != "Deny" or statement.get("Condition"):
        return False
    principal, stated = statement.get("Principal"), statement.get("Action", ())
    actions = [stated] if isinstance(stated, str) else list(stated)
    everybody = principal in ("*", {"AWS": "*"})
    return everybody and any(fnmatchcase("s3:PutObject", str(action)) for action in actions)


def _unreadable(existing: ExistingBucket, state: BucketState) -> Iterator[str]:
    """Say which keys nobody named: what is held is read with the key of its own day."""
    named = {existing.key_arn, *existing.previous_key_arns}
    for key, since in sorted(state.contents.keys.items()):
        if key not in named and not (state.set_up and key == state.key):
            yield (
                f"has objects of {since:%B %Y} and perhaps later that are encrypted with {key}, which place_hold may"
                " not use: they could not be held; name it in `previous_key_arns`"
            )


def _sharing(existing: ExistingBucket, state: BucketState, days: int) -> Iterator[str]:
    for other in state.contents.others:
        if not other.startswith(existing.also_expires):
            yield (
                f"also holds `{other}`, which the rule over the whole bucket would delete after {days} days;"
                " move it, or name it in `also_expires` if it may go"
            )


def assess_associations(
    record_class: RecordClass, existing: ExistingBucket, associated: Sequence[Associated], environment: Environment
) -> Iterator[Finding]:
    """Say what else the instance writes into the bucket, and whether it writes the class there at all."""
    instance = environment.instance_arn.rpartition("/")[2]
    own, _ = CONNECT_RESOURCE_TYPES.get(record_class, ("", ""))
    for one in associated:
        here = (one.bucket, one.prefix) == (existing.name, existing.prefix)
        if one.kind == own and existing.stage != "managed" and not here:
            says = f"is not where the instance writes {own}: that is {one.place}"
            yield Finding(bucket=existing.name, says=says, stops=True)
        if one.kind == own or one.bucket != existing.name:
            continue
        also = f"also takes {one.kind} ({one.prefix}), which"
        if CLASS_OF.get(one.kind) in environment.existing_associations:
            yield Finding(bucket=existing.name, says=f"{also} moves to a bucket of steward's own")
        elif one.prefix.startswith(existing.also_expires):
            yield Finding(bucket=existing.name, says=f"{also} leaves with {record_class}")
        else:
            command = (
                f"aws connect update-instance-storage-config --instance-id {instance} --resource-type {one.kind}"
                f" --association-id {one.association_id} --storage-config ..."
            )
            says = (
                f"{also} the rule over the whole bucket would delete: point it at another bucket ({command}), or name"
                " the prefix in `also_expires`"
            )
            yield Finding(bucket=existing.name, says=says, stops=True)


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
    if state.contents.oldest is not None:
        yield f"has objects since {state.contents.oldest:%B %Y}; those from before versioning have the id `null`"
    yield f"lets go, at the next midnight UTC, of everything older than {days} days once it is `managed`"


def _foreign_rules(state: BucketState) -> set[str]:
    return set(state.lifecycle_rules) - STEWARDS_RULES


def read_state(s3: S3Client, bucket: str, prefix: str = "") -> BucketState:
    """Read what the bucket has, and what lies beside ``prefix``; raise :class:`RefusalError` if it cannot be read."""
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
    policy = _or_nothing(lambda: s3.get_bucket_policy(Bucket=bucket)).get("Policy")
    tags = _or_nothing(lambda: s3.get_bucket_tagging(Bucket=bucket)).get("TagSet", [])
    present = {
        "bucket-policy": policy,
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
        statements=tuple(json.loads(policy).get("Statement", ())) if policy else (),
        contents=survey(s3, bucket, prefix) if prefix else Contents(),
        set_up=RECORD_CLASS_TAG in {tag["Key"] for tag in tags},
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


def findings(deployment: Deployment, s3: S3Client, associated: Sequence[Associated] = ()) -> list[Finding]:
    """Assess every bucket that the environment adopts; raise :class:`RefusalError` if one cannot be read.

    ``associated`` is where the instance stores what.
    """
    environment = deployment.environment
    try:
        policy = load_policy(deployment.policy_path)
    except PolicyError as error:
        raise RefusalError(explained(error)) from error

    def assess_one(record_class: RecordClass, existing: ExistingBucket) -> list[Finding]:
        days = lifecycle_days(policy.retention[record_class])
        state = read_state(s3, existing.name, existing.prefix)
        kept = kept_statements(existing, deployment.folder)
        return [
            *assess(existing, state, region=environment.region, days=days, kept=kept),
            *assess_associations(record_class, existing, associated, environment),
        ]

    return [finding for pair in environment.existing_buckets.items() for finding in assess_one(*pair)]


def main(arguments: Sequence[str]) -> int:
    """Print what there is to know; 0 if nothing stands in the way, 1 if something does, 2 if it cannot be told."""
    try:
        deployment = choose(cdk_context(), arguments[0] if arguments else DEFAULT_ENVIRONMENT)
        environment = deployment.environment
        associated: Sequence[Associated] = ()
        if environment.existing_buckets or arguments[1:]:
            connect = boto3.client("connect", region_name=environment.region)
            associated = read_associations(connect, environment.instance_arn.rpartition("/")[2])
        found = findings(deployment, boto3.client("s3", region_name=environment.region), associated)
        if arguments[1:]:
            mapping = resource_mapping(environment, associated)
            Path(arguments[1]).write_text(json.dumps(mapping, indent=2) + "\n", encoding="utf-8")
    except ClientError as error:
        complain(f"the account cannot be read ({error.response['Error']['Code']})")
        return 2
    except BotoCoreError as error:
        complain(f"the account cannot be read: {error}")
        return 2
    except RefusalError as error:
        complain(error)
        return 2
    for finding in found:
        sys.stdout.write(f"{finding}\n")
    if not found:
        sys.stdout.write(f"{deployment.name}: adopts no bucket\n")
    return int(any(finding.stops for finding in found))


if __name__ == "__main__":
    sys.exit(program(main, sys.argv[1:]))
