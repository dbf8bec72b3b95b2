"""What must be refused, even to an administrator of the account."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from simulator.aws.iam.policies.deployed import DeployedPolicies
from simulator.aws.iam.policies.statements import Need, Statement
from steward.names import RIGHTS_JUDGEMENTS

REMOVING = ("DeleteObject", "DeleteObjectVersion")
COVERING = ("PutObject", "ReplicateDelete", "ReplicateObject")
LOCKING = ("PutObjectLegalHold", "PutObjectRetention")
WEAKENING = (
    "DeleteBucket",
    "DeleteBucketPolicy",
    "PutBucketAcl",
    "PutBucketLogging",
    "PutBucketNotification",
    "PutBucketObjectLockConfiguration",
    "PutBucketOwnershipControls",
    "PutBucketPolicy",
    "PutBucketPublicAccessBlock",
    "PutBucketVersioning",
    "PutEncryptionConfiguration",
    "PutInventoryConfiguration",
    "PutLifecycleConfiguration",
    "PutReplicationConfiguration",
)
BREAKING = ("CreateGrant", "DisableKey", "PutKeyPolicy", "RevokeGrant", "ScheduleKeyDeletion")
WRITING = (
    "BatchWriteItem",
    "DeleteItem",
    "PartiQLDelete",
    "PartiQLInsert",
    "PartiQLUpdate",
    "PutItem",
    "UpdateItem",
)
UNLOCKED = ("rightsbucket", "accesslogs", "inventoriesbucket")
"""Buckets without Object Lock."""
SAFE = (("aws:securetransport", "true"),)
SECURE = (("s3:tlsversion", "1.3"), ("aws:securetransport", "true"), ("aws:principalisawsservice", "false"))
OLD = (("s3:tlsversion", "1.1"), ("aws:securetransport", "true"))
PLAIN = (("s3:tlsversion", "1.3"), ("aws:securetransport", "false"))


def with_right_to_everything(policies: DeployedPolicies, *names: str) -> DeployedPolicies:
    """Return the same with roles that may do everything, as far as their own policies go."""
    everything = Statement("Everything", "1", True, (), ("*",), ("*",), ())  # noqa: FBT003 - it allows
    return replace(policies, roles={**policies.roles, **{role(policies, name): (everything,) for name in names}})


def role(policies: DeployedPolicies, name: str) -> str:
    return f"arn:aws:iam::{policies.account}:role/{name}"


def attempts(policies: DeployedPolicies) -> Iterator[Need]:
    """Return an administrator's attempts at every bucket, queue and topic that has a policy."""
    for arn in policies.resources:
        match arn.split(":")[2]:
            case "s3":
                yield from _at_bucket(policies, arn)
            case "sqs":
                yield _attempt(policies, "sqs:SendMessage", arn, PLAIN)
                yield _attempt(policies, "sqs:ReceiveMessage", arn, PLAIN)
                yield _attempt(policies, "sqs:SendMessage", arn, SAFE)
            case "events":
                logged, released = ("Complaint Logged", "Hold Released")
                yield _attempt(policies, "events:PutEvents", arn, _event("steward.complaints", logged))
                officer = role(policies, "local-steward-complaints-officer")
                yield Need(officer, "events:PutEvents", arn, _event("steward.else", logged))
                yield Need(officer, "events:PutEvents", arn, _event("steward.complaints", released))
                yield Need(officer, "events:PutEvents", arn, _event("steward.rights", "Subject Request Received"))
                information = role(policies, "local-steward-information-officer")
                yield Need(information, "events:PutEvents", arn, _event("steward.complaints", logged))
                for judgement in RIGHTS_JUDGEMENTS:
                    yield Need(information, "events:PutEvents", arn, _event("steward.rights", judgement))
            case "dynamodb":
                yield from (_attempt(policies, f"dynamodb:{action}", arn, ()) for action in WRITING)
            case "kms":
                yield from _at_key(policies, arn)
            case "sns":
                yield _attempt(policies, "sns:Publish", arn, PLAIN)
            case _:
                pass


def _at_key(policies: DeployedPolicies, key: str) -> Iterator[Need]:
    """A key signs if some role is allowed to sign with it: its ARN does not tell."""
    signs = any(
        one.allows and "kms:Sign" in one.actions and key in one.resources
        for statements in policies.roles.values()
        for one in statements
    )
    yield from (_attempt(policies, f"kms:{action}", key, ()) for action in (*BREAKING, *(("Sign",) if signs else ())))


def _at_bucket(policies: DeployedPolicies, bucket: str) -> Iterator[Need]:
    for context in (PLAIN, OLD):
        # Not to read it, which another denial may be about.
        yield _attempt(policies, "s3:GetObjectAcl", f"{bucket}/key", context)
        yield _attempt(policies, "s3:GetObject", f"{bucket}/key", context)
        yield _attempt(policies, "s3:ListBucket", bucket, context)
    # What concerns a person's request is written by several functions and locked by none.
    covering = () if "rightsbucket" in bucket else COVERING
    locking = () if any(one in bucket for one in UNLOCKED) else LOCKING
    at_objects = (*REMOVING, *covering, *locking)
    yield from (_attempt(policies, f"s3:{action}", f"{bucket}/key", SECURE) for action in at_objects)
    yield from (_attempt(policies, f"s3:{action}", bucket, SECURE) for action in WEAKENING)
    if "rightsbucket" in bucket:
        for action in ("GetObject", "GetObjectVersion"):
            yield _attempt(policies, f"s3:{action}", f"{bucket}/key", (*SECURE, ("s3:signatureage", "900001")))
    if "inventoriesbucket" in bucket:
        for action in ("GetObject", "GetObjectVersion"):
            yield _attempt(policies, f"s3:{action}", f"{bucket}/key", SECURE)
    if "legalhold" in bucket or "evidencebucket" in bucket:
        yield _attempt(policies, "s3:BypassGovernanceRetention", f"{bucket}/key", SECURE)


def _event(source: str, kind: str) -> tuple[tuple[str, str], ...]:
    return (("events:source", source), ("events:detail-type", kind))


def _attempt(policies: DeployedPolicies, action: str, resource: str, context: tuple[tuple[str, str], ...]) -> Need:
    return Need(role(policies, "administrator"), action, resource, context)
