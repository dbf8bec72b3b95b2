"""What people do, each in their own role: a right of theirs is in use when somebody uses it."""

from __future__ import annotations

import json
from typing import Any

import boto3

from simulator.aws.account.account import EmbeddedAws
from simulator.aws.lambda_.function_url import decide_as, post, staff_prefix


def act_as_people(world: EmbeddedAws) -> None:
    """Act once in every role for people."""
    _log_and_release(world)
    _deal_with_a_request(world)
    _look_at_evidence(world)
    _bring_back(world)
    _remove_a_copy(world)


def _put_event(world: EmbeddedAws, detail_type: str, detail: dict[str, object]) -> None:
    [bus] = [one.identity.ref for one in world.resources if one.declaration.type == "AWS::Events::EventBus"]
    boto3.client("events").describe_event_bus(Name=str(bus))
    boto3.client("events").put_events(
        Entries=[
            {
                "EventBusName": bus,
                "Source": "steward.complaints",
                "DetailType": detail_type,
                "Detail": json.dumps({"requested_by": "officer.1", **detail}),
            }
        ]
    )
    world.settle()


def _log_and_release(world: EmbeddedAws) -> None:
    flag = {"reason": "complaint", "stage": "1", "received_on": "2027-01-06"}
    with world.permissions.acting_as("ComplaintsOfficerRole"):
        _put_event(world, "Complaint Logged", {"case": "P-1", "contact_ids": ["k1"], **flag})
        _put_event(world, "Complaint Escalated", {"case": "P-1", "stage": "2", "on": "2027-01-06"})
        _put_event(world, "Complaint Logged", {"case": "P-2", "contact_ids": ["k1"], **flag})
    with world.permissions.acting_as("ComplaintsOfficerRole"):
        _put_event(world, "Complaint Closed", {"case": "P-1", "closed_on": "2027-01-06"})
        register: Any = boto3.client("dynamodb")
        register.query(
            TableName=world.names.tables["RegisterTable"],
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": "CONTACT#k1"}},
            ConsistentRead=True,
        )


def _deal_with_a_request(world: EmbeddedAws) -> None:
    """Open a request; approve the package of another, and get a link to it."""
    [bus] = [one.identity.ref for one in world.resources if one.declaration.type == "AWS::Events::EventBus"]
    detail = {"request": "SAR-2", "on": "2027-01-06"}
    with world.permissions.acting_as("InformationOfficerRole"):
        storage: Any = boto3.client("s3")
        storage.put_object(Bucket=world.names.buckets["rights"], Key="intake/SAR-3.json", Body=b"[]")
        boto3.client("events").describe_event_bus(Name=str(bus))
        told: dict[str, Any] = {"EventBusName": bus, "Source": "steward.rights", "DetailType": "Identity Confirmed"}
        events: Any = boto3.client("events")
        events.put_events(Entries=[{**told, "Detail": json.dumps(detail)}])
    world.settle()
    rows = world.client("dynamodb").scan(TableName=world.names.tables["RightsRequests"])["Items"]
    [manifest] = [row["package"]["M"]["manifest_sha256"]["S"] for row in rows if "package" in row]
    approval = {"subject": "package", "id": "SAR-1", "decision": "approve", "manifest_sha256": manifest}
    decide_as(world, "rights-approver", "zoe", **approval)
    world.settle()
    role = f"{staff_prefix(world)}information-officer"
    answer = post(world, "hand_over", role=role, session="mary", body=json.dumps({"request": "SAR-1"}))
    assert answer.decoded()["status"] == "given"


def _copy_of(world: EmbeddedAws, contact_id: str) -> dict[str, str]:
    """Return bucket, key and version of the held copy of a contact's recording."""
    bucket = world.names.buckets["legal_hold"]
    found = world.client("s3").list_object_versions(Bucket=bucket, Prefix=f"{contact_id}/call_recording/")
    latest = found["Versions"][0]
    return {"Bucket": bucket, "Key": latest["Key"], "VersionId": latest["VersionId"]}


def _look_at_evidence(world: EmbeddedAws) -> None:
    copy = _copy_of(world, "d1")
    place = {"Bucket": copy["Bucket"], "Key": copy["Key"]}
    table = world.names.tables["RegisterTable"]
    with world.permissions.acting_as("DataProtectionOfficerRole"):
        storage: Any = boto3.client("s3")
        storage.list_objects_v2(Bucket=copy["Bucket"], Prefix="d1/")
        storage.list_object_versions(Bucket=copy["Bucket"], Prefix="d1/")
        storage.get_object(**place)
        storage.get_object(**copy)
        storage.get_object_legal_hold(**copy)
        storage.get_object_retention(**copy)
        key = {"pk": {"S": "CONTACT#d1"}, "sk": {"S": "FILE"}}
        [signing] = [one for one in world.resources if one.declaration.logical_id == "SigningKey"]
        boto3.client("kms").get_public_key(KeyId=str(signing.identity.attributes["Arn"]))
        rows: Any = boto3.client("dynamodb")
        rows.get_item(TableName=table, Key=key)
        rows.query(
            TableName=table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": "CONTACT#d1"}},
        )


def _bring_back(world: EmbeddedAws) -> None:
    """Empty each dead-letter queue; look at the switch and leave it as it is."""
    work = {name.replace("DeadLetters", "") for name in world.names.queues if "DeadLetters" in name}
    dead = [url for name, url in world.names.queues.items() if name not in work]
    for url in dead:
        world.client("sqs").send_message(QueueUrl=url, MessageBody="{}")
    [switch] = [one.identity.ref for one in world.resources if one.declaration.type == "AWS::SSM::Parameter"]
    with world.permissions.acting_as("PlatformEngineerRole"):
        queues: Any = boto3.client("sqs")
        for url in dead:
            queues.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
            for message in queues.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
                queues.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        parameters: Any = boto3.client("ssm")
        value = parameters.get_parameter(Name=switch)["Parameter"]["Value"]
        parameters.put_parameter(Name=switch, Value=value, Overwrite=True)


def _remove_a_copy(world: EmbeddedAws) -> None:
    """Break the glass over a copy that was made in error; its original has left, so the next look finds nothing."""
    copy = _copy_of(world, "h1")
    with world.permissions.acting_as("LegalHoldBreakGlassRole"):
        storage: Any = boto3.client("s3")
        storage.list_objects_v2(Bucket=copy["Bucket"], Prefix="h1/")
        storage.get_object_legal_hold(**copy)
        storage.get_object_retention(**copy)
        storage.list_object_versions(Bucket=copy["Bucket"], Prefix="h1/")
        storage.put_object_legal_hold(**copy, LegalHold={"Status": "OFF"})
        storage.delete_object(**copy, BypassGovernanceRetention=True)
