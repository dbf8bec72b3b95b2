"""What the flows need to know of the instance and the payment provider: part of an environment's entry."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

PhoneNumber = Annotated[str, Meta(pattern=r"^\+[1-9][0-9]{6,14}$")]
"""E.164."""

QueueArn = Annotated[
    str, Meta(pattern=r"^arn:aws:connect:[a-z0-9-]+:[0-9]{12}:instance/[0-9a-f-]{36}/queue/[0-9a-f-]{36}$")
]
FunctionArn = Annotated[
    str, Meta(pattern=r"^arn:aws:lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_:-]+$", max_length=140)
]
KeyId = Annotated[str, Meta(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]


class Keypad(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="by", tag="keypad"):
    """The caller keys the card in; Connect encrypts each entry for the provider, who alone can read it."""

    function_arn: FunctionArn
    """The provider's function (docs/taking-payments.md says what it is sent and answers)."""
    encryption_key_id: KeyId
    """The instance's security key, as the Connect console shows it."""
    certificate: Annotated[str, Meta(min_length=1)]
    """The file with the key's certificate (PEM), relative to the folder of the environments."""


class PaymentLine(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="by", tag="transfer"):
    """The caller is passed to the provider's own telephone service and comes back."""

    telephone: PhoneNumber


class ContactFlowSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The instance's own things that the flows lead to."""

    queue_arn: QueueArn
    """The queue to which an inbound call goes."""
    line_numbers: dict[str, PhoneNumber] = {}
    """Numbers of lines that the policy names. A flow of the council's own can set the attribute ``line`` instead."""
    transfer_numbers: tuple[PhoneNumber, ...] = ()
    """Outside numbers to which a flow may transfer; ``transfer_to`` is dialled only if it is one of them."""
    caller_id: PhoneNumber | None = None
    """The instance's number that called parties see; without it, the one that the caller dialled."""
    card_entry: Keypad | PaymentLine | None = None
    """How a caller pays without an agent; without it only agents take payments."""
    test_cases: bool = False
    """Whether Connect's own test cases of the payment module are deployed. A run of one makes a real contact."""
