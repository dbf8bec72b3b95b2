"""The clauses of the published notices that are known, as data (``notices.toml``)."""

from __future__ import annotations

import tomllib
from enum import StrEnum
from functools import cache
from importlib import resources

import msgspec


class Kind(StrEnum):
    """What can be done about a clause."""

    ENFORCE = "E"
    DECLARE = "D"


class Clause(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One promise of a published notice."""

    id: str
    council: str
    kind: Kind
    promise: str
    figures: dict[str, int] = {}
    """The published figures by the place in the policy file that states them."""


class _Notices(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    clauses: tuple[Clause, ...]


@cache
def all_clauses() -> tuple[Clause, ...]:
    """Return every known clause, in the order of the notices."""
    text = resources.files(__package__).joinpath("notices.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), _Notices).clauses


def clauses_of(prefix: str) -> dict[str, Clause]:
    """Return the clauses of the notice with that prefix (``BAR``) by id; empty for a notice that is not known."""
    return {clause.id: clause for clause in all_clauses() if clause.id.partition("-")[0] == prefix}
