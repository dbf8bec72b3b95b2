"""In which order the resources of a template are changed: each after those that it names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from graphlib import TopologicalSorter
from typing import Any


def after_what_they_name(declared: Mapping[str, Any]) -> list[str]:
    """Return the logical ids of the resources, each after those that it names.

    A circle was refused when the stack was created (``graphlib.CycleError`` here).
    """
    graph = {key: sorted(names_in(resource).intersection(declared)) for key, resource in declared.items()}
    return list(TopologicalSorter(graph).static_order())


def naming(declared: Mapping[str, Any], order: Iterable[str], named: frozenset[str]) -> frozenset[str]:
    """Return what names one of these resources, or names what does; ``order`` is that of ``after_what_they_name``."""
    found: set[str] = set()
    for key in order:
        if names_in(declared[key]) & (named | found):
            found.add(key)
    return frozenset(found)


def names_in(value: object) -> frozenset[str]:
    """Return the logical ids to which a declaration refers by ``Ref``, ``Fn::GetAtt`` and ``DependsOn``."""
    found: set[str] = set()
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key == "Fn::GetAtt":
                found.add(str(item[0] if isinstance(item, list) else item).partition(".")[0])
            elif key in {"Ref", "DependsOn"}:
                found |= {str(one) for one in (item if isinstance(item, list) else [item])}
            else:
                found |= names_in(item)
    elif isinstance(value, list):
        for item in value:
            found |= names_in(item)
    return frozenset(found)
