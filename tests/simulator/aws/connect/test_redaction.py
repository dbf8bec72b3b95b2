"""What DeleteContactData and UpdateContact do to a contact (Amazon Connect API reference, both operations)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.simulator.aws.connect.test_contacts import CALL, code

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.aws.connect import ConnectInstance

    Connect = Callable[..., dict[str, Any]]

ENDED = {**CALL, "DisconnectTimestamp": "2026-01-15T09:05:00+00:00", "Name": "Ada", "Attributes": {"name": "Ada"}}
FIELDS = ["CUSTOMER_ENDPOINT", "ADDITIONAL_EMAIL_RECIPIENTS", "EMAIL_SUBJECT"]


def test_what_connect_knows_as_personal_goes_and_what_was_typed_stays(connect: Connect, world: ConnectInstance) -> None:
    world.contact(ENDED)
    connect("delete_contact_data", ContactId="call-1", ContactFields=FIELDS)
    contact = connect("describe_contact", ContactId="call-1")["Contact"]
    assert "CustomerEndpoint" not in contact
    assert (contact["Name"], contact["Attributes"]) == ("Ada", {"name": "Ada"})
    # Once more is no error: there is nothing left to redact.
    connect("delete_contact_data", ContactId="call-1", ContactFields=FIELDS)


def test_a_contact_that_has_not_ended_is_refused(connect: Connect, world: ConnectInstance) -> None:
    world.contact(CALL)
    with pytest.raises(ClientError) as refused:
        connect("delete_contact_data", ContactId="call-1", ContactFields=FIELDS)
    assert code(refused) == "ContactNotTerminatedException"


def test_a_contact_that_connect_does_not_know_is_not_found(connect: Connect) -> None:
    with pytest.raises(ClientError) as refused:
        connect("delete_contact_data", ContactId="call-1", ContactFields=FIELDS)
    assert code(refused) == "ResourceNotFoundException"


def test_a_name_is_changed_after_the_end_too_and_something_has_to_be(connect: Connect, world: ConnectInstance) -> None:
    world.contact(ENDED)
    connect("update_contact", ContactId="call-1", Name="")
    assert connect("describe_contact", ContactId="call-1")["Contact"]["Name"] == ""
    with pytest.raises(ClientError) as refused:
        connect("update_contact", ContactId="call-1")
    assert code(refused) == "InvalidRequestException"


def test_a_reference_is_changed_after_the_end_too_and_the_others_stay(connect: Connect, world: ConnectInstance) -> None:
    link, note = (
        {"Type": kind, "Value": value} for kind, value in (("URL", "https://a.example/ada"), ("STRING", "Ada"))
    )
    world.contact({**ENDED, "References": {"link": link, "note": note}})
    connect("update_contact", ContactId="call-1", References={"link": {"Type": "URL", "Value": ""}})
    found = connect("list_contact_references", ContactId="call-1", ReferenceTypes=["URL", "STRING"])
    assert found["ReferenceSummaryList"] == [
        {"Url": {"Name": "link", "Value": ""}},
        {"String": {"Name": "note", "Value": "Ada"}},
    ]
