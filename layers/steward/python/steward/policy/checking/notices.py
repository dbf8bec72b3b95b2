"""A council's published notice, clause by clause, as data: what its policy has to answer to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta, inspect

from steward.policy.checking.findings import Finding, error
from steward.policy.checking.reading import PolicyError, read_toml
from steward.policy.checking.shape import Raw, shape_findings
from steward.policy.model import Policy

SHIPPED: Final = Path(__file__).resolve().parents[6] / "notices"
"""The five published notices, in the checkout; a policy that has no notice beside it may answer to one of them."""

BESIDE: Final = "notice.toml"
"""The council's own notice, in the policy's folder."""


class Kind(StrEnum):
    """What can be done about a clause."""

    ENFORCE = "enforce"
    DECLARE = "declare"


class Clause(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One promise of a published notice."""

    id: Annotated[str, Meta(pattern=r"^[A-Z]{3}-[0-9]+$")]
    kind: Kind
    text: Annotated[str, Meta(min_length=1)]
    figures: dict[str, int] = {}
    """The published figures by the place in the policy file that states them; a policy that differs is remarked."""
    publishes: tuple[str, ...] = ()
    """The places in the policy file whose figures the notice publishes, where the policy alone states them."""


class Notice(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A notice: every clause of one council, in order."""

    council: Annotated[str, Meta(min_length=1)]
    clauses: Annotated[tuple[Clause, ...], Meta(min_length=1)]

    @property
    def prefix(self) -> str:
        """How the ids of its clauses begin."""
        return self.clauses[0].id.partition("-")[0]

    def by_id(self) -> dict[str, Clause]:
        """Return the clauses by their ids, in order."""
        return {clause.id: clause for clause in self.clauses}


def read_notice(path: Path) -> Notice:
    """Return the notice of a file.

    Raises PolicyError with every error in it, and its UnreadablePolicyError when it cannot be read at all.
    """
    raw = read_toml(path)
    findings = shape_findings(raw, Notice)
    if not findings:
        notice = msgspec.convert(raw, Notice)
        findings = [*_ids(notice), *_figures(notice)]
        if not findings:
            return notice
    raise PolicyError(path, findings)


@cache
def published() -> Mapping[str, Notice]:
    """Return the notices that are shipped, by the prefix of their clauses."""
    notices = [read_notice(path) for path in sorted(SHIPPED.glob("*.toml"))]
    return {notice.prefix: notice for notice in notices}


def notice_of(policy: Path, raw: Raw) -> Notice | None:
    """Return the notice that a policy answers to: the one beside its file, or else a published one with its prefix.

    Raises PolicyError when the notice beside it is wrong, UnreadablePolicyError when it cannot be read.
    """
    beside = policy.parent / BESIDE
    if beside.exists():
        return read_notice(beside)
    council = raw.get("council")
    prefix = council.get("clause_prefix") if isinstance(council, Mapping) else None
    return published().get(prefix) if isinstance(prefix, str) else None


def _ids(notice: Notice) -> Iterator[Finding]:
    times = Counter(clause.id for clause in notice.clauses)
    for index, clause in enumerate(notice.clauses):
        if not clause.id.startswith(f"{notice.prefix}-"):
            yield error(f"clauses[{index}].id", f"{clause.id} does not begin with {notice.prefix}- as the first does")
        if times[clause.id] > 1:
            yield error(f"clauses[{index}].id", f"{clause.id} is there {times[clause.id]} times")


def _figures(notice: Notice) -> Iterator[Finding]:
    for index, clause in enumerate(notice.clauses):
        for name in ("figures", "publishes"):
            for place in getattr(clause, name):
                if not _is_a_figure(place):
                    yield error(
                        f"clauses[{index}].{name}",
                        f"{place} is no figure of a policy, such as retention.call_recording.months",
                    )


def _is_a_figure(place: str) -> bool:
    there = [inspect.type_info(Policy)]
    for step in place.split("."):
        there = [inner for kind in _flat(there) for inner in _within(kind, step)]
    return any(isinstance(kind, inspect.IntType) for kind in _flat(there))


def _flat(kinds: Iterable[inspect.Type]) -> Iterator[inspect.Type]:
    for kind in kinds:
        yield from kind.types if isinstance(kind, inspect.UnionType) else (kind,)


def _within(kind: inspect.Type, step: str) -> Iterator[inspect.Type]:
    match kind:
        case inspect.StructType():
            yield from (field.type for field in kind.fields if field.encode_name == step)
        case inspect.DictType(key_type=inspect.EnumType(cls=names)) if step in {member.value for member in names}:
            yield kind.value_type
