from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from infra.config import ROOT
from infra.stores.records.classes import CONNECT_RESOURCE_TYPES, camel
from infra.synthesis import cached_synthesis
from steward.ids import S3_RECORD_CLASSES, RecordClass
from steward.policy.load import load_policy
from steward.retention.months import lifecycle_days
from tests.infra.conftest import read_resource_file
from tests.support.synthesised import with_every_option

Resources = dict[str, Any]

POLICY = load_policy(ROOT / "policies" / "barnet.toml")
KEPT = [record_class for record_class in S3_RECORD_CLASSES if record_class not in POLICY.storage.not_kept]
WRITTEN_BY_CONNECT = [record_class for record_class in KEPT if record_class in CONNECT_RESOURCE_TYPES]


def bucket_of(stores: Resources, record_class: RecordClass) -> dict[str, Any]:
    properties: dict[str, Any] = stores[f"{camel(record_class.value)}Bucket"]["Properties"]
    return properties


def statements(stores: Resources, bucket: str) -> list[dict[str, Any]]:
    written: list[dict[str, Any]] = stores[f"{bucket}Policy"]["Properties"]["PolicyDocument"]["Statement"]
    return written


def buckets(stores: Resources) -> Resources:
    return {name: r["Properties"] for name, r in stores.items() if r["Type"] == "AWS::S3::Bucket"}


@pytest.mark.parametrize("record_class", KEPT)
def test_each_record_class_expires_after_the_longest_span_of_its_months(
    stores: Resources, record_class: RecordClass
) -> None:
    rules = bucket_of(stores, record_class)["LifecycleConfiguration"]["Rules"]
    days = [rule["ExpirationInDays"] for rule in rules if "ExpirationInDays" in rule]
    assert days == [lifecycle_days(POLICY.retention[record_class])]


@pytest.mark.parametrize("record_class", KEPT)
def test_no_key_of_a_record_class_escapes_its_rule(stores: Resources, record_class: RecordClass) -> None:
    rules = bucket_of(stores, record_class)["LifecycleConfiguration"]["Rules"]
    assert all(rule["Status"] == "Enabled" for rule in rules)
    assert not any(
        {"Prefix", "TagFilters", "ObjectSizeGreaterThan", "ObjectSizeLessThan"} & rule.keys() for rule in rules
    )


@pytest.mark.parametrize("record_class", KEPT)
def test_bytes_go_one_day_after_their_delete_marker_and_the_marker_after_them(
    stores: Resources, record_class: RecordClass
) -> None:
    rules = bucket_of(stores, record_class)["LifecycleConfiguration"]["Rules"]
    assert [rule["NoncurrentVersionExpiration"] for rule in rules if "NoncurrentVersionExpiration" in rule] == [
        {"NoncurrentDays": 1}
    ]
    assert [rule["AbortIncompleteMultipartUpload"] for rule in rules if "AbortIncompleteMultipartUpload" in rule] == [
        {"DaysAfterInitiation": 1}
    ]
    markers = [rule for rule in rules if rule.get("ExpiredObjectDeleteMarker")]
    assert len(markers) == 1
    assert "ExpirationInDays" not in markers[0], "S3 refuses both in one rule"


@pytest.mark.parametrize("record_class", KEPT)
def test_objects_can_be_locked_where_they_lie_but_are_not_by_default(
    stores: Resources, record_class: RecordClass
) -> None:
    bucket = bucket_of(stores, record_class)
    assert bucket["ObjectLockEnabled"] is True
    assert "ObjectLockConfiguration" not in bucket
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}


@pytest.mark.parametrize("record_class", WRITTEN_BY_CONNECT)
def test_the_instance_writes_each_class_into_its_own_bucket_with_its_key(
    stores: Resources, record_class: RecordClass
) -> None:
    name = camel(record_class.value)
    association = stores[f"{name}Association"]["Properties"]
    assert association["ResourceType"] == CONNECT_RESOURCE_TYPES[record_class][0]
    assert association["StorageType"] == "S3"
    assert association["S3Config"]["BucketName"] == {"Ref": f"{name}Bucket"}
    assert association["S3Config"]["BucketPrefix"]
    encryption = association["S3Config"]["EncryptionConfig"]
    assert encryption == {"EncryptionType": "KMS", "KeyId": {"Fn::GetAtt": ["RecordsKey", "Arn"]}}


def test_no_storage_type_is_associated_twice(stores: Resources) -> None:
    types = [
        resource["Properties"]["ResourceType"]
        for resource in stores.values()
        if resource["Type"] == "AWS::Connect::InstanceStorageConfig"
    ]
    assert len(types) == len(set(types))


def test_every_bucket_but_what_s3_itself_delivers_is_encrypted_with_a_key_of_the_council(stores: Resources) -> None:
    for name, bucket in buckets(stores).items():
        (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        encryption = rule["ServerSideEncryptionByDefault"]
        if name in {"AccessLogs", "InventoriesBucket"}:
            assert encryption == {"SSEAlgorithm": "AES256"}, "S3 delivers logs to no other"
        else:
            assert encryption["SSEAlgorithm"] == "aws:kms"
            assert rule["BucketKeyEnabled"] is True


def test_every_bucket_refuses_the_public_and_connections_without_tls(stores: Resources) -> None:
    for name, bucket in buckets(stores).items():
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
        denied = [s for s in statements(stores, name) if s["Effect"] == "Deny"]
        assert any(s["Condition"] == {"Bool": {"aws:SecureTransport": "false"}} for s in denied), name
        assert any(s["Condition"] == {"NumericLessThan": {"s3:TlsVersion": 1.2}} for s in denied), name


TAGGED = {"s3:ObjectTagging:Put": "TaggedObjectsQueue"}
REMOVED = {"s3:ObjectRemoved:Delete": "RemovedCopiesQueue", "s3:LifecycleExpiration:Delete": "RemovedCopiesQueue"}


def test_buckets_tell_of_tags_and_of_lost_copies_and_of_no_ordinary_object(
    stores: Resources, everything: Resources
) -> None:
    """Amazon S3 User Guide, "Supported event types for SQS, SNS, and Lambda"."""
    for name, bucket in buckets(stores).items():
        told = bucket.get("NotificationConfiguration", {})
        classes = {tag["Value"] for tag in bucket.get("Tags", []) if tag["Key"] == "steward:record-class"}
        wanted = (
            REMOVED
            if classes == {"legal_hold"}
            else TAGGED
            if classes - {"contact_record", "evidence", "rights"}
            else {}
        )
        queues = {one["Event"]: one["Queue"]["Fn::GetAtt"][0] for one in told.get("QueueConfigurations", [])}
        others = {"TopicConfigurations"} if name == "InventoriesBucket" else set()
        assert (queues, told.keys() - {"QueueConfigurations"}) == (wanted, others), name
    assert not [name for name, r in everything.items() if r["Type"].startswith("Custom::")]


@pytest.mark.parametrize("queue", ["TaggedObjects", "RemovedCopies"])
def test_only_s3_for_our_own_buckets_may_write_to_the_queues_of_its_notices(stores: Resources, queue: str) -> None:
    """Amazon S3 User Guide, "Granting permissions to publish event notification messages to a destination"."""
    [let_in] = [
        one
        for one in stores[f"{queue}QueuePolicy"]["Properties"]["PolicyDocument"]["Statement"]
        if one["Effect"] == "Allow"
    ]
    assert let_in["Principal"] == {"Service": "s3.amazonaws.com"}
    assert let_in["Action"] == "sqs:SendMessage"
    assert let_in["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "111122223333"},
        "ArnLike": {"aws:SourceArn": ["arn:aws:s3:::local-steward-stores*"]},
    }


def test_a_queue_lets_s3_in_before_a_bucket_names_it(stores: Resources) -> None:
    """S3 tries a destination when it is set up, and refuses one that does not let it in."""
    for name, resource in stores.items():
        for one in resource["Properties"].get("NotificationConfiguration", {}).get("QueueConfigurations", []):
            assert f"{one['Queue']['Fn::GetAtt'][0]}Policy" in resource["DependsOn"], name


def test_no_rule_of_the_hold_bucket_removes_a_version(stores: Resources) -> None:
    rules = buckets(stores)["LegalHoldBucket"]["LifecycleConfiguration"]["Rules"]
    for rule in rules:
        assert not {"ExpirationInDays", "NoncurrentVersionExpiration", "ExpirationDate", "Transitions"} & rule.keys()


def test_the_hold_bucket_locks_nothing_by_default_because_each_case_has_its_own_date(stores: Resources) -> None:
    bucket = buckets(stores)["LegalHoldBucket"]
    assert bucket["ObjectLockEnabled"] is True
    assert "ObjectLockConfiguration" not in bucket


def test_only_what_two_people_decide_and_break_glass_bypass_a_lock(stores: Resources, controls: Resources) -> None:
    denies = [s for s in statements(stores, "LegalHoldBucket") if s["Action"] == "s3:BypassGovernanceRetention"]
    (deny,) = denies
    assert deny["Effect"] == "Deny"
    assert deny["Principal"] == {"AWS": "*"}
    allowed = json.dumps(deny["Condition"]["ArnNotLike"]["aws:PrincipalArn"])
    names = [controls["ReleaseHoldRole"], controls["RemoveCardDataRole"], controls["GuardEvidenceRole"]]
    for role in names:
        assert f"role/{role['Properties']['RoleName']}" in allowed
    assert allowed.count(":role/") == len(names)


def test_nobody_at_run_time_changes_the_hold_buckets_rules_or_versioning(stores: Resources) -> None:
    (deny,) = [s for s in statements(stores, "LegalHoldBucket") if s.get("Sid") == "NobodyWeakensTheStore"]
    assert {"s3:PutLifecycleConfiguration", "s3:PutBucketVersioning", "s3:PutBucketObjectLockConfiguration"} <= set(
        deny["Action"]
    )
    assert deny["Condition"]["ArnNotLike"]["aws:PrincipalArn"] == [
        "arn:aws:iam::111122223333:role/cdk-hnb659fds-cfn-exec-role-111122223333-eu-west-2"
    ]


def test_break_glass_needs_a_recent_second_factor(stores: Resources) -> None:
    (trust,) = stores["LegalHoldBreakGlassRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Condition"] == {
        "Bool": {"aws:MultiFactorAuthPresent": "true"},
        "NumericLessThan": {"aws:MultiFactorAuthAge": "3600"},
        "StringEquals": {"sts:RoleSessionName": "${aws:username}"},
    }


def test_the_register_can_be_recovered_and_not_deleted_and_rows_end_by_themselves(stores: Resources) -> None:
    table = stores["RegisterTable"]
    properties = table["Properties"]
    assert table["Type"] == "AWS::DynamoDB::Table"
    assert properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert properties["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert properties["SSESpecification"]["SSEType"] == "KMS"
    (index,) = properties["GlobalSecondaryIndexes"]
    assert index["IndexName"] == "agenda"
    assert [key["AttributeName"] for key in index["KeySchema"]] == ["agenda", "next_action_at"]
    assert index["Projection"] == {"ProjectionType": "ALL"}


def test_contact_records_arrive_because_the_stream_has_the_key_of_the_recordings(stores: Resources) -> None:
    stream = stores["ContactRecordsStream"]["Properties"]["StreamEncryption"]
    recordings = stores["CallRecordingAssociation"]["Properties"]["S3Config"]["EncryptionConfig"]
    assert stream["EncryptionType"] == "KMS"
    assert stream["KeyId"] == recordings["KeyId"]


def test_contact_records_are_filed_by_the_month_in_which_their_contact_began(stores: Resources) -> None:
    destination = stores["ContactRecordsDelivery"]["Properties"]["ExtendedS3DestinationConfiguration"]
    assert destination["DynamicPartitioningConfiguration"]["Enabled"] is True
    assert destination["Prefix"] == (
        "contact-records/year=!{partitionKeyFromQuery:year}/month=!{partitionKeyFromQuery:month}/"
    )
    processors = {p["Type"]: p["Parameters"] for p in destination["ProcessingConfiguration"]["Processors"]}
    query = {p["ParameterName"]: p["ParameterValue"] for p in processors["MetadataExtraction"]}
    assert query["MetadataExtractionQuery"] == "{year:.InitiationTimestamp[0:4],month:.InitiationTimestamp[5:7]}"
    assert processors["AppendDelimiterToRecord"] == [{"ParameterName": "Delimiter", "ParameterValue": "\\n"}]
    assert destination["CompressionFormat"] == "GZIP"
    assert destination["BufferingHints"]["SizeInMBs"] >= 64, "Firehose refuses less with dynamic partitioning"


def test_jobs_that_delete_ask_a_switch_that_stays_and_starts_on(stores: Resources) -> None:
    switch = stores["DisposalSwitch"]
    assert json.loads(switch["Properties"]["Value"]) == {"mode": "on", "limit": 1000}
    assert switch["DeletionPolicy"] == "RetainExceptOnCreate"


@pytest.mark.parametrize("protected", [False, True])
def test_stacks_and_tables_are_protected_from_the_second_deployment_on(assembly: Path, protected: bool) -> None:  # noqa: FBT001
    """Protection would keep what a failed first deployment left behind, which then could not be deployed again.

    "Termination protection" in the CloudFormation user guide; "Using deletion protection" in the DynamoDB one.
    """
    folder = with_every_option() if protected else assembly
    artifacts = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["artifacts"]
    for name in ("local-steward-stores", "local-steward-sms"):
        assert artifacts[name]["properties"].get("terminationProtection", False) is protected
    stores = read_resource_file(folder / "local-steward-stores.template.json")
    tables = [one["Properties"] for one in stores.values() if one["Type"] == "AWS::DynamoDB::Table"]
    assert tables
    assert all(table["DeletionProtectionEnabled"] is protected for table in tables)


def test_the_instance_is_associated_with_one_store_after_the_other(stores: Resources) -> None:
    """In parallel they throttle, and each edits the same service-linked role."""
    associations = {name for name, one in stores.items() if one["Type"] == "AWS::Connect::InstanceStorageConfig"}
    after = {name: {one for one in stores[name].get("DependsOn", []) if one in associations} for name in associations}
    assert sorted(map(len, after.values())) == [0, *[1] * (len(associations) - 1)]
    assert len(set().union(*after.values())) == len(associations) - 1


def test_nothing_that_a_failed_first_deployment_made_stays_in_the_way(everything: Resources) -> None:
    """``Retain`` keeps a resource on the rollback of its creation too (DeletionPolicy, CloudFormation reference)."""
    assert {one.get("DeletionPolicy") for one in everything.values()} <= {"RetainExceptOnCreate", "Delete", None}


def test_classes_that_a_policy_does_not_keep_are_neither_stored_nor_associated() -> None:
    path = ROOT / "policies" / "rhondda-cynon-taf.toml"
    not_kept = load_policy(path).storage.not_kept
    assert RecordClass.CHAT_TRANSCRIPT in not_kept
    stores = json.loads((cached_synthesis(path) / "local-steward-stores.template.json").read_text(encoding="utf-8"))
    for record_class in not_kept:
        assert not [name for name in stores["Resources"] if name.startswith(camel(record_class.value))]
