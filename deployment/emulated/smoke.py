"""What has to be true of a deployment: everything is there, the stores keep the policy, and a flag holds a recording.

Everything is asked of the server's API, as a client outside this process would. Two things have no API and are done in
the process: a contact happens in the emulated Connect instance, and time passes. Functions run in this process too,
from the packages that were uploaded, because moto's server runs none without containers.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from botocore.exceptions import BotoCoreError, ClientError
from dateutil.relativedelta import relativedelta

from deployment.command_line import DeploymentError
from simulator.aws.cloudformation.assembly import Stack, read_assembly
from steward.ids import S3_RECORD_CLASSES, RecordClass
from steward.names import RECORD_CLASS_TAG
from steward.policy.checking.kept import PUBLISHED_AS, read_published
from steward.policy.holds import HoldReason
from steward.retention.months import lifecycle_days

if TYPE_CHECKING:
    from deployment.emulated.server import LocalAccount
    from steward.policy.model import Policy

_LONDON: Final = ZoneInfo("Europe/London")
_HOLD: Final = "legal_hold"
_VOICE: Final = b"RIFF" + b"an invented voice " * 200


@dataclass(frozen=True)
class Flag:
    """A recorded call, and the complaint about it."""

    contact_id: str
    case: str
    recording: str
    received_on: date


def check(account: LocalAccount, assembly: Path, policy: Policy) -> Iterator[str]:
    """Yield a sentence for each thing that was found true; raise :class:`DeploymentError` at the first that is not."""
    try:
        stacks = read_assembly(assembly)
        yield from _everything_is_there(account, stacks)
        names = {stack.name for stack in stacks}
        account.world.take_in(one for one in account.created if one.declaration.stack in names)
        kept = [one for one in S3_RECORD_CLASSES if one in policy.retention]
        buckets = _buckets(account, kept)
        yield _stores_keep_the_policy(account, buckets, kept, policy)
        yield _stacks_say_what_they_keep(account, stacks, policy)
        flag = _flag_a_call(account, buckets[RecordClass.CALL_RECORDING], own_bus(stacks))
        account.world.run_until(account.world.clock.now() + timedelta(minutes=10))
        yield _recording_is_held(account, buckets[_HOLD], policy, flag)
        yield _register_knows(account, stacks, flag)
        account.world.run_until(account.world.clock.now() + timedelta(days=1))
        yield _nothing_was_lost(account)
    except (ClientError, BotoCoreError) as error:
        raise DeploymentError(f"the account on this machine answered: {error}") from error


def _everything_is_there(account: LocalAccount, stacks: list[Stack]) -> Iterator[str]:
    cloudformation = account.client("cloudformation")
    for stack in stacks:
        summaries = cloudformation.list_stack_resources(StackName=stack.name)["StackResourceSummaries"]
        deployed = {one["LogicalResourceId"] for one in summaries if one["PhysicalResourceId"]}
        missing = sorted(set(stack.template["Resources"]) - deployed)
        if missing:
            raise DeploymentError(f"{stack.name} lacks {', '.join(missing)}")
        protected = cloudformation.describe_stacks(StackName=stack.name)["Stacks"][0]["EnableTerminationProtection"]
        if protected != stack.protected:
            raise DeploymentError(f"the protection of {stack.name} against deletion is {protected}")
        yield f"{stack.name}: all {len(deployed)} resources of the template exist"


def _buckets(account: LocalAccount, kept: Sequence[RecordClass]) -> dict[str, str]:
    """Return the names of the stores by the tag that says what each keeps."""
    storage = account.client("s3")
    found: dict[str, str] = {}
    for bucket in storage.list_buckets()["Buckets"]:
        try:
            tags = storage.get_bucket_tagging(Bucket=bucket["Name"])["TagSet"]
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchTagSet":
                raise
            continue
        found |= {tag["Value"]: bucket["Name"] for tag in tags if tag["Key"] == RECORD_CLASS_TAG}
    missing = {*kept, _HOLD} - set(found)
    if missing:
        raise DeploymentError(f"no bucket is deployed for {', '.join(sorted(missing))}")
    return found


def _stores_keep_the_policy(
    account: LocalAccount, buckets: Mapping[str, str], kept: Sequence[RecordClass], policy: Policy
) -> str:
    storage = account.client("s3")
    for name, bucket in buckets.items():
        if storage.get_bucket_versioning(Bucket=bucket).get("Status") != "Enabled":
            raise DeploymentError(f"the bucket of {name} keeps no versions")
        if name not in {*kept, _HOLD}:
            # What is put together for a person's request is never locked: it leaves when the request is over.
            continue
        lock = storage.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"]
        if lock.get("ObjectLockEnabled") != "Enabled":
            raise DeploymentError(f"the bucket of {name} cannot lock objects")
    for record_class in kept:
        rules = storage.get_bucket_lifecycle_configuration(Bucket=buckets[record_class])["Rules"]
        unfiltered = [rule for rule in rules if rule.get("Filter") in (None, {}, {"Prefix": ""})]
        days = [rule["Expiration"]["Days"] for rule in unfiltered if "Days" in rule.get("Expiration", {})]
        promised = lifecycle_days(policy.retention[record_class])
        if days != [promised]:
            raise DeploymentError(f"the bucket of {record_class} lets go after {days} days, not {promised}")
    return f"{len(buckets)} stores keep versions, can lock, and let go when the policy says"


def _stacks_say_what_they_keep(account: LocalAccount, stacks: list[Stack], policy: Policy) -> str:
    cloudformation = account.client("cloudformation")
    outputs = {
        output["OutputKey"]: output["OutputValue"]
        for stack in stacks
        for output in cloudformation.describe_stacks(StackName=stack.name)["Stacks"][0].get("Outputs", ())
    }
    if PUBLISHED_AS not in outputs:
        raise DeploymentError("no stack says what it keeps")
    said = read_published(outputs[PUBLISHED_AS])
    if said.version != policy.council.policy_version:
        raise DeploymentError(f"the stacks say that they keep {said.version}, not {policy.council.policy_version}")
    return f"the stacks say what they keep, under the policy's version {said.version}"


def own_bus(stacks: list[Stack]) -> str:
    """Return the name of the one bus that the stacks declare. Raises DeploymentError if there is none, or another."""
    names = [
        str(resource["Properties"]["Name"])
        for stack in stacks
        for resource in stack.template["Resources"].values()
        if resource["Type"] == "AWS::Events::EventBus"
    ]
    if len(names) != 1:
        raise DeploymentError(f"there is to be one event bus; the templates declare {len(names)}")
    return names[0]


def _flag_a_call(account: LocalAccount, bucket: str, bus: str) -> Flag:
    now = account.world.clock.now()
    began, ended = now - timedelta(minutes=30), now - timedelta(minutes=25)
    contact_id = str(uuid.uuid4())
    key = f"connect/smoke/CallRecordings/{began:%Y/%m/%d}/{contact_id}_{began:%Y%m%dT%H:%M}_UTC.wav"
    flag = Flag(contact_id, "CMP-SMOKE-1", key, now.astimezone(_LONDON).date())
    account.world.connect.contact(
        {
            "Id": contact_id,
            "Channel": "VOICE",
            "InitiationMethod": "INBOUND",
            "InitiationTimestamp": began.isoformat(),
            "DisconnectTimestamp": ended.isoformat(),
            "LastUpdateTimestamp": ended.isoformat(),
            "Recordings": [
                {
                    "StorageType": "S3",
                    "Location": f"{bucket}/{key}",
                    "MediaStreamType": "AUDIO",
                    "ParticipantType": "AGENT",
                    "Status": "AVAILABLE",
                }
            ],
        }
    )
    account.client("s3").put_object(Bucket=bucket, Key=key, Body=_VOICE)
    detail = {
        "case": flag.case,
        "reason": HoldReason.COMPLAINT.value,
        "stage": "1",
        "received_on": flag.received_on.isoformat(),
        "contact_ids": [contact_id],
        "requested_by": "smoke-test",
        "note": "",
    }
    entry = {
        "EventBusName": bus,
        "Source": "steward.complaints",
        "DetailType": "Complaint Logged",
        "Detail": json.dumps(detail),
    }
    if account.client("events").put_events(Entries=[entry])["FailedEntryCount"]:
        raise DeploymentError(f"the event bus {bus} took no event")
    return flag


def _recording_is_held(account: LocalAccount, bucket: str, policy: Policy, flag: Flag) -> str:
    storage = account.client("s3")
    end = flag.received_on + relativedelta(months=policy.holds.reasons[HoldReason.COMPLAINT].months)
    expected = datetime(end.year, end.month, end.day, tzinfo=_LONDON).astimezone(UTC)
    versions = storage.list_object_versions(Bucket=bucket).get("Versions", [])
    copies = 0
    for version in versions:
        place = {"Bucket": bucket, "Key": version["Key"], "VersionId": version["VersionId"]}
        lock: Mapping[str, Any] = storage.get_object_retention(**place)["Retention"]
        if (lock["Mode"], lock["RetainUntilDate"]) != ("GOVERNANCE", expected):
            raise DeploymentError(f"{version['Key']} is locked in mode {lock['Mode']} until {lock['RetainUntilDate']}")
        copies += storage.get_object(**place)["Body"].read() == _VOICE
    if copies != 1:
        raise DeploymentError(f"the flagged recording was copied {copies} times among {len(versions)} held objects")
    return f"a flag on the bus held the recording: {len(versions)} objects, locked until {end}, midnight in London"


def _register_knows(account: LocalAccount, stacks: list[Stack], flag: Flag) -> str:
    cloudformation = account.client("cloudformation")
    tables = [
        one["PhysicalResourceId"]
        for stack in stacks
        for one in cloudformation.list_stack_resources(StackName=stack.name)["StackResourceSummaries"]
        if one["LogicalResourceId"] == "RegisterTable"
    ]
    key = {"pk": {"S": f"CONTACT#{flag.contact_id}"}, "sk": {"S": f"HOLD#{flag.case}"}}
    for table in tables:
        row = account.client("dynamodb").get_item(TableName=table, Key=key, ConsistentRead=True).get("Item", {})
        if row.get("status", {}).get("S") == "held":
            return f"the register says that {flag.case} holds the contact"
    raise DeploymentError(f"the register does not say that {flag.case} holds the contact")


def _nothing_was_lost(account: LocalAccount) -> str:
    world = account.world
    if world.dead_letters():
        raise DeploymentError(f"messages lie in {', '.join(sorted({one.queue for one in world.dead_letters()}))}")
    if world.undelivered:
        raise DeploymentError(f"an event was not delivered: {world.undelivered[0].why}")
    idle = [name for name in ("maintain_holds", "place_hold") if not world.calls.get(name, {}).get("invocations")]
    if idle:
        raise DeploymentError(f"in a day, {' and '.join(idle)} did not run")
    return "a day passed: the schedules ran, every event was delivered, no message was lost"
