"""What can be decided, and by which roles. No role that asks for something, or prepares it, decides it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from steward.decisions.people import CASE_SYSTEM, StaffRole


class Subject(StrEnum):
    """The subjects of decisions."""

    RELEASE = "release"
    CARD_DATA = "card_data"
    MATCH = "match"
    ITEM = "item"
    PACKAGE = "package"
    DISCLOSURE = "disclosure"
    ERASURE_SCOPE = "erasure_scope"
    ERASURE = "erasure"


class Decision(StrEnum):
    """What somebody wants to do about a subject."""

    REQUEST = "request"
    APPROVE = "approve"
    REJECT = "reject"


@dataclass(frozen=True)
class Rule:
    """Who asks and who decides. ``fields`` are the fields that a request of the subject has beside ``why``."""

    askers: frozenset[str]
    deciders: frozenset[str]
    fields: tuple[str, ...]

    def allows(self, role: str, decision: Decision) -> bool:
        """Tell whether somebody in that role may do that."""
        return role in (self.askers if decision is Decision.REQUEST else self.deciders)


_RULES: Final[Mapping[Subject, Rule]] = {
    Subject.RELEASE: Rule(
        askers=frozenset({StaffRole.RELEASE_OFFICER, CASE_SYSTEM}),
        deciders=frozenset({StaffRole.RELEASE_APPROVER}),
        fields=("contact_ids",),
    ),
    Subject.CARD_DATA: Rule(
        askers=frozenset({StaffRole.INFORMATION_OFFICER}),
        deciders=frozenset({StaffRole.DATA_PROTECTION_OFFICER}),
        fields=("objects",),
    ),
}
"""The subjects that this version decides; a call about any other is refused, and says so."""


def rules(*, case_system_releases: bool = False) -> Mapping[Subject, Rule]:
    """Return the rule of each subject that this version decides; a call about any other is refused, and says so.

    ``case_system_releases``: the policy lets the council's case-management system answer for both people.
    """
    if not case_system_releases:
        return _RULES
    release = _RULES[Subject.RELEASE]
    return {**_RULES, Subject.RELEASE: replace(release, deciders=release.deciders | {CASE_SYSTEM})}
