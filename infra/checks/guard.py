"""What must never be deployed, whoever wrote the template: read from what was synthesized, not from what was meant."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from infra.checks.synthesized import templates
from steward.ids import S3_RECORD_CLASSES, RecordClass
from steward.names import RECORD_CLASS_TAG
from steward.policy.holds import ReleaseBy
from steward.retention.months import lifecycle_days

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from infra.config import Deployment
    from steward.policy.model import Policy

Resource = dict[str, Any]
Resources = dict[str, Resource]

NONCURRENT_DAYS = 1
"""How long bytes may outlive their delete marker: S3's smallest value, and all that the promise allows."""

STORES = frozenset(
    {
        # Without its association with a store, the instance would stop recording.
        "AWS::Connect::InstanceStorageConfig",
        "AWS::DynamoDB::GlobalTable",
        "AWS::DynamoDB::Table",
        "AWS::KMS::Key",
        "AWS::Kinesis::Stream",
        "AWS::Logs::LogGroup",
        "AWS::Logs::LogStream",
        "AWS::S3::Bucket",
        "AWS::SMSVOICE::OptOutList",
        "AWS::SSM::Parameter",
    }
)
"""The types whose deletion would lose what nothing can make again."""

_LIVES_ON = (
    ("DeletionPolicy", "its deletion", "RetainExceptOnCreate"),
    ("UpdateReplacePolicy", "its replacement", "Retain"),
)

LARGEST_TEMPLATE = 1_048_576
"""Bytes of a template that CloudFormation reads from S3 (User Guide, "Understand CloudFormation quotas").

The 500 resources of a stack are the CDK's own check.
"""

_FILTERS = {"Prefix", "TagFilters", "ObjectSizeGreaterThan", "ObjectSizeLessThan"}
_REGION_IN_ARN = re.compile(r"arn:aws:[a-z0-9-]+:([a-z]{2}(?:-[a-z]+)+-[0-9]):")


def refusals(assembly: Path, policy: Policy, deployment: Deployment) -> list[str]:
    """Return one sentence for each reason why the assembly's templates may not be deployed; none if they may."""
    resources: Resources = {}
    for template in templates(assembly):
        resources.update(json.loads(template.read_text(encoding="utf-8"))["Resources"])
    return [
        *_too_large(assembly),
        *_wrong_region(policy, deployment),
        *_nobody_releases(policy, deployment),
        *_nobody_sees_who_reads(policy, deployment),
        *_removable(resources),
        *_compliance_locks(resources),
        *_copies_elsewhere(resources, deployment.environment.region),
        *_wrong_lifecycles(resources, policy, deployment),
        *_silent_stream(resources, deployment),
        *_endless_simulations(resources),
    ]


def _too_large(assembly: Path) -> Iterator[str]:
    for template in templates(assembly):
        size = template.stat().st_size
        if size > LARGEST_TEMPLATE:
            yield f"{template.name} has {size} bytes; CloudFormation reads no more than {LARGEST_TEMPLATE}"


def _wrong_region(policy: Policy, deployment: Deployment) -> Iterator[str]:
    region = deployment.environment.region
    if region not in policy.region.allowed:
        allowed = ", ".join(policy.region.allowed)
        yield f"the instance of `{deployment.name}` is in {region}, but the policy keeps data in {allowed} only"


def _nobody_releases(policy: Policy, deployment: Deployment) -> Iterator[str]:
    if policy.holds.release_by is ReleaseBy.CASE_SYSTEM and deployment.environment.case_system_principal is None:
        yield (
            f"holds.release_by is case_system, but `{deployment.name}` names no case_system_principal:"
            " nobody could release a hold"
        )


def _nobody_sees_who_reads(policy: Policy, deployment: Deployment) -> Iterator[str]:
    """Refuse what is promised and kept by nobody; only where it counts, because a trail is billed by the event."""
    environment = deployment.environment
    if policy.access and policy.subject_rights and environment.protected and not environment.read_trail:
        yield (
            f"the policy's section access promises that access has a reason, but `{deployment.name}` is protected and"
            " keeps no trail of who reads what: set read_trail = true"
        )


def _removable(resources: Resources) -> Iterator[str]:
    for name, resource in resources.items():
        if resource["Type"] in STORES:
            for attribute, event, wanted in _LIVES_ON:
                if resource.get(attribute) != wanted:
                    yield f"{name}: a store must outlive {event} in the stack, and its {attribute} is not {wanted}"
        elif resource.get("DeletionPolicy") == "Retain":
            yield (
                f"{name}: stays behind when the deployment that was to create it fails, and stands in the way of the"
                " next; its DeletionPolicy has to be RetainExceptOnCreate"
            )


def _compliance_locks(resources: Resources) -> Iterator[str]:
    for name, properties in _buckets(resources):
        lock = properties.get("ObjectLockConfiguration", {}).get("Rule", {}).get("DefaultRetention", {})
        if lock.get("Mode") == "COMPLIANCE":
            yield (
                f"{name}: has a default retention in compliance mode, which Connect cannot write to"
                " and nobody can correct"
            )


def _silent_stream(resources: Resources, deployment: Deployment) -> Iterator[str]:
    """Refuse a stream with another key than the recordings: nothing would arrive, and Connect reports no error.

    https://docs.aws.amazon.com/connect/latest/adminguide/data-streaming.html
    """
    environment = deployment.environment
    adopted = environment.existing_buckets.get(RecordClass.CALL_RECORDING)
    of_recordings = [
        one["Properties"]["S3Config"].get("EncryptionConfig", {}).get("KeyId") or (adopted and adopted.key_arn)
        for one in resources.values()
        if one["Type"] == "AWS::Connect::InstanceStorageConfig"
        and one["Properties"]["ResourceType"] == "CALL_RECORDINGS"
    ]
    for name, one in resources.items():
        if one["Type"] != "AWS::Kinesis::Stream":
            continue
        key = one["Properties"].get("StreamEncryption", {}).get("KeyId")
        if any(recordings is not None and recordings != key for recordings in of_recordings):
            yield (
                f"{name}: is encrypted with another key than the recordings, and Connect writes contact records only"
                " to a stream with the key of the recordings; contact_record_key_arn and"
                " existing_buckets.call_recording.key_arn have to name the same key"
            )


def _endless_simulations(resources: Resources) -> Iterator[str]:
    """Refuse a test case that nothing ends, or whose flow leads to a queue: a simulation reaches a real agent then.

    https://docs.aws.amazon.com/connect/latest/adminguide/testing-simulation.html
    """
    for name, one in resources.items():
        if one["Type"] != "AWS::Connect::TestCase":
            continue
        content = json.dumps(one["Properties"]["Content"])
        if "EndTest" not in content:
            yield f"{name}: nothing ends the test case, and the simulated call goes on to whoever answers"
        entry = json.dumps(one["Properties"]["EntryPoint"])
        for flow, other in resources.items():
            if other["Type"] != "AWS::Connect::ContactFlow" or f'["{flow}", "ContactFlowArn"]' not in entry:
                continue
            if "TransferContactToQueue" in json.dumps(other["Properties"]["Content"]):
                yield f"{name}: enters {flow}, which leads to a queue, and so to a real agent"


def _copies_elsewhere(resources: Resources, region: str) -> Iterator[str]:
    for name, resource in resources.items():
        properties = resource.get("Properties", {})
        if "ReplicationConfiguration" in properties:
            yield f"{name}: replicates its objects, and a replica outlives the policy's period"
        if resource["Type"] == "AWS::DynamoDB::GlobalTable" or properties.get("MultiRegion"):
            yield f"{name}: exists in several regions, and the policy keeps data in one"
        for other in sorted(set(_REGION_IN_ARN.findall(json.dumps(properties))) - {region}):
            yield f"{name}: names something in {other}, and everything has to stay in {region}"


def _wrong_lifecycles(resources: Resources, policy: Policy, deployment: Deployment) -> Iterator[str]:
    stores = _record_stores(resources)
    adopting = {
        record_class
        for record_class, bucket in deployment.environment.existing_buckets.items()
        if bucket.stage != "managed"
    }
    for record_class, names in stores.items():
        if len(names) > 1:
            yield f"{record_class}: has two stores, {' and '.join(names)}, and so two policies"
        for name in names:
            if record_class not in adopting:
                yield from _wrong_lifecycle(name, resources[name]["Properties"], record_class, policy)
    for record_class in policy.retention:
        if record_class in S3_RECORD_CLASSES and record_class not in stores and record_class not in adopting:
            yield f"{record_class}: the policy keeps it, and no bucket does"


def _wrong_lifecycle(
    name: str, properties: Mapping[str, Any], record_class: RecordClass, policy: Policy
) -> Iterator[str]:
    if record_class not in policy.retention or record_class in policy.storage.not_kept:
        yield f"{name}: the policy does not keep {record_class}"
        return
    days = lifecycle_days(policy.retention[record_class])
    rules = [
        rule
        for rule in properties.get("LifecycleConfiguration", {}).get("Rules", [])
        if rule.get("Status") == "Enabled"
    ]
    unfiltered = [rule for rule in rules if not _FILTERS & rule.keys()]
    expiries = [rule["ExpirationInDays"] for rule in rules if "ExpirationInDays" in rule]
    if min(expiries, default=days) < days:
        yield f"{name}: lets {record_class} go after {min(expiries)} days, and the policy keeps it {days}"
    if not any(rule.get("ExpirationInDays", days + 1) <= days for rule in unfiltered):
        yield f"{name}: has no rule over all its objects that lets {record_class} go after {days} days"
    if not any(
        rule.get("NoncurrentVersionExpiration", {}).get("NoncurrentDays", NONCURRENT_DAYS + 1) <= NONCURRENT_DAYS
        for rule in unfiltered
    ):
        yield f"{name}: keeps bytes longer than {NONCURRENT_DAYS} day after their delete marker"


def _record_stores(resources: Resources) -> dict[RecordClass, list[str]]:
    stores: dict[RecordClass, list[str]] = defaultdict(list)
    for name, properties in _buckets(resources):
        tags = {tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])}
        if tags.get(RECORD_CLASS_TAG) in S3_RECORD_CLASSES:
            stores[RecordClass(tags[RECORD_CLASS_TAG])].append(name)
    return stores


def _buckets(resources: Resources) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, resource in resources.items():
        if resource["Type"] == "AWS::S3::Bucket":
            yield name, resource.get("Properties", {})
