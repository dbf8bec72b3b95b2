"""What people do, each in their own role: a right of theirs is in use when somebody uses it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3

from simulator.aws.account.account import EmbeddedAws
from simulator.aws.lambda_.function_url import decide_as, post, staff_prefix
from steward.holds.messages import Reinspect, encode
from steward.ids import ContactId
from tests.end_to_end.permissions.rights import EMERGENCY, OLD

ALONE = ("failed-runs", "undelivered-events")
"""What is set aside there came from no queue."""


def act_as_people(world: EmbeddedAws) -> None:
    """Act once in every role for people."""
    _log_and_release(world)
    _deal_with_a_request(world)
    _give_a_copy(world)
    _look_at_evidence(world)
    _bring_back(world)
    _remove_a_copy(world)
    _change_a_flow(world)


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
        _see(world, ["register/requests.html", "requests/SAR-1/records/n1.json"])
    world.settle()
    rows = world.client("dynamodb").scan(TableName=world.names.tables["RightsRequests"])["Items"]
    [manifest] = [row["package"]["M"]["manifest_sha256"]["S"] for row in rows if "package" in row]
    approval = {"subject": "package", "id": "SAR-1", "decision": "approve", "manifest_sha256": manifest}
    decide_as(world, "rights-approver", "zoe", **approval)
    world.settle()
    [key] = [row["package"]["M"]["key"]["S"] for row in rows if "package" in row]
    with world.permissions.acting_as("RightsApproverRole"):
        _see(world, ["register/requests.html", key])
    role = f"{staff_prefix(world)}information-officer"
    answer = post(world, "hand_over", role=role, session="mary", body=json.dumps({"request": "SAR-1"}))
    assert answer.decoded()["status"] == "given"


def _give_a_copy(world: EmbeddedAws) -> None:
    """Get a link to the copy for the police and say that it went out; enter what came on paper."""
    role = f"{staff_prefix(world)}disclosure-officer"
    answer = post(world, "hand_over", role=role, session="dan", body=json.dumps({"disclosure": "D-1"}))
    assert answer.decoded()["status"] == "given"
    for name in ("DisclosureOfficerRole", "DataProtectionOfficerRole"):
        with world.permissions.acting_as(name):
            _see_register(world, "disclosures", "DISCLOSURE#D-1")
    [bus] = [one.identity.ref for one in world.resources if one.declaration.type == "AWS::Events::EventBus"]
    papers = {"form_key": "forms/D-2-form.pdf", "basis": "vital interests", "authoriser": "watch manager"}
    with world.permissions.acting_as("DisclosureOfficerRole"):
        for key in (papers["form_key"], OLD["form_key"]):
            boto3.client("s3").put_object(Bucket=world.names.buckets["rights"], Key=key, Body=b"signed")
        events: Any = boto3.client("events")
        events.describe_event_bus(Name=str(bus))
        now, long_ago = world.clock.now(), datetime(2020, 12, 1, 10, tzinfo=UTC)
        for kind, detail, at in (
            ("Disclosure Handed Over", {"disclosure": "D-1", "route": "secure_mail"}, now),
            ("Disclosure Requested", {**EMERGENCY, **papers}, now),
            ("Disclosure Requested", OLD, long_ago),
        ):
            told = {"EventBusName": bus, "Source": "steward.rights", "DetailType": kind, "Time": at}
            events.put_events(Entries=[{**told, "Detail": json.dumps(detail)}])
    world.settle()


def _see(world: EmbeddedAws, keys: list[str]) -> None:
    """Look at the register of requests, and at objects of the store of rights."""
    _see_register(world, "requests", "REQUEST#SAR-1")
    boto3.client("s3").list_objects_v2(Bucket=world.names.buckets["rights"], Prefix="requests/SAR-1/")
    for key in keys:
        boto3.client("s3").get_object(Bucket=world.names.buckets["rights"], Key=key)


def _see_register(world: EmbeddedAws, agenda: str, partition: str) -> None:
    table: Any = boto3.client("dynamodb")
    condition = {"KeyConditionExpression": "agenda = :a", "ExpressionAttributeValues": {":a": {"S": agenda}}}
    table.query(TableName=world.names.tables["RightsRequests"], IndexName="agenda", **condition)
    condition = {"KeyConditionExpression": "pk = :a", "ExpressionAttributeValues": {":a": {"S": partition}}}
    table.query(TableName=world.names.tables["RightsRequests"], **condition)


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
        [statements] = [one for one in world.resources if one.declaration.logical_id == "StatementKey"]
        boto3.client("kms").get_public_key(KeyId=str(statements.identity.attributes["Arn"]))
        shelf = world.names.buckets["evidence"]
        for one in storage.list_objects_v2(Bucket=shelf)["Contents"]:
            storage.get_object(Bucket=shelf, Key=one["Key"])
        rows: Any = boto3.client("dynamodb")
        rows.get_item(TableName=table, Key=key)
        rows.query(
            TableName=table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": "CONTACT#d1"}},
        )


def _change_a_flow(world: EmbeddedAws) -> None:
    """Publish another payment flow, which is told, and put it back, which is told too."""
    [flow] = [one for one in world.connect.flows.of_kind(modules=False) if one.name.endswith("payment-guide")]
    written = str(flow.published)
    flow.publish(json.dumps({**json.loads(written), "StartAction": "nowhere"}))
    [finding] = world.invoke("compare_configuration", {})["findings"]
    assert finding["harm"] == "cards"
    flow.publish(written)
    # The first comparison takes some seconds; one that began before its end would leave what it found as it is.
    world.run_until(world.clock.now() + timedelta(minutes=1))
    assert world.invoke("compare_configuration", {})["findings"] == []


def _bring_back(world: EmbeddedAws) -> None:
    """Look at each dead-letter queue, put one message of it back, do away with another, and let SQS move the rest.

    None says anything that a function could act upon. The switch is looked at and left as it is.
    """
    names = world.invoke("redrive", {"operation": "counts"})["queues"]
    for name in names:
        [dead] = [url for logical, url in world.names.queues.items() if logical in _dead_letters_of(name)]
        for _ in range(3):
            world.client("sqs").send_message(QueueUrl=dead, MessageBody="{}")
        first, second, *_ = world.invoke("redrive", {"operation": "look", "queue": name})["messages"]
        answers = [
            world.invoke("redrive", {"operation": operation, "queue": name, "id": message})["status"]
            for operation, message in (("one", first["id"]), ("discard", second["id"]), ("all", ""))
        ]
        refused = name in ALONE
        assert answers == ["refused" if refused else "put_back", "discarded", "refused" if refused else "moving"]
        world.client("sqs").purge_queue(QueueUrl=dead)
        for logical, url in world.names.queues.items():
            if name not in ALONE and logical in (f"{_camel(name)}Queue", f"Notices{_camel(name)}Queue"):
                world.client("sqs").purge_queue(QueueUrl=url)
    [switch] = [one.identity.ref for one in world.resources if one.declaration.type == "AWS::SSM::Parameter"]
    with world.permissions.acting_as("PlatformEngineerRole"):
        parameters: Any = boto3.client("ssm")
        value = parameters.get_parameter(Name=switch)["Parameter"]["Value"]
        parameters.put_parameter(Name=switch, Value=value, Overwrite=True)


def _camel(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("-"))


def _dead_letters_of(name: str) -> tuple[str, str]:
    return f"{_camel(name)}DeadLettersQueue", f"{_camel(name)}Queue" if name in ALONE else ""


def _remove_a_copy(world: EmbeddedAws) -> None:
    """Break the glass over a copy that was made in error; its original has left: the next whole look finds nothing."""
    copy = _copy_of(world, "h1")
    with world.permissions.acting_as("LegalHoldBreakGlassRole"):
        storage: Any = boto3.client("s3")
        storage.list_objects_v2(Bucket=copy["Bucket"], Prefix="h1/")
        storage.list_object_versions(Bucket=copy["Bucket"], Prefix="h1/")
    body = {"key": copy["Key"], "version_id": copy["VersionId"], "why": "copied in error"}
    role = f"{staff_prefix(world)}break-glass"
    answer = post(world, "guard_evidence", role=role, session="ann", body=json.dumps(body))
    assert answer.decoded()["status"] == "removed"
    # As the statement of the month asks for it, which finds that copy gone.
    look = encode(Reinspect(ContactId("h1")))
    world.client("sqs").send_message(QueueUrl=world.names.queues["HoldRequestsQueue"], MessageBody=look)
