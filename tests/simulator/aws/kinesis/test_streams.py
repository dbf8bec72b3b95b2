"""A data stream: what Lambda reads from it, and what Firehose writes from it."""

from __future__ import annotations

import base64
import gzip
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from simulator.aws.cloudformation.resource import TemplateError

if TYPE_CHECKING:
    from simulator.aws.account.account import EmbeddedAws
    from tests.simulator.aws.conftest import Assembly

INSTANCE = "arn:aws:connect:eu-west-2:111122223333:instance/8c1b4f1e-2d3a-4b5c-9d6e-7f8091a2b3c4"
FAIL_THE_BAD = """
import base64
import json

def handler(event, context):
    records = [json.loads(base64.b64decode(record["kinesis"]["data"])) for record in event["Records"]]
    print(json.dumps([record["ContactId"] for record in records]))
    if any(record.get("bad") for record in records):
        raise ValueError("no")
"""
REPORT_THE_BAD = """
import base64
import json

def handler(event, context):
    records = [json.loads(base64.b64decode(record["kinesis"]["data"])) for record in event["Records"]]
    print(json.dumps([record["ContactId"] for record in records]))
    for position, record in enumerate(records):
        if record.get("bad"):
            return {"batchItemFailures": [{"itemIdentifier": event["Records"][position]["kinesis"]["sequenceNumber"]}]}
"""


def _stream(assembly: Assembly, kept: int = 24) -> None:
    assembly.add("Stream", "AWS::Kinesis::Stream", ShardCount=1, RetentionPeriodHours=kept)
    assembly.add(
        "Association",
        "AWS::Connect::InstanceStorageConfig",
        InstanceArn=INSTANCE,
        ResourceType="CONTACT_TRACE_RECORDS",
        StorageType="KINESIS_STREAM",
        KinesisStreamConfig={"StreamArn": {"Fn::GetAtt": ["Stream", "Arn"]}},
    )


def _reader(assembly: Assembly, code: str, *, kept: int = 24, retries: int = 2, **mapping: object) -> None:
    _stream(assembly, kept)
    assembly.queue("Failed")
    assembly.function("Reader", code)
    assembly.add(
        "Reading",
        "AWS::Lambda::EventSourceMapping",
        EventSourceArn={"Fn::GetAtt": ["Stream", "Arn"]},
        FunctionName={"Ref": "Reader"},
        StartingPosition="LATEST",
        MaximumRetryAttempts=retries,
        DestinationConfig={"OnFailure": {"Destination": {"Fn::GetAtt": ["Failed", "Arn"]}}},
        **mapping,
    )


def _records(world: EmbeddedAws, *records: dict[str, Any]) -> None:
    for record in records:
        world.contact_record(record)
    world.run_until(world.clock.now() + timedelta(minutes=5))


def _read(world: EmbeddedAws) -> list[list[str]]:
    return [json.loads(line.text) for line in world.logs if line.text.startswith("[")]


def test_only_records_that_the_filter_accepts_invoke_the_function(assembly: Assembly) -> None:
    pattern = {"data": {"Attributes": {"complaint_reference": [{"exists": True}]}}}
    _reader(assembly, FAIL_THE_BAD, FilterCriteria={"Filters": [{"Pattern": json.dumps(pattern)}]})
    world = assembly.start()
    flagged = {"ContactId": "flagged", "Attributes": {"complaint_reference": "C-1"}}
    _records(world, {"ContactId": "plain", "Attributes": {}}, {"ContactId": "none"}, flagged)
    assert _read(world) == [["flagged"]]
    assert world.calls["reader"]["invocations"] == 1


def test_a_batch_that_keeps_failing_is_reported_after_the_configured_attempts_and_the_next_goes_on(
    assembly: Assembly,
) -> None:
    _reader(assembly, FAIL_THE_BAD, BatchSize=1)
    world = assembly.start()
    _records(world, {"ContactId": "a"}, {"ContactId": "b", "bad": True}, {"ContactId": "c"})
    assert _read(world) == [["a"], ["b"], ["b"], ["b"], ["c"]]
    (notice,) = world.dead_letters()
    assert json.loads(notice.body)["KinesisBatchInfo"]["batchSize"] == 1


def test_bisection_isolates_the_record_that_fails(assembly: Assembly) -> None:
    _reader(assembly, FAIL_THE_BAD, BisectBatchOnFunctionError=True)
    world = assembly.start()
    _records(world, *({"ContactId": name, "bad": name == "c"} for name in "abcd"))
    read = _read(world)
    assert read[0] == ["a", "b", "c", "d"]
    assert read[-1] == ["d"]
    assert ["a", "b"] in read
    assert len(world.dead_letters()) == 1


def test_splitting_a_batch_uses_up_no_attempt(assembly: Assembly) -> None:
    # Lambda developer guide, "Retain discarded batch records for a Kinesis Data Streams event source in Lambda":
    # "Splitting batches doesn't consume the retry quota."
    _reader(assembly, FAIL_THE_BAD, retries=1, BisectBatchOnFunctionError=True)
    world = assembly.start()
    _records(world, *({"ContactId": name, "bad": name == "h"} for name in "abcdefgh"))
    assert _read(world)[-2:] == [["h"], ["h"]]
    (notice,) = world.dead_letters()
    assert json.loads(notice.body)["KinesisBatchInfo"]["batchSize"] == 1


def test_a_partial_answer_splits_no_batch_but_moves_the_checkpoint(assembly: Assembly) -> None:
    # "Configuring partial batch response with Kinesis Data Streams and Lambda": with both, the batch is split at the
    # sequence number that was returned, and only what remains is tried again.
    _reader(
        assembly,
        REPORT_THE_BAD,
        BisectBatchOnFunctionError=True,
        FunctionResponseTypes=["ReportBatchItemFailures"],
    )
    world = assembly.start()
    _records(world, *({"ContactId": name, "bad": name == "b"} for name in "abcd"))
    assert _read(world) == [["a", "b", "c", "d"], *[["b", "c", "d"]] * 3]


def test_without_a_limit_of_attempts_a_record_is_tried_until_it_is_too_old(assembly: Assembly) -> None:
    # "Lambda parameters for Amazon Kinesis Data Streams event source mappings": -1 retries without end,
    # MaximumRecordAgeInSeconds discards what is older.
    _reader(assembly, FAIL_THE_BAD, retries=-1, BatchSize=1, MaximumRecordAgeInSeconds=2 * 3600)
    world = assembly.start()
    _records(world, {"ContactId": "a", "bad": True}, {"ContactId": "b"})
    world.run_until(world.clock.now() + timedelta(minutes=110))
    assert not world.dead_letters()
    assert _read(world)[-1] == ["a"]
    assert len(_read(world)) > 20
    world.run_until(world.clock.now() + timedelta(minutes=10))
    conditions = [json.loads(notice.body)["requestContext"]["condition"] for notice in world.dead_letters()]
    assert conditions == ["RecordAgeExceeded"] * 2, "the record behind it came at the same time, and is as old"
    assert _read(world)[-1] == ["a"]


def test_a_record_that_waited_behind_one_too_old_is_handed_over(assembly: Assembly) -> None:
    _reader(assembly, FAIL_THE_BAD, retries=-1, BatchSize=1, MaximumRecordAgeInSeconds=3600)
    world = assembly.start()
    _records(world, {"ContactId": "a", "bad": True})
    _records(world, {"ContactId": "b"})
    world.run_until(world.clock.now() + timedelta(hours=1))
    assert _read(world)[-1] == ["b"]
    assert len(world.dead_letters()) == 1


def test_what_the_stream_keeps_no_longer_is_neither_read_nor_reported(assembly: Assembly) -> None:
    # Amazon Kinesis Data Streams developer guide, "Change the data retention period".
    _reader(assembly, FAIL_THE_BAD, retries=-1, BatchSize=1, kept=48)
    world = assembly.start()
    _records(world, {"ContactId": "a", "bad": True})
    world.run_until(world.clock.now() + timedelta(hours=47))
    tried = len(_read(world))
    world.run_until(world.clock.now() + timedelta(minutes=54))
    assert len(_read(world)) > tried
    world.run_until(world.clock.now() + timedelta(minutes=10))
    tried = len(_read(world))
    world.run_until(world.clock.now() + timedelta(hours=2))
    assert len(_read(world)) == tried
    assert not world.dead_letters()


@pytest.mark.parametrize("setting", [{"ParallelizationFactor": 2}, {"TumblingWindowInSeconds": 60}])
def test_a_reading_of_a_stream_that_is_not_modelled_is_refused_by_name(
    assembly: Assembly, setting: dict[str, int]
) -> None:
    _reader(assembly, FAIL_THE_BAD, **setting)
    with pytest.raises(TemplateError, match=next(iter(setting))):
        assembly.start()


def test_a_partial_answer_resumes_at_the_first_failed_record(assembly: Assembly) -> None:
    _reader(assembly, REPORT_THE_BAD, FunctionResponseTypes=["ReportBatchItemFailures"])
    world = assembly.start()
    _records(world, {"ContactId": "a"}, {"ContactId": "b", "bad": True}, {"ContactId": "c"})
    assert _read(world)[:2] == [["a", "b", "c"], ["b", "c"]]
    assert len(world.dead_letters()) == 1


def test_the_record_arrives_in_the_shape_that_lambda_documents(assembly: Assembly) -> None:
    _reader(assembly, "import json\n\ndef handler(event, context):\n    print(json.dumps(event))\n")
    world = assembly.start()
    _records(world, {"ContactId": "a"})
    (record,) = json.loads(world.logs[0].text)["Records"]
    assert record["eventSource"] == "aws:kinesis"
    assert json.loads(base64.b64decode(record["kinesis"]["data"])) == {"ContactId": "a"}


def _delivery(assembly: Assembly, **destination: object) -> None:
    _stream(assembly)
    assembly.add("Bucket", "AWS::S3::Bucket", BucketName="records")
    query = {"ParameterName": "MetadataExtractionQuery", "ParameterValue": "{year:.Start[0:4],month:.Start[5:7]}"}
    processors = [
        {"Type": "MetadataExtraction", "Parameters": [query]},
        {
            "Type": "AppendDelimiterToRecord",
            "Parameters": [{"ParameterName": "Delimiter", "ParameterValue": "\\n"}],
        },
    ]
    assembly.add(
        "Delivery",
        "AWS::KinesisFirehose::DeliveryStream",
        DeliveryStreamName="delivery",
        KinesisStreamSourceConfiguration={"KinesisStreamARN": {"Fn::GetAtt": ["Stream", "Arn"]}},
        ExtendedS3DestinationConfiguration={
            "BucketARN": {"Fn::GetAtt": ["Bucket", "Arn"]},
            "Prefix": "year=!{partitionKeyFromQuery:year}/month=!{partitionKeyFromQuery:month}/",
            "ErrorOutputPrefix": "errors/!{firehose:error-output-type}/",
            "BufferingHints": {"IntervalInSeconds": 900, "SizeInMBs": 64},
            "CompressionFormat": "GZIP",
            "FileExtension": ".json.gz",
            "ProcessingConfiguration": {"Enabled": True, "Processors": processors},
            **destination,
        },
    )


def test_records_lie_by_the_month_that_they_name_delimited_and_compressed(assembly: Assembly) -> None:
    _delivery(assembly)
    world = assembly.start()
    _records(
        world,
        {"ContactId": "a", "Start": "2025-12-31T23:00:00Z"},
        {"ContactId": "b", "Start": "2026-01-05T08:00:00Z"},
        {"ContactId": "c", "Start": "2026-01-05T08:30:00Z"},
    )
    storage = world.client("s3")
    assert storage.list_objects_v2(Bucket="records")["KeyCount"] == 0
    world.run_until(world.clock.now() + timedelta(minutes=10))
    keys = [entry["Key"] for entry in storage.list_objects_v2(Bucket="records")["Contents"]]
    assert [key.rpartition("/")[0] for key in keys] == ["year=2025/month=12", "year=2026/month=01"]
    assert all(key.endswith(".json.gz") for key in keys)
    body = gzip.decompress(storage.get_object(Bucket="records", Key=keys[1])["Body"].read()).decode()
    assert [json.loads(line)["ContactId"] for line in body.splitlines()] == ["b", "c"]


def test_a_record_without_the_month_goes_under_the_error_prefix(assembly: Assembly) -> None:
    _delivery(assembly)
    world = assembly.start()
    _records(world, {"ContactId": "a", "Start": None})
    world.run_until(world.clock.now() + timedelta(minutes=15))
    (entry,) = world.client("s3").list_objects_v2(Bucket="records")["Contents"]
    assert entry["Key"].startswith("errors/metadata-extraction-failed/")


def test_a_delivery_that_is_not_modelled_is_refused_by_name(assembly: Assembly) -> None:
    _delivery(assembly, CompressionFormat="Snappy")
    with pytest.raises(TemplateError, match="Snappy"):
        assembly.start()
