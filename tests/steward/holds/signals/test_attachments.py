"""A tagged attachment: its name holds no contact, and what Connect said of it as it uploaded it does.

Source: amazon-connect-streams issue 712, ``x-amz-meta-contact_id``.
"""

from __future__ import annotations

import pytest

from steward.holds.requests import BadRequest, HoldRequest
from tests.support.dispatch_fixture import KEY, KEYS, UUID, DispatchFixture, event

FILE = "0f000000-0000-4000-8000-000000000021"
ATTACHMENT = f"connect/barnet/Attachments/chat/2027/01/05/{FILE}_20270105T09:14_UTC.pdf"


def tag(hold_queue: DispatchFixture, key: str, **said: str) -> list[tuple[object, ...]]:
    hold_queue.sources.tagged["b", key, "v"] = KEYS
    hold_queue.sources.said = said
    detail = {"bucket": {"name": "b"}, "object": {"key": key, "version-id": "v"}}
    return hold_queue.handle(event("aws.s3", "Object Tags Added", detail))


@pytest.mark.parametrize("stated", [UUID, UUID.upper(), f" {UUID} "])
def test_an_attachment_flags_the_contact_for_which_connect_uploaded_it(
    hold_queue: DispatchFixture, stated: str
) -> None:
    [(_, request)] = tag(hold_queue, ATTACHMENT, contact_id=stated)

    assert isinstance(request, HoldRequest)
    assert (request.contact_ids, request.case, request.signal) == ((UUID,), "C-1", "object_tags")


@pytest.mark.parametrize("said", [{}, {"contact_id": ""}, {"contact_id": "+447700900123"}, {"contactid": UUID}])
def test_an_attachment_that_says_no_contact_is_refused_about_its_case(
    hold_queue: DispatchFixture, said: dict[str, str]
) -> None:
    with pytest.raises(BadRequest, match="object key: holds no contact id; flag the contact itself") as caught:
        tag(hold_queue, ATTACHMENT, **said)

    assert caught.value.about == "case C-1"


def test_a_name_that_holds_the_contact_counts_whatever_the_object_says(hold_queue: DispatchFixture) -> None:
    [(_, request)] = tag(hold_queue, KEY, contact_id=FILE)

    assert isinstance(request, HoldRequest)
    assert request.contact_ids == (UUID,)
