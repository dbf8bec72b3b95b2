"""Orders to carry out what was approved, as messages of the queue of the function that carries them out."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from steward.decisions.subjects import Subject


class Order(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is to be carried out; ``contact_id`` names one contact of it, and is empty for all that was approved."""

    subject: Subject = msgspec.field(name="steward")
    id: str
    contact_id: str = ""


def encode(order: Order) -> str:
    """Return the body of the message."""
    return msgspec.json.encode(order).decode()


def decode(body: str) -> Order:
    """Return what the body of a message orders. Raises msgspec.DecodeError if it orders nothing."""
    return msgspec.json.decode(body, type=Order)
