"""What the registers know of a person: texts, consents and payments, found by the keyed hash of each number.

No register has a number; each one that was given, and the one that a contact came from, is hashed and asked for. What
stands there is copied at once, as rows of registers have ends of their own. Nothing of a hash leaves the registers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, Protocol

from msgspec import Struct, json

from steward.holds.requests import BadRequest
from steward.ids import ContactId, NumberHash
from steward.rights.finding.identifiers import Identifier, Kind, phone


class Text(Struct, frozen=True, kw_only=True, order=True):
    """A text that was asked for in a contact. ``at`` and the other moments are ISO 8601 in UTC."""

    at: str
    purpose: str
    template: str
    language: str = ""
    status: str = ""
    body: str = ""
    """Only where the policy keeps what texts said."""


class Consent(Struct, frozen=True, kw_only=True, order=True):
    """A decision about texts that was made in a contact."""

    at: str
    purpose: str
    decision: str
    wording_version: str
    language: str = ""
    how: str = ""


class PausedPayment(Struct, frozen=True, kw_only=True, order=True):
    """A time in which a recording was paused for a payment."""

    paused_at: str = ""
    resumed_at: str = ""
    status: str = ""


class Entries(Struct, frozen=True, kw_only=True):
    """What the registers have of one contact, as far as it is this person's."""

    texts: tuple[Text, ...] = ()
    consents: tuple[Consent, ...] = ()
    payments: tuple[PausedPayment, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether there is anything."""
        return bool(self.texts or self.consents or self.payments)

    def with_earlier(self, earlier: Entries) -> Entries:
        """Return both: what an earlier look copied may have reached its end since. A text's later state wins."""
        texts = {(one.at, one.template): one for one in (*earlier.texts, *self.texts)}
        return Entries(
            texts=tuple(sorted(texts.values())),
            consents=tuple(sorted({*earlier.consents, *self.consents})),
            payments=tuple(sorted({*earlier.payments, *self.payments})),
        )


class Registers(Protocol):
    """The registers of messaging and payments. Raises ``steward.failures.AwsError``."""

    def hashed(self, e164: str) -> NumberHash:
        """Return a number's keyed hash."""

    def contacts_of(self, number: NumberHash) -> tuple[ContactId, ...]:
        """Return the contacts in which a number was consented for or texted."""

    def entries(self, contact_id: ContactId, numbers: Sequence[NumberHash]) -> Entries:
        """Return what stands there of a contact; of texts and consents those of these numbers alone."""


NOTHING: Final = Entries()


def numbers_of(registers: Registers, identifiers: Iterable[Identifier]) -> tuple[NumberHash, ...]:
    """Return the hashes of the numbers that a person gave."""
    return tuple(registers.hashed(one.value) for one in identifiers if one.kind is Kind.PHONE)


def own_number(record: Mapping[str, Any]) -> str | None:
    """Return the number that a contact came from, in E.164 form; none where it came from none."""
    endpoint = record.get("CustomerEndpoint")
    with suppress(BadRequest):
        return phone(str(endpoint.get("Address") or "")) if isinstance(endpoint, Mapping) else None
    return None


def written(entries: Entries) -> bytes:
    """Return the entries as they are kept."""
    return json.format(json.encode(entries), indent=1)


def read(body: bytes) -> Entries:
    """Return kept entries."""
    return json.decode(body, type=Entries)
