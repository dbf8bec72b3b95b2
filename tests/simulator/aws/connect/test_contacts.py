from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from simulator.aws.connect.errors import ScenarioError

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.aws.connect import ConnectInstance
    from tests.simulator.aws.connect.support import Clock

    Connect = Callable[..., dict[str, Any]]
    Pages = Callable[..., tuple[list[Any], int]]

CALL = {
    "Id": "call-1",
    "Channel": "VOICE",
    "InitiationMethod": "INBOUND",
    "InitiationTimestamp": "2026-01-15T09:00:00+00:00",
    "CustomerEndpoint": {"Type": "TELEPHONE_NUMBER", "Address": "+447400123456"},
}


def code(refused: pytest.ExceptionInfo[ClientError]) -> str:
    return refused.value.response["Error"]["Code"]


def test_a_contact_is_described_as_the_scenario_made_it(connect: Connect, world: ConnectInstance) -> None:
    recording = {
        "StorageType": "S3",
        "Location": "bucket/connect/x/CallRecordings/2026/01/15/call-1_20260115T09:00_UTC.wav",
        "MediaStreamType": "AUDIO",
        "ParticipantType": "IVR",
        "StartTimestamp": "2026-01-15T10:00:00+01:00",
        "Status": "AVAILABLE",
        "UnprocessedTranscriptLocation": None,
    }
    world.contact({**CALL, "Recordings": [recording], "Attributes": {"topic": "bins"}, "Tags": {"team": "north"}})
    contact = connect("describe_contact", ContactId="call-1")["Contact"]
    assert contact["Id"] == "call-1"
    assert contact["Arn"].endswith("/contact/call-1")
    assert contact["InitiationTimestamp"] == datetime(2026, 1, 15, 9, tzinfo=UTC)
    assert contact["CustomerEndpoint"] == {"Type": "TELEPHONE_NUMBER", "Address": "+447400123456"}
    assert contact["Attributes"] == {"topic": "bins"}
    assert contact["Tags"] == {"team": "north"}
    (described,) = contact["Recordings"]
    assert described["ParticipantType"] == "IVR"
    assert described["StartTimestamp"] == datetime(2026, 1, 15, 9, tzinfo=UTC)
    assert "UnprocessedTranscriptLocation" not in described


def test_a_later_line_changes_what_it_names_and_keeps_the_rest(
    connect: Connect, world: ConnectInstance, clock: Clock
) -> None:
    world.contact({**CALL, "Attributes": {"topic": "bins", "mood": "calm"}})
    clock.pass_by(minutes=5)
    world.contact({"Id": "call-1", "Channel": "CHAT", "Attributes": {"mood": "cross"}, "Recordings": []})
    contact = connect("describe_contact", ContactId="call-1")["Contact"]
    assert contact["Channel"] == "CHAT"
    assert contact["InitiationMethod"] == "INBOUND"
    assert contact["Attributes"] == {"topic": "bins", "mood": "cross"}
    assert contact["LastUpdateTimestamp"] == clock.now()


def test_what_describe_contact_does_not_have_is_left_out(connect: Connect, world: ConnectInstance) -> None:
    world.contact({**CALL, "AWSAccountId": "1", "Recordings": None})
    contact = connect("describe_contact", ContactId="call-1")["Contact"]
    assert "Recordings" not in contact
    assert "AWSAccountId" not in contact


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"Channel": "VOICE"}, "contact: Id is missing"),
        ({"Id": "c", "InitiationTimestamp": "soon"}, "contact c: InitiationTimestamp: soon is not an ISO 8601 time"),
        ({"Id": "c", "InitiationTimestamp": "2026-01-15T09:00:00"}, "is not a time with an offset"),
        ({"Id": "c", "Recordings": {}}, "contact c: Recordings"),
        ({"Id": "c", "References": "x"}, "contact c: References: neither a map nor a list"),
        ({"Id": "c", "References": {"x": {"Type": "PAPER"}}}, "the Type 'PAPER' is unknown"),
        ({"Id": "c", "Evaluations": [{"Form": "Complaint"}]}, "contact c: Evaluations: EvaluationId is missing"),
        ({"Id": "c", "Evaluations": [{"EvaluationId": "e"}]}, "contact c: Evaluations: Form is missing"),
    ],
)
def test_a_wrong_field_is_named(world: ConnectInstance, fields: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ScenarioError, match=sentence):
        world.contact(fields)


def test_an_unknown_contact_or_instance_is_not_found(connect: Connect, world: ConnectInstance) -> None:
    world.contact(CALL)
    for parameters in ({"ContactId": "nobody"}, {"ContactId": "call-1", "InstanceId": "another-instance"}):
        for operation in ("describe_contact", "list_associated_contacts", "list_contact_evaluations"):
            with pytest.raises(ClientError) as refused:
                connect(operation, **parameters)
            assert code(refused) == "ResourceNotFoundException"


def test_a_contact_is_forgotten_24_months_after_it_began(
    connect: Connect, world: ConnectInstance, clock: Clock
) -> None:
    world.contact(CALL)
    clock.moment = datetime(2028, 1, 15, 8, 59, tzinfo=UTC)
    connect("describe_contact", ContactId="call-1")
    clock.moment = datetime(2028, 1, 15, 9, 0, tzinfo=UTC)
    with pytest.raises(ClientError) as refused:
        connect("describe_contact", ContactId="call-1")
    assert code(refused) == "ResourceNotFoundException"


def test_the_whole_chain_is_listed_whichever_segment_is_asked_for(world: ConnectInstance, pages: Pages) -> None:
    world.contact(CALL)
    for number in (2, 3, 4, 5):
        link = "RelatedContactId" if number == 5 else "PreviousContactId"
        segment = {"Id": f"call-{number}", link: f"call-{number - 1}", "Channel": "VOICE"}
        world.contact({**segment, "InitiationTimestamp": f"2026-01-15T09:0{number}:00Z", "InitialContactId": "call-1"})
    world.contact({"Id": "stranger"})
    for asked in ("call-1", "call-3", "call-5"):
        chain, answers = pages("list_associated_contacts", "ContactSummaryList", ContactId=asked, MaxResults=100)
        assert [contact["ContactId"] for contact in chain] == ["call-1", "call-2", "call-3", "call-4", "call-5"]
        assert answers == 3
    assert chain[1]["PreviousContactId"] == "call-1"
    assert chain[4]["RelatedContactId"] == "call-4"


def test_segments_are_joined_even_when_their_common_first_contact_is_not_there(
    world: ConnectInstance, pages: Pages
) -> None:
    for name in ("late-1", "late-2"):
        world.contact({"Id": name, "InitialContactId": "gone"})
    chain, _ = pages("list_associated_contacts", "ContactSummaryList", ContactId="late-1")
    assert {contact["ContactId"] for contact in chain} == {"late-1", "late-2"}


def test_a_token_of_another_operation_is_refused(connect: Connect, world: ConnectInstance) -> None:
    world.contact(CALL)
    for number in range(3):
        world.contact({"Id": f"more-{number}", "InitialContactId": "call-1"})
    token = connect("list_associated_contacts", ContactId="call-1")["NextToken"]
    for operation, wrong in (("list_contact_evaluations", token), ("list_associated_contacts", "no-token")):
        with pytest.raises(ClientError) as refused:
            connect(operation, ContactId="call-1", NextToken=wrong)
        assert code(refused) == "InvalidParameterException"


def test_attributes_belong_to_the_whole_chain(connect: Connect, world: ConnectInstance) -> None:
    world.contact(CALL)
    world.contact({"Id": "call-2", "InitialContactId": "call-1", "Attributes": {"from": "second"}})
    connect("update_contact_attributes", InitialContactId="call-1", Attributes={"complaint_reference": "C-1"})
    expected = {"from": "second", "complaint_reference": "C-1"}
    assert connect("get_contact_attributes", InitialContactId="call-1")["Attributes"] == expected
    assert connect("describe_contact", ContactId="call-2")["Contact"]["Attributes"] == expected


@pytest.mark.parametrize("attributes", [{"no blanks": "x"}, {"large": "x" * 32_768}])
def test_attributes_that_connect_refuses_are_refused(
    connect: Connect, world: ConnectInstance, attributes: dict[str, str]
) -> None:
    world.contact(CALL)
    with pytest.raises(ClientError) as refused:
        connect("update_contact_attributes", InitialContactId="call-1", Attributes=attributes)
    assert code(refused) == "InvalidRequestException"
    assert connect("get_contact_attributes", InitialContactId="call-1")["Attributes"] == {}


def test_tags_are_set_and_removed_until_three_hours_after_the_contact_ended(
    connect: Connect, world: ConnectInstance, clock: Clock
) -> None:
    world.contact({**CALL, "DisconnectTimestamp": "2026-01-15T09:30:00Z"})
    clock.moment = datetime(2026, 1, 15, 12, 30, tzinfo=UTC)
    connect("tag_contact", ContactId="call-1", Tags={"payment": "open", "other": "x"})
    connect("untag_contact", ContactId="call-1", TagKeys=["other", "absent"])
    assert connect("describe_contact", ContactId="call-1")["Contact"]["Tags"] == {"payment": "open"}
    clock.pass_by(seconds=1)
    for operation, parameters in (("tag_contact", {"Tags": {"a": "b"}}), ("untag_contact", {"TagKeys": ["payment"]})):
        with pytest.raises(ClientError) as refused:
            connect(operation, ContactId="call-1", **parameters)
        assert code(refused) == "InvalidRequestException"


def test_a_seventh_tag_is_refused_and_malformed_ones_are(connect: Connect, world: ConnectInstance) -> None:
    world.contact({**CALL, "Tags": {"aws:connect:instanceId": "i", **{f"tag-{number}": "x" for number in range(6)}}})
    for tags, expected in (
        ({"one-more": "x"}, "InvalidRequestException"),
        ({"aws:mine": "x"}, "InvalidParameterException"),
        ({"with blank": "x"}, "InvalidParameterException"),
    ):
        with pytest.raises(ClientError) as refused:
            connect("tag_contact", ContactId="call-1", Tags=tags)
        assert code(refused) == expected
    connect("tag_contact", ContactId="call-1", Tags={"tag-1": "changed"})


def test_a_new_segment_starts_with_the_tags_of_the_one_before(connect: Connect, world: ConnectInstance) -> None:
    world.contact({**CALL, "Tags": {"payment": "open"}})
    world.contact({"Id": "call-2", "InitialContactId": "call-1", "PreviousContactId": "call-1", "Tags": {"own": "1"}})
    connect("untag_contact", ContactId="call-2", TagKeys=["payment"])
    world.contact({"Id": "call-2", "Channel": "VOICE"})
    assert connect("describe_contact", ContactId="call-2")["Contact"]["Tags"] == {"own": "1"}
    assert connect("describe_contact", ContactId="call-1")["Contact"]["Tags"] == {"payment": "open"}


REFERENCES = {
    "attachment-1": {"Type": "ATTACHMENT", "Value": "file-1", "Status": "APPROVED"},
    "attachment-2": {"Type": "ATTACHMENT", "Value": "file-2"},
    "body": {"Type": "EMAIL_MESSAGE", "Value": "arn:aws:connect:eu-west-2:111122223333:instance/i/file/body"},
    "link": {"Type": "URL", "Value": "https://example.org"},
    "analysis": {"Type": "CONTACT_ANALYSIS", "Value": "bucket/Analysis/x.json", "IsRedacted": True},
}


def test_references_are_listed_by_type_page_by_page(world: ConnectInstance, pages: Pages) -> None:
    world.contact({**CALL, "References": REFERENCES})
    kinds = ["ATTACHMENT", "EMAIL_MESSAGE", "CONTACT_ANALYSIS"]
    found, answers = pages("list_contact_references", "ReferenceSummaryList", ContactId="call-1", ReferenceTypes=kinds)
    assert found == [
        {"Attachment": {"Name": "attachment-1", "Value": "file-1", "Status": "APPROVED"}},
        {"Attachment": {"Name": "attachment-2", "Value": "file-2", "Status": "AVAILABLE"}},
        {"EmailMessage": {"Name": "body", "Arn": "arn:aws:connect:eu-west-2:111122223333:instance/i/file/body"}},
        {
            "ContactAnalysis": {
                "Name": "analysis",
                "Value": "bucket/Analysis/x.json",
                "Status": "AVAILABLE",
                "IsRedacted": True,
            }
        },
    ]
    assert answers == 2


@pytest.mark.parametrize(
    "references",
    [
        [{"Name": "a", "Type": "ATTACHMENT", "Value": "file-1", "Status": "DELETED"}],
        [{"Attachment": {"Name": "a", "Value": "file-1", "Status": "DELETED"}}],
    ],
)
def test_references_may_be_written_as_a_list(
    connect: Connect, world: ConnectInstance, references: list[dict[str, Any]]
) -> None:
    world.contact({**CALL, "References": references})
    answer = connect("list_contact_references", ContactId="call-1", ReferenceTypes=["ATTACHMENT"])
    assert answer["ReferenceSummaryList"] == [{"Attachment": {"Name": "a", "Value": "file-1", "Status": "DELETED"}}]


def test_unknown_and_too_many_reference_types_are_refused(connect: Connect, world: ConnectInstance) -> None:
    world.contact(CALL)
    for kinds in (["PAPER"], ["URL", "ATTACHMENT", "NUMBER", "STRING", "DATE", "EMAIL", "EMAIL_MESSAGE"]):
        with pytest.raises(ClientError) as refused:
            connect("list_contact_references", ContactId="call-1", ReferenceTypes=kinds)
        assert code(refused) == "InvalidParameterException"


def test_contacts_are_searched_by_their_end_in_pages_and_the_end_of_the_range_may_belong_to_it(
    connect: Connect, world: ConnectInstance, clock: Clock
) -> None:
    for hour in (9, 10, 11):
        world.contact({**CALL, "Id": f"ended-at-{hour}", "DisconnectTimestamp": f"2026-01-15T{hour:02d}:00:00Z"})
    world.contact({**CALL, "Id": "goes-on"})
    clock.pass_by(hours=2)
    time = {
        "Type": "DISCONNECT_TIMESTAMP",
        "StartTime": datetime(2026, 1, 15, 9, tzinfo=UTC),
        "EndTime": datetime(2026, 1, 15, 10, tzinfo=UTC),
    }
    answer = connect("search_contacts", TimeRange=time, MaxResults=1)
    assert ([one["Id"] for one in answer["Contacts"]], answer["TotalCount"]) == (["ended-at-9"], 2)
    answer = connect("search_contacts", TimeRange=time, MaxResults=1, NextToken=answer["NextToken"])
    assert [one["DisconnectTimestamp"].hour for one in answer["Contacts"]] == [10]
    assert "NextToken" not in answer
