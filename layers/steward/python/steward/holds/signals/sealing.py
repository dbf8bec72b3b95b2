"""The signature of a flag among contact attributes: that a contact flow of the council's own set it, and nobody else.

A web visitor can set attributes (``StartChatContact`` takes them), and can copy what another contact bears. So the
signature is over the contact with which the chain began, which Connect names and a visitor cannot choose, and over the
three values. Attributes, the signature among them, pass from a contact to those that it is transferred to.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final, Protocol

from steward.clock import Clock
from steward.flow_event import FlowEvent
from steward.holds.messages import FlaggedContact
from steward.holds.requests import NOT_GIVEN, BadRequest, HoldRequest
from steward.holds.signals.fields import flagged_by_keys
from steward.ids import ContactId
from steward.names import COMPLAINT_RECEIVED, COMPLAINT_REFERENCE, COMPLAINT_SIGNATURE, COMPLAINT_STAGE

_FORM: Final = "steward flag 1"
"""The first of what is signed, so that no signature is ever one of something else."""

_PARAMETERS: Final = {COMPLAINT_REFERENCE: "reference", COMPLAINT_RECEIVED: "received", COMPLAINT_STAGE: "stage"}


class Seal(Protocol):
    """A key that signs and verifies without being seen. Raises ``steward.failures``."""

    def make(self, message: bytes) -> str:
        """Return the message's signature."""

    def fits(self, message: bytes, signature: str) -> bool:
        """Tell whether it is the message's signature; whatever is none is not."""


def sealed(chain: str, reference: str, received: str, stage: str) -> bytes:
    """Return what is signed of a flag: the values as the contact bears them."""
    return json.dumps([_FORM, chain, reference, received, stage]).encode()


def fits(flag: FlaggedContact, seal: Seal) -> bool:
    """Tell whether the flag bears the signature of its contact and its values."""
    message = sealed(flag.chain or flag.contact_id, flag.reference, flag.received, flag.stage)
    return bool(flag.signature) and seal.fits(message, flag.signature)


def refused(flag: FlaggedContact) -> BadRequest:
    """Return the refusal of a flag whose signature does not fit, or is not there."""
    problem = "is not of this contact and these values" if flag.signature else "is missing"
    return BadRequest(COMPLAINT_SIGNATURE, f"{problem}; the policy has flags among contact attributes signed")


@dataclass(frozen=True, kw_only=True)
class Signing:
    """Signs flags for contact flows."""

    seal: Seal
    clock: Clock

    def sign(self, call: FlowEvent) -> dict[str, str]:
        """Return the attributes that a flow has to set, and ``status`` = ``signed``; or ``refused`` and the ``reason``.

        The reason is the parameter that would be refused, or doubted, when the flag is read: now somebody can ask
        again. ``initialContactId`` names the call where an agent's guide asks, which is a contact of its own. Raises
        ``steward.failures``.
        """
        chain = call.parameter("initialContactId") or call.initial_contact_id or call.contact_id
        stated = {name: call.parameter(short) for name, short in _PARAMETERS.items()}
        if not chain:
            return {"status": "refused", "reason": "contact"}
        try:
            request = self._read(stated, chain)
            wrong = _wrong(request)
        except BadRequest as refusal:
            request, wrong = None, refusal.field
        if request is None or wrong:
            return {"status": "refused", "reason": _PARAMETERS[wrong]}
        if stated[COMPLAINT_RECEIVED].strip():
            # In the one form that a dead letter keeps: a flag that is put back still fits its signature.
            stated[COMPLAINT_RECEIVED] = request.received_on.isoformat()
        signature = self.seal.make(sealed(chain, *stated.values()))
        return {"status": "signed", "reason": "", **stated, COMPLAINT_SIGNATURE: signature}

    def _read(self, stated: dict[str, str], contact_id: str) -> HoldRequest | None:
        return flagged_by_keys(
            stated, ContactId(contact_id), signal="", flagged_at=self.clock.now(), requested_by="contact flow"
        )


def _wrong(request: HoldRequest | None) -> str:
    """Return the attribute that cannot be used as it was given; a date that was not given at all is none."""
    if request is None:
        return COMPLAINT_REFERENCE
    return next((doubt.field for doubt in request.doubts if not doubt.problem.startswith(NOT_GIVEN)), "")
