"""Haste changes nothing: requests arrive as moto would make them, and no answer outlives a change."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from datetime import timedelta
from typing import Any, Literal
from unittest.mock import patch

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.utils import parse_timestamp
from moto import mock_aws
from moto.core.request import normalize_request

from simulator.aws.account.account import EmbeddedAws
from simulator.aws.speed import asking, deciding, dispatcher
from simulator.aws.speed.arriving import arrive
from tests.simulator.aws.conftest import START, Assembly

Service = Literal["s3", "dynamodb", "ssm", "sns"]

ASKER = """
import boto3

def handler(event, context):
    client = boto3.client(event["service"])
    return {"answer": str(getattr(client, event["ask"])(**event["with"]).get(event["show"]))}
"""


def prepared(service: Service, operation: str, **values: Any) -> AWSPreparedRequest:  # noqa: ANN401
    """Return the request that botocore sends for a call."""
    caught: list[AWSPreparedRequest] = []
    with mock_aws():
        client = boto3.client(service, "eu-west-2", aws_access_key_id="x", aws_secret_access_key="x")  # noqa: S106
        client.meta.events.register_first("before-send", lambda request, **_: caught.append(request))
        with suppress(client.exceptions.ClientError):
            getattr(client, operation)(**values)
    return caught[0]


@pytest.mark.parametrize(
    ("service", "operation", "values"),
    [
        ("s3", "list_object_versions", {"Bucket": "b", "Prefix": "year=2027/month=01/", "KeyMarker": "a b+c%"}),
        ("s3", "put_object", {"Bucket": "b", "Key": "a/file 1+50%_é.pdf", "Body": b"x", "Metadata": {"my_key": "1"}}),
        ("s3", "put_object_legal_hold", {"Bucket": "b", "Key": "k", "LegalHold": {"Status": "ON"}}),
        ("s3", "get_object", {"Bucket": "b", "Key": "a//b/../c", "Range": "bytes=0-1"}),
        ("s3", "copy_object", {"Bucket": "b", "Key": "k", "CopySource": {"Bucket": "b", "Key": "é +"}}),
        ("dynamodb", "get_item", {"TableName": "t", "Key": {"pk": {"S": "é"}}}),
        ("ssm", "get_parameter", {"Name": "/steward/switch"}),
        ("sns", "publish", {"TopicArn": "arn:aws:sns:eu-west-2:123456789012:t", "Message": "a&b=c é"}),
    ],
)
def test_a_request_arrives_as_moto_itself_would_make_it(
    service: Service, operation: str, values: dict[str, Any]
) -> None:
    request = prepared(service, operation, **values)
    ours, theirs = arrive(request), normalize_request(prepared(service, operation, **values))
    hidden = {"wsgi.input", "wsgi.errors", "HTTP_AMZ_SDK_INVOCATION_ID", "HTTP_AUTHORIZATION", "HTTP_X_AMZ_DATE"}
    both = [{k: str(v) for k, v in one.environ.items() if k not in hidden} for one in (ours, theirs)]
    differing = {
        k: (both[0].get(k), both[1].get(k)) for k in both[0].keys() | both[1].keys() if not k.startswith("werkzeug")
    }
    assert {k: pair for k, pair in differing.items() if pair[0] != pair[1]} == {}
    assert (ours.raw_url, ours.data, ours.args) == (theirs.raw_url, theirs.data, theirs.args)


@pytest.fixture
def world(assembly: Assembly) -> EmbeddedAws:
    assembly.function("Asker", ASKER)
    assembly.add("Store", "AWS::S3::Bucket", BucketName="store")
    keys = [{"AttributeName": "pk", "KeyType": "HASH"}]
    attributes = [{"AttributeName": "pk", "AttributeType": "S"}]
    expiry = {"AttributeName": "ends", "Enabled": True}
    assembly.add(
        "Rows",
        "AWS::DynamoDB::Table",
        TableName="rows",
        KeySchema=keys,
        AttributeDefinitions=attributes,
        BillingMode="PAY_PER_REQUEST",
        TimeToLiveSpecification=expiry,
    )
    return assembly.start()


def ask(world: Any, service: str, operation: str, show: str, **values: Any) -> str:  # noqa: ANN401
    answer = world.invoke("Asker", {"service": service, "ask": operation, "with": values, "show": show})
    return str(answer["answer"])


def test_an_object_that_connect_writes_between_two_questions_is_in_the_second_answer(world: Any) -> None:  # noqa: ANN401
    def count() -> str:
        return ask(world, "s3", "list_objects_v2", "KeyCount", Bucket="store")

    before = [count(), count()]
    world.s3.put_object("store", "a", 10)
    assert (before, count()) == (["0", "0"], "1")


def test_tags_set_between_two_questions_are_in_the_second_answer(world: Any) -> None:  # noqa: ANN401
    world.s3.put_object("store", "a", 10)
    before = ask(world, "s3", "get_object_tagging", "TagSet", Bucket="store", Key="a")
    world.s3.tag_object("store", "a", {"case": "1"})
    assert before == "[]"
    assert "case" in ask(world, "s3", "get_object_tagging", "TagSet", Bucket="store", Key="a")


def test_a_row_that_expires_between_two_questions_is_not_in_the_second_answer(world: Any) -> None:  # noqa: ANN401
    moment = str(int((START + timedelta(hours=1)).timestamp()))
    world.client("dynamodb").put_item(TableName="rows", Item={"pk": {"S": "a"}, "ends": {"N": moment}})

    def item() -> str:
        return ask(world, "dynamodb", "get_item", "Item", TableName="rows", Key={"pk": {"S": "a"}})

    before = [item(), item()]
    world.run_until(START + timedelta(days=5))
    assert (before[0] == before[1] != "None", item()) == (True, "None")


def test_what_a_request_writes_between_two_questions_is_in_the_second_answer(world: Any) -> None:  # noqa: ANN401
    world.client("ssm").put_parameter(Name="switch", Value="on", Type="String")
    before = ask(world, "ssm", "get_parameter", "Parameter", Name="switch")
    world.client("ssm").put_parameter(Name="switch", Value="off", Type="String", Overwrite=True)
    assert "'on'" in before
    assert "'off'" in ask(world, "ssm", "get_parameter", "Parameter", Name="switch")


def test_a_change_of_one_bucket_leaves_the_answers_of_another(assembly: Assembly) -> None:
    assembly.function("Asker", ASKER)
    for name in ("one", "other"):
        assembly.add(name.capitalize(), "AWS::S3::Bucket", BucketName=name)
    world = assembly.start()
    answered: list[str] = []

    def count(bucket: str) -> str:
        return ask(world, "s3", "list_objects_v2", "KeyCount", Bucket=bucket)

    assert (count("one"), count("other")) == ("0", "0")

    def heard(request: AWSPreparedRequest) -> object:
        answered.append(str(request.url))
        return arrive(request)

    with patch.object(dispatcher, "arrive", heard):
        world.client("s3").put_object(Bucket="one", Key="a")
        assert (count("one"), count("other")) == ("1", "0")
        world.client("s3").copy_object(Bucket="other", Key="a", CopySource={"Bucket": "one", "Key": "a"})
        assert (count("one"), count("other")) == ("1", "1")
    # A put, a copy, and one new question to each of the buckets that they changed.
    assert [url.partition("//")[2].partition(".")[0] for url in answered] == ["one", "one", "other", "other"]


@pytest.mark.parametrize(
    "written",
    [
        "2027-01-04T09:00:00Z",
        "2027-01-04T09:00:00.250Z",
        "Mon, 04 Jan 2027 09:00:00 GMT",
        "2027-01-04T09:00:00+01:00",
        "1799053200",
        1799053200,
        1799053200.25,
    ],
)
def test_a_moment_is_read_as_botocore_itself_reads_it(written: Any) -> None:  # noqa: ANN401 - a text or a number
    theirs = parse_timestamp(written)
    with ExitStack() as hastened:
        for one in asking.patches():
            hastened.enter_context(one)
        ours = [parse_timestamp(written) for _ in range(2)]

    assert ours == [theirs, theirs]
    assert {one.utcoffset() for one in ours} == {theirs.utcoffset()}


def test_a_remembered_answer_counts_as_a_call_and_meets_planned_failures(world: Any) -> None:  # noqa: ANN401
    for _ in range(3):
        ask(world, "s3", "list_objects_v2", "KeyCount", Bucket="store")
    assert world.calls["asker"]["s3.ListObjectsV2"] == 3
    world.faults.add(service="s3", operation="ListObjectsV2", error="AccessDenied")
    with pytest.raises(Exception, match="AccessDenied"):
        ask(world, "s3", "list_objects_v2", "KeyCount", Bucket="store")
    assert ask(world, "s3", "list_objects_v2", "KeyCount", Bucket="store") == "0"


def test_a_queue_counts_what_is_ready_delayed_and_in_flight_as_moto_itself_does() -> None:
    names = [
        "ApproximateNumberOfMessages",
        "ApproximateNumberOfMessagesDelayed",
        "ApproximateNumberOfMessagesNotVisible",
    ]
    with mock_aws():
        sqs: Any = boto3.client("sqs", "eu-west-2", aws_access_key_id="x", aws_secret_access_key="x")  # noqa: S106
        url = sqs.create_queue(QueueName="work")["QueueUrl"]
        for number in range(6):
            sqs.send_message(QueueUrl=url, MessageBody=str(number), DelaySeconds=900 * (number == 0))
        sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=2, VisibilityTimeout=30)

        theirs = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        with ExitStack() as hastened:
            for one in deciding.patches():
                hastened.enter_context(one)
            ours = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
            left = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]

    assert list(theirs.values()) == ["3", "1", "2"]
    assert ours == theirs
    assert [message["Body"] for message in left] == ["3", "4", "5"]
