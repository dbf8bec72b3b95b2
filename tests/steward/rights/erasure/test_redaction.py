"""A redaction in Connect is judged by what Connect has afterwards.

Sources: Amazon Connect API reference (botocore's model), "DeleteContactData": it removes "only the fields that Connect
Customer identifies and stores as PII", and any other "remains your responsibility"; what stands in their place is not
documented. "UpdateContact" has Name, Description and References, and no CustomerId. "ListContactReferences" takes at
most six types.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from steward.holds.adapters.connect import Pace
from steward.ids import ContactId
from steward.rights.erasure.adapters import connect
from steward.rights.erasure.adapters.connect import ConnectRedaction, Has
from steward.rights.erasure.artefacts import ANOTHER_VALUE, CHAIN, NOT_REDACTED

ONE = ContactId("one")
NUMBER = {"Type": "TELEPHONE_NUMBER", "Address": "+442079460123"}
LINK = {"Url": {"Name": "form", "Value": "https://forms.example/lovelace"}}
FILE = {"Attachment": {"Name": "lovelace.pdf", "Value": "file-1", "Status": "AVAILABLE"}}


class Now:
    def now(self) -> datetime:
        return datetime(2027, 1, 5, 9, tzinfo=UTC)

    def sleep(self, seconds: float) -> None:
        del seconds


@dataclass
class Connect:
    """One contact. ``instead`` is what DeleteContactData leaves; ``deaf`` are the operations that change nothing."""

    contact: dict[str, Any]
    references: list[dict[str, Any]] = field(default_factory=list)
    instead: dict[str, Any] = field(default_factory=dict)
    deaf: tuple[str, ...] = ()
    asked: list[str] = field(default_factory=list)

    def describe_contact(self, **_: object) -> dict[str, Any]:
        return {"Contact": deepcopy(self.contact)}

    def list_contact_references(self, *, ReferenceTypes: list[str], **_: object) -> dict[str, Any]:  # noqa: N803 - boto3's own
        assert len(ReferenceTypes) <= 6
        return {"ReferenceSummaryList": deepcopy(self.references)}

    def delete_contact_data(self, *, ContactFields: list[str], **_: object) -> None:  # noqa: N803 - boto3's own
        names = {
            "CUSTOMER_ENDPOINT": "CustomerEndpoint",
            "ADDITIONAL_EMAIL_RECIPIENTS": "AdditionalEmailRecipients",
            "EMAIL_SUBJECT": "SegmentAttributes",
        }
        if self._takes("delete_contact_data"):
            for name in map(names.__getitem__, ContactFields):
                self.contact.pop(name, None)
                self.contact.update({name: self.instead[name]} if name in self.instead else {})

    def update_contact(self, *, References: dict[str, Any] | None = None, **typed: str) -> None:  # noqa: N803 - as above
        if self._takes("update_contact"):
            self.contact.update({name: typed[name] for name in ("Name", "Description") if name in typed})
            for one in self.references:
                for stated in one.values():
                    stated.update({"Value": (References or {}).get(stated["Name"], stated)["Value"]})

    def update_contact_attributes(self, *, Attributes: dict[str, str], **_: object) -> None:  # noqa: N803 - as above
        if self._takes("update_contact_attributes"):
            self.contact["Attributes"].update(Attributes)

    def _takes(self, operation: str) -> bool:
        self.asked.append(operation)
        return operation not in self.deaf


def redaction(world: Connect, monkeypatch: pytest.MonkeyPatch) -> ConnectRedaction:
    monkeypatch.setattr(connect, "client", lambda *_: world)
    return ConnectRedaction("arn:aws:connect:eu-west-2:111122223333:instance/i-1", Pace(Now()))


def everything() -> Connect:
    return Connect(
        contact={
            "CustomerEndpoint": NUMBER,
            "AdditionalEmailRecipients": {"CcList": [{"Address": "ada@example.org"}]},
            "SegmentAttributes": {"connect:EmailSubject": {"ValueString": "My flat, 3 Invented Lane"}},
            "Name": "Ada",
            "Description": "asked about her flat",
            "Attributes": {"address": "3 Invented Lane", "empty": ""},
        },
        references=deepcopy([LINK, FILE]),
    )


def redacted(subject: ConnectRedaction, *, attributes_too: bool = True) -> dict[str, str]:
    """Redact each part and empty what was typed, as a pass does; return what is left of each, and why."""
    there = subject.has(ONE)
    found = {part: subject.redact(ONE, part) for part in there.personal}
    if there.typed:
        found["typed"] = subject.empty(ONE, attributes_too=attributes_too)
    return {name: ground for name, ground in found.items() if ground}


def test_everything_that_was_typed_goes_references_too_and_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    world = everything()
    subject = redaction(world, monkeypatch)
    personal = ("CustomerEndpoint", "AdditionalEmailRecipients", "EmailSubject")
    assert subject.has(ONE) == Has(typed=True, personal=personal, lasting=("ReferenceNames", "AttachmentNames"))
    assert redacted(subject) == {}
    assert subject.has(ONE) == Has(lasting=("ReferenceNames", "AttachmentNames"))
    assert "Lane" not in str(world.contact)
    assert world.references[0]["Url"]["Value"] == ""
    assert world.references[1] == FILE


@pytest.mark.parametrize(
    "only",
    [
        {"CustomerEndpoint": {"Type": "VOIP", "Address": "ada"}},
        {"CustomerEndpoint": {"Type": "TELEPHONE_NUMBER", "DisplayName": "Ada"}},
        {"SegmentAttributes": {"connect:EmailSubject": {"ValueString": "My flat"}}},
        {"AdditionalEmailRecipients": {"ToList": [{"Address": "ada@example.org"}]}},
    ],
    ids=["no number", "a name beside none", "the subject alone", "recipients alone"],
)
def test_each_part_that_connect_knows_as_personal_is_reason_enough(
    only: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = Connect(contact=only)
    assert redacted(redaction(world, monkeypatch)) == {}
    assert world.asked == ["delete_contact_data"]


@pytest.mark.parametrize(
    ("operation", "left"),
    [
        (
            "delete_contact_data",
            # Nobody can tell whether a subject without a number is the old one, or stands for it.
            {
                "CustomerEndpoint": NOT_REDACTED,
                "AdditionalEmailRecipients": NOT_REDACTED,
                "EmailSubject": ANOTHER_VALUE,
            },
        ),
        ("update_contact", {"typed": NOT_REDACTED}),
        ("update_contact_attributes", {"typed": NOT_REDACTED}),
    ],
)
def test_what_stands_as_before_is_not_gone_though_the_call_succeeded(
    operation: str, left: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = everything()
    world.deaf = (operation,)
    assert redacted(redaction(world, monkeypatch)) == left


@pytest.mark.parametrize(
    ("instead", "left"),
    [
        ({"Type": "TELEPHONE_NUMBER", "Address": "REDACTED"}, ""),
        ({"Type": "TELEPHONE_NUMBER", "Address": "+44********"}, ""),
        ({"Type": "TELEPHONE_NUMBER"}, ""),
        ({"Type": "TELEPHONE_NUMBER", "Address": "8f14e45fceea167a5a36"}, ANOTHER_VALUE),
        ({"Type": "EMAIL_ADDRESS", "Address": "a***@example.org"}, ANOTHER_VALUE),
        (NUMBER, NOT_REDACTED),
    ],
    ids=["a word", "a mask", "nothing", "a digest", "half an address", "the same"],
)
def test_what_stands_in_the_place_of_a_number_is_judged_by_whether_it_may_say_who_it_was(
    instead: dict[str, str], left: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = Connect(contact={"CustomerEndpoint": NUMBER}, instead={"CustomerEndpoint": instead})
    subject = redaction(world, monkeypatch)
    assert subject.redact(ONE, "CustomerEndpoint") == left
    assert bool(subject.has(ONE).personal) is bool(left)


def test_a_word_that_an_earlier_redaction_left_is_no_failure_of_the_next_one(monkeypatch: pytest.MonkeyPatch) -> None:
    left = {"SegmentAttributes": {"connect:EmailSubject": {"ValueString": "[REDACTED]"}}}
    world = Connect(contact={"SegmentAttributes": {"connect:EmailSubject": {"ValueString": "My flat"}}}, instead=left)
    subject = redaction(world, monkeypatch)
    assert [subject.redact(ONE, "EmailSubject") for _ in range(3)] == [ANOTHER_VALUE] * 3


def test_attributes_of_a_chain_that_is_not_free_wait_whatever_stands_in_the_place_of_another_part(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = everything()
    world.instead = {"SegmentAttributes": {"connect:EmailSubject": {"ValueString": "[REDACTED]"}}}
    subject = redaction(world, monkeypatch)
    assert redacted(subject, attributes_too=False) == {"EmailSubject": ANOTHER_VALUE, "typed": CHAIN}
    assert world.contact["Attributes"]["address"]
    assert not world.contact["Name"]
    # Once the other contact of the chain is free its attributes go.
    assert subject.empty(ONE, attributes_too=True) == ""
    assert not world.contact["Attributes"]["address"]


def test_a_reference_that_connect_refuses_to_empty_keeps_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    class Strict(Connect):
        def update_contact(self, *, References: dict[str, Any] | None = None, **typed: str) -> None:  # noqa: N803
            if "born" in (References or {}):
                raise ClientError({"Error": {"Code": "InvalidRequestException"}}, "UpdateContact")
            super().update_contact(References=References, **typed)

    born = {"Date": {"Name": "born", "Value": "1815-12-10"}}
    world = Strict(contact={"Attributes": {"address": "3 Invented Lane"}}, references=deepcopy([born, LINK]))
    assert redaction(world, monkeypatch).empty(ONE, attributes_too=True) == NOT_REDACTED
    assert [one["Value"] for stated in world.references for one in stated.values()] == ["1815-12-10", ""]
    assert not world.contact["Attributes"]["address"]


def test_what_no_operation_removes_is_named_and_a_withheld_number_is_nobodys(monkeypatch: pytest.MonkeyPatch) -> None:
    world = Connect(
        contact={
            "CustomerEndpoint": {"Type": "TELEPHONE_NUMBER", "Address": "anonymous"},
            "CustomerId": "crm-17",
            "ContactDetails": {"for": {"Value": "Ada"}},
            "SegmentAttributes": {"connect:Subtype": {"ValueString": "x"}, "ward": {"ValueString": "3"}},
        }
    )
    subject = redaction(world, monkeypatch)
    assert subject.has(ONE) == Has(lasting=("CustomerId", "ContactDetails", "SegmentAttributes"))
    assert redacted(subject) == {}
    assert world.asked == []


@pytest.mark.parametrize(
    ("attribute", "lasts"),
    [
        ("connect:Subtype", False),
        ("connect:Direction", False),
        ("connect:X-SES-SPAM-VERDICT", False),
        ("connect:EmailSubject", False),
        ("connect:CustomerAuthentication", True),
        ("connect:SomethingNew", True),
        ("ward", True),
    ],
)
def test_a_segment_attribute_lasts_unless_it_is_known_to_say_nothing_of_anybody(
    attribute: str,
    lasts: bool,  # noqa: FBT001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Administrator guide, "List of available contact attributes": the segment attributes of Connect's own."""
    world = Connect(contact={"SegmentAttributes": {attribute: {"ValueString": "x"}}})
    assert ("SegmentAttributes" in redaction(world, monkeypatch).has(ONE).lasting) is lasts


@pytest.mark.parametrize(
    ("tags", "lasting"),
    [
        ({"aws:connect:instanceId": "i-1", "aws:connect:systemEndpoint": "+442083592000"}, ()),
        ({"steward_payment": "paused"}, ()),
        ({"aws:connect:instanceId": "i-1", "resident": "Ada"}, ("Tags",)),
    ],
    ids=["those of Connect", "steward's own", "one that somebody set"],
)
def test_tags_that_somebody_set_last_longer_than_they_can_be_taken_off(
    tags: dict[str, str], lasting: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Administrator guide, "Set up granular billing": a contact takes tags until three hours after it ended."""
    assert redaction(Connect(contact={"Tags": tags}), monkeypatch).has(ONE) == Has(lasting=lasting)


def test_a_reference_keeps_its_name_though_its_value_is_emptied(monkeypatch: pytest.MonkeyPatch) -> None:
    """API reference, "UpdateContact": it adds and updates; nothing of it, or of any other operation, removes one."""
    world = Connect(contact={}, references=deepcopy([{"String": {"Name": "Ada's flat", "Value": "3 Invented Lane"}}]))
    subject = redaction(world, monkeypatch)
    assert subject.has(ONE) == Has(typed=True, lasting=("ReferenceNames",))
    assert subject.empty(ONE, attributes_too=True) == ""
    assert subject.has(ONE) == Has(lasting=("ReferenceNames",))
