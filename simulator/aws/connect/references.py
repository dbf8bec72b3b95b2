"""References of a contact: attachments, e-mail bodies, analysis files, links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulator.aws.connect.errors import ScenarioError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MEMBERS = {
    "URL": "Url",
    "ATTACHMENT": "Attachment",
    "CONTACT_ANALYSIS": "ContactAnalysis",
    "NUMBER": "Number",
    "STRING": "String",
    "DATE": "Date",
    "EMAIL": "Email",
    "EMAIL_MESSAGE": "EmailMessage",
    "EMAIL_MESSAGE_PLAIN_TEXT": "EmailMessagePlainText",
    "EMAIL_MESSAGE_REDACTED": "EmailMessageRedacted",
    "EMAIL_MESSAGE_PLAIN_TEXT_REDACTED": "EmailMessagePlainTextRedacted",
}
"""The member of ListContactReferences' answer for each reference type."""

_TYPES = {member: kind for kind, member in MEMBERS.items()}
_WITH_STATUS = frozenset({"ATTACHMENT", "CONTACT_ANALYSIS"})


@dataclass(frozen=True, slots=True)
class Reference:
    """One reference. ``kind`` is its type in the API's spelling."""

    name: str
    kind: str
    details: Mapping[str, Any]

    def summary(self) -> dict[str, Any]:
        """Return it as ListContactReferences answers it. An e-mail body is named by its ARN and has no value."""
        details = dict(self.details)
        value = details.pop("Value", None)
        if self.kind.startswith("EMAIL_MESSAGE"):
            details.setdefault("Arn", value)
        elif value is not None:
            details["Value"] = str(value)
        if self.kind in _WITH_STATUS:
            details.setdefault("Status", "AVAILABLE")
        return {MEMBERS[self.kind]: {"Name": self.name, **details}}


def read_references(raw: object, where: str) -> dict[str, Reference]:
    """Read references as contact records have them (a map by name), or as a list in either of two forms.

    A list's items carry ``Name`` and ``Type``, or stand as in ListContactReferences' answer (``{"Attachment": {…}}``).
    Raises ``ScenarioError``.
    """
    if isinstance(raw, dict):
        found = [_reference(str(name), details, where) for name, details in raw.items()]
    elif isinstance(raw, list):
        found = [_listed(item, where) for item in raw]
    else:
        raise ScenarioError(f"{where}: neither a map nor a list")
    return {reference.name: reference for reference in found}


def _listed(item: object, where: str) -> Reference:
    if not isinstance(item, dict):
        raise ScenarioError(f"{where}: {item!r} is not a reference")
    for member, details in item.items():
        if member in _TYPES and isinstance(details, dict):
            return _reference(str(details.get("Name", "")), {**details, "Type": _TYPES[member]}, where)
    return _reference(str(item.get("Name", "")), item, where)


def _reference(name: str, details: object, where: str) -> Reference:
    if not name or not isinstance(details, dict):
        raise ScenarioError(f"{where}: {details!r} has no name")
    kind = str(details.get("Type", "")).upper()
    if kind not in MEMBERS:
        raise ScenarioError(f"{where}.{name}: the Type {details.get('Type')!r} is unknown")
    rest = {key: value for key, value in details.items() if key not in {"Name", "Type"} and value is not None}
    return Reference(name, kind, rest)


def of_types(references: Iterable[Reference], kinds: Iterable[str]) -> list[Reference]:
    """Return the references of the given types, in order."""
    wanted = set(kinds)
    return [reference for reference in references if reference.kind in wanted]
