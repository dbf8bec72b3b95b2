"""Where the instance stores what, and the buckets that are to be adopted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cli.doctor.checks.stacks import own_resources
from cli.doctor.findings import fine, note, stop
from infra.checks.associations import CLASS_OF, KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cli.doctor.expected import Plan
    from cli.doctor.findings import Line
    from cli.doctor.reading import Account
    from infra.config import Environment

ACTIONS: Final = ("connect:ListInstanceStorageConfigs", "kms:DescribeKey", "kms:ListGrants")


def associations(account: Account, plan: Plan) -> Iterator[Line]:
    """See that every kind of storage that is going to be associated is free, adopted, or ours already.

    Connect takes one configuration of these kinds: https://docs.aws.amazon.com/connect/latest/APIReference/
    API_AssociateInstanceStorageConfig.html
    """
    environment = plan.deployment.environment
    wanted = {one.properties["ResourceType"]: one for one in plan.of_type("AWS::Connect::InstanceStorageConfig")}
    ours = own_resources(account, plan)
    in_force: dict[str, Mapping[str, Any]] = {}
    for kind in KINDS:
        found = list(
            account.pages(
                "connect",
                "ListInstanceStorageConfigs",
                "StorageConfigs",
                InstanceId=environment.instance_arn.rpartition("/")[2],
                ResourceType=kind,
            )
        )
        for config in found:
            in_force.setdefault(kind, config)
            yield from _judge(kind, config, planned=kind in wanted, ours=ours, environment=environment)
        if kind in wanted and not found:
            yield fine("storage", f"{kind} is free: steward will associate its own")
    yield from _one_key(in_force, plan)


def _judge(
    kind: str, config: Mapping[str, Any], *, planned: bool, ours: frozenset[str], environment: Environment
) -> Iterator[Line]:
    place = _place(config)
    record_class = CLASS_OF.get(kind)
    bucket = environment.existing_buckets.get(record_class) if record_class else None
    moved = environment.existing_associations.get(record_class) if record_class else None
    import_it = "import it (docs/adopting-an-instance.md, Import)"
    if config["AssociationId"] in ours:
        yield fine("storage", f"{kind} goes to {place}, as the environment's stack says")
    elif not planned:
        yield note("storage", f"{kind} goes to {place}; steward leaves it alone")
    elif bucket is not None and config.get("S3Config", {}).get("BucketName") == bucket.name:
        yield _to_import(f"{kind} goes to {place}, which is to be adopted", bucket.stage, import_it)
    elif moved is not None:
        yield _to_import(f"{kind} goes to {place}, and is to move to steward's own place", moved.stage, import_it)
    else:
        yield stop(
            "storage",
            f"{kind} goes to {place} already, and Connect refuses a second place",
            "adopt the bucket or move the association (docs/adopting-an-instance.md), or disassociate it: aws connect"
            f" disassociate-instance-storage-config --resource-type {kind} --association-id {config['AssociationId']}",
        )


def _to_import(says: str, stage: str, mend: str) -> Line:
    """Return a STOP where a later stage is configured, and no stack has the association yet."""
    if stage == "import":
        return note("storage", says, mend)
    return stop("storage", f"{says}, but none of the environment's stacks has it: Connect refuses a second one", mend)


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
    """See that the keys that the environment names are there, enabled, and the council's own."""
    environment = plan.deployment.environment
    buckets = environment.existing_buckets.values()
    previous = {arn for one in buckets for arn in one.previous_key_arns}
    named = {environment.contact_record_key_arn, *(one.key_arn for one in buckets), *previous}
    for arn in sorted(one for one in named if one):
        metadata = account.read("kms", "DescribeKey", KeyId=arn)["KeyMetadata"]
        if metadata.get("KeyManager") == "AWS":
            yield stop(
                "keys",
                f"{arn} is AWS's own key, whose policy nobody can change: what is encrypted with it can be read only as"
                " AWS says",
                "copy the objects over themselves with a key of the council's, or let them expire before anything is"
                " promised about holds",
            )
        elif metadata["KeyState"] != "Enabled":
            yield stop("keys", f"{arn} is in the state {metadata['KeyState']}", "KMS console: enable the key")
        else:
            yield fine("keys", f"{arn} is enabled")


def grants(account: Account, plan: Plan) -> Iterator[Line]:
    """See that Connect has a grant on the key of the recordings that it stores: it writes contact records by that.

    Associating a storage gives the grant, and disassociating it takes it away: https://docs.aws.amazon.com/connect/
    latest/adminguide/encryption-at-rest.html, "Key management". How the grantee is written is not documented, so any
    that names Connect counts.
    """
    found = account.pages(
        "connect",
        "ListInstanceStorageConfigs",
        "StorageConfigs",
        InstanceId=plan.deployment.environment.instance_arn.rpartition("/")[2],
        ResourceType="CALL_RECORDINGS",
    )
    named = {config.get("S3Config", {}).get("EncryptionConfig", {}).get("KeyId") for config in found}
    for arn in sorted({*named, plan.deployment.environment.contact_record_key_arn} - {None}):
        granted = account.pages("kms", "ListGrants", "Grants", KeyId=arn)
        if any("connect" in str(one.get("GranteePrincipal", "")).casefold() for one in granted):
            yield fine("keys", f"Connect has a grant on {arn}")
        else:
            yield note(
                "keys",
                f"Connect has no grant on {arn} that can be seen: without one, contact records do not arrive in the"
                " stream, and Connect reports no error",
                "see whether records arrive (docs/first-day.md, step 9); associating the recordings' storage gives it",
            )


def _place(config: Mapping[str, Any]) -> str:
    if "S3Config" in config:
        return f"the bucket {config['S3Config']['BucketName']}, prefix {config['S3Config'].get('BucketPrefix', '')}"
    if "KinesisVideoStreamConfig" in config:
        video = config["KinesisVideoStreamConfig"]
        return f"video streams {video['Prefix']}…, kept {video['RetentionPeriodHours']} hours"
    for name, member in (
        ("KinesisStreamConfig", "StreamArn"),
        ("KinesisFirehoseConfig", "FirehoseArn"),
    ):
        if name in config:
            return str(config[name].get(member, name))
    return str(config["StorageType"])
