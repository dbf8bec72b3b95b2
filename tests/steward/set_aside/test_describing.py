"""What an engineer sees of a message that was set aside."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.set_aside.describing import content

TYPED = "Mrs Example 07700 900123"
S3 = {"Records": [{"eventSource": "aws:s3", "eventName": "ObjectTagging:Put", "s3": {"object": {"key": TYPED}}}]}
KINESIS = {
    "KinesisBatchInfo": {
        "shardId": "shardId-000000000001",
        "startSequenceNumber": "49",
        "endSequenceNumber": "51",
    }
}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"steward": "card_data", "id": TYPED}, "card data"),
        ({"source": "steward.complaints", "detail-type": "Hold Released", "detail": {"case": TYPED}}, "Hold Released"),
        ({"source": "steward.complaints", "detail-type": TYPED}, "an event that is none of ours"),
        ({"source": "somebody", "detail-type": TYPED}, "an event that is none of ours"),
        ({"source": "aws.connect", "detail-type": "Amazon Connect Contact Event"}, "Amazon Connect Contact Event"),
        (S3, "S3 ObjectTagging:Put"),
        (KINESIS, "records 49 to 51 of shardId-000000000001"),
        ({"KinesisBatchInfo": {"shardId": TYPED, "startSequenceNumber": TYPED, "endSequenceNumber": 3}}, None),
        ({"steward": TYPED}, "something else"),
        ({}, "a daily run"),
        ([TYPED], "something else"),
    ],
)
def test_a_kind_is_a_word_of_aws_or_of_ours(body: object, kind: str | None) -> None:
    found = content(json.dumps(body))

    assert kind is None or found.kind == kind
    assert TYPED not in str(found)


def test_what_is_no_json_is_said_to_be_none() -> None:
    assert content(TYPED).kind == content("[" * 100_000).kind == "not JSON"


@given(st.dictionaries(st.text(), st.text()), st.dictionaries(st.text(), st.text()))
def test_no_name_that_a_stranger_chose_is_shown(message: dict[str, str], detail: dict[str, str]) -> None:
    found = content(json.dumps({**message, "detail": {**detail, TYPED: TYPED}}))

    assert found.others >= 1
    assert TYPED not in str(found)
