from __future__ import annotations

import json

import msgspec
import pytest

from steward.decisions.orders import Order, decode, encode
from steward.decisions.subjects import Subject


@pytest.mark.parametrize("contact", ["", "005d99c3-06d2-4d91-9b69-e6266d5ca164"])
def test_what_was_ordered_is_what_is_read(contact: str) -> None:
    order = Order(subject=Subject.RELEASE, id="C/2027 Ä1", contact_id=contact)

    assert decode(encode(order)) == order


def test_an_order_says_what_it_is_under_the_name_that_every_message_of_stewards_own_has() -> None:
    assert json.loads(encode(Order(subject=Subject.RELEASE, id="C-1"))) == {"steward": "release", "id": "C-1"}


@pytest.mark.parametrize(
    "body", ["", "[]", "{}", '{"steward": "release"}', '{"steward": "dance", "id": "C-1"}', '{"id": "C-1"}']
)
def test_what_orders_nothing_is_refused(body: str) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode(body)
