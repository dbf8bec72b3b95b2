"""What a check is, and what a comparison comes to. Pure, but for the port."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from steward.configuration.differing import NOTHING, digest, places, side_by_side
from steward.configuration.written import unresolved
from steward.failures import AwsError, NotFound

if TYPE_CHECKING:
    from steward.configuration.reading import Live
    from steward.configuration.written import Json, Resource


class Harm(StrEnum):
    """What a difference may do, the gravest first."""

    CARDS = "cards"
    """A card may be recorded: supervisors are told at once."""
    STOP = "stop"
    """Records are lost, kept too long, or go elsewhere."""
    HIGH = "high"
    MEDIUM = "medium"
    NOTE = "note"
    """Nothing has happened yet: it is told, and raises no alarm."""


Pair = tuple["Json", "Json"]
"""What was expected and what was found, in one form."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """Compares one setting of one type of resource.

    ``properties`` are those of the template that it covers. ``look`` returns expected and found; it raises ``NotFound``
    where the resource itself is not there, and any other ``AwsError`` for what cannot be read.
    """

    setting: str
    harm: Harm | Callable[[Resource], Harm]
    properties: tuple[str, ...]
    look: Callable[[Resource, Live], Pair]

    def harm_to(self, resource: Resource) -> Harm:
        """Return what a difference here may do."""
        return self.harm if isinstance(self.harm, Harm) else self.harm(resource)


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One setting that is live in another way than it was written."""

    subject: str
    """The resource as its stack names it: ``stack/logical id``; or what is nowhere written."""
    name: str
    """What it is called in the account."""
    setting: str
    harm: Harm
    expected: str
    found: str
    whole: str = ""
    """A digest of every place that differs, with both values: ``expected`` and ``found`` show the first few."""

    @property
    def id(self) -> str:
        """What it is known by from one run to the next."""
        return f"{self.subject}/{self.setting}"


@dataclass(frozen=True, kw_only=True)
class NotShown:
    """Something that could not be compared, and why, in AWS's own code."""

    subject: str
    setting: str
    why: str
    harm: Harm
    """What a difference there would do."""

    @property
    def id(self) -> str:
        """What it is known by from one run to the next, as a difference there would be."""
        return f"{self.subject}/{self.setting}"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What was compared, and what came of it."""

    compared: frozenset[str]
    """The ids of all settings that were looked at: only of these it can be said that they are as written again."""
    differences: tuple[Difference, ...] = ()
    not_shown: tuple[NotShown, ...] = ()


EXISTS = "is there"
"""The setting of a resource that is gone as a whole."""


def compare(resources: Iterable[Resource], checks: Mapping[str, Sequence[Check]], live: Live) -> Outcome:
    """Compare each resource by the checks of its type. What cannot be read stops nothing else."""
    compared: set[str] = set()
    differences: list[Difference] = []
    not_shown: list[NotShown] = []
    for resource in resources:
        subject = f"{resource.stack}/{resource.logical_id}"
        read = False
        for check in checks.get(resource.type, ()):
            try:
                expected, found = _pair(check, resource, live)
            except NotFound:
                differences.append(
                    Difference(
                        subject=subject,
                        name=resource.name,
                        setting=EXISTS,
                        harm=min((one.harm_to(resource) for one in checks[resource.type]), key=[*Harm].index),
                        expected="there",
                        found="not there",
                    )
                )
                compared.add(f"{subject}/{EXISTS}")
                break
            except (AwsError, _Unreadable) as error:
                not_shown.append(
                    NotShown(subject=subject, setting=check.setting, why=str(error), harm=check.harm_to(resource))
                )
                continue
            read = True
            compared.add(f"{subject}/{check.setting}")
            if any(places(expected, found)):
                ours, theirs = side_by_side(expected, found)
                differences.append(
                    Difference(
                        subject=subject,
                        name=resource.name,
                        setting=check.setting,
                        harm=check.harm_to(resource),
                        expected=ours or NOTHING,
                        found=theirs or NOTHING,
                        whole=digest(expected, found),
                    )
                )
        else:
            # Where nothing of it could be read, it is not known whether it is there.
            if read:
                compared.add(f"{subject}/{EXISTS}")
    return Outcome(compared=frozenset(compared), differences=tuple(differences), not_shown=tuple(not_shown))


class _Unreadable(Exception):
    """An answer or a template that does not have the form that is documented."""


def _pair(check: Check, resource: Resource, live: Live) -> Pair:
    if not resource.name:
        raise _Unreadable("CloudFormation does not name it")
    for what in unresolved({name: resource.properties.get(name) for name in check.properties}):
        raise _Unreadable(f"the template refers to {what}")
    try:
        return check.look(resource, live)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        # One answer in a form that nobody foresaw is not shown; the others are.
        raise _Unreadable(f"{type(error).__name__} in the answer") from error
