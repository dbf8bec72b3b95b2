"""Where the instance stores what, and the buckets that are to be adopted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cli.doctor.checks.stacks import own_resources
from cli.doctor.findings import fine, note, stop

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cli.doctor.expected import Plan
    from cli.doctor.findings import Line
    from cli.doctor.reading import Account

ACTIONS: Final = ("connect:ListInstanceStorageConfigs", "kms:DescribeKey")

_OTHERS: Final = (
    "SCHEDULED_REPORTS",
    "MEDIA_STREAMS",
    "AGENT_EVENTS",
    "SCREEN_RECORDINGS",
    "REAL_TIME_CONTACT_ANALYSIS_SEGMENTS",
)
"""Kinds that steward does not associate in every environment; what the instance does with them is said."""


def associations(account: Account, plan: Plan) -> Iterator[Line]:
    """See that every kind of storage that is going to be associated is free, adopted, or ours already.

    Connect takes one configuration of these kinds: https://docs.aws.amazon.com/connect/latest/APIReference/
    API_AssociateInstanceStorageConfig.html
    """
    wanted = {one.properties["ResourceType"]: one for one in plan.of_type("AWS::Connect::InstanceStorageConfig")}
    adopted = {bucket.name for bucket in plan.deployment.environment.existing_buckets.values()}
    ours = own_resources(account, plan)
    in_force: dict[str, Mapping[str, Any]] = {}
    for kind in sorted({*wanted, *_OTHERS}):
        found = list(
            account.pages(
                "connect",
                "ListInstanceStorageConfigs",
                "StorageConfigs",
                InstanceId=plan.deployment.environment.instance_arn.rpartition("/")[2],
                ResourceType=kind,
            )
        )
        for config in found:
            in_force.setdefault(kind, config)
            yield from _judge(kind, config, planned=kind in wanted, ours=ours, adopted=adopted)
        if kind in wanted and not found:
            yield fine("storage", f"{kind} is free: steward will associate its own")
    yield from _one_key(in_force, plan)


def _judge(
    kind: str, config: Mapping[str, Any], *, planned: bool, ours: frozenset[str], adopted: set[str]
) -> Iterator[Line]:
    place = _place(config)
    if config["AssociationId"] in ours:
        yield fine("storage", f"{kind} goes to {place}, as the environment's stack says")
    elif not planned:
        yield note("storage", f"{kind} goes to {place}; steward leaves it alone")
    elif config.get("S3Config", {}).get("BucketName") in adopted:
        yield note(
            "storage",
            f"{kind} goes to {place}, which is to be adopted",
            "import the bucket and this association together (docs/adopting-an-instance.md)",
        )
    else:
        yield stop(
            "storage",
            f"{kind} goes to {place} already, and Connect refuses a second place",
            "adopt the bucket (docs/adopting-an-instance.md), or disassociate it: aws connect"
            f" disassociate-instance-storage-config --resource-type {kind} --association-id {config['AssociationId']}",
        )


def _one_key(in_force: Mapping[str, Mapping[str, Any]], plan: Plan) -> Iterator[Line]:
    """Compare the key of the recordings in force with the stream's: with another, contact records never arrive."""
    recordings = in_force.get("CALL_RECORDINGS", {}).get("S3Config", {}).get("EncryptionConfig", {}).get("KeyId")
    stated = plan.deployment.environment.contact_record_key_arn
    if recordings and stated and recordings != stated:
        yield stop(
            "storage",
            f"recordings are encrypted with {recordings}, and contact_record_key_arn names {stated}: Connect writes"
            " contact records only to a stream with the key that recordings have, and reports no error",
            "set contact_record_key_arn to the key of the recordings",
        )


def keys(account: Account, plan: Plan) -> Iterator[Line]:
    """See that the keys that the environment names are there and enabled."""
    environment = plan.deployment.environment
    named = {environment.contact_record_key_arn, *(one.key_arn for one in environment.existing_buckets.values())}
    for arn in sorted(one for one in named if one):
        metadata = account.read("kms", "DescribeKey", KeyId=arn)["KeyMetadata"]
        if metadata["KeyState"] != "Enabled":
            yield stop("keys", f"{arn} is in the state {metadata['KeyState']}", "KMS console: enable the key")
        else:
            yield fine("keys", f"{arn} is enabled")


def _place(config: Mapping[str, Any]) -> str:
    if "S3Config" in config:
        return f"the bucket {config['S3Config']['BucketName']}, prefix {config['S3Config'].get('BucketPrefix', '')}"
    for name, member in (
        ("KinesisStreamConfig", "StreamArn"),
        ("KinesisFirehoseConfig", "FirehoseArn"),
        ("KinesisVideoStreamConfig", "Prefix"),
    ):
        if name in config:
            return str(config[name].get(member, name))
    return str(config["StorageType"])
