"""Modules of our own layer that keep nothing between two calls: imported once for a process, not for every function.

Executing them is most of what a cold start costs here, and there is one for each function of each world. What keeps
something stays each environment's own: clients, loggers, whatever was read from a function's variables.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Final

_KEEPING: Final = frozenset({"adapters", "aws", "observability", "wiring"})
"""Rooms whose modules keep something of the function that imported them, or import what does."""

_kept: Final[dict[tuple[Path, ...], dict[str, ModuleType]]] = defaultdict(dict)
"""By the layers that an import finds them in: what one set of layers lacks, another must not lend."""


def is_shared(name: str) -> bool:
    """Return whether a module of that dotted name is executed once for all functions that have the same layers."""
    package, *rooms = name.split(".")
    return package == "steward" and not _KEEPING.intersection(rooms)


def keep(layers: Iterable[Path], loaded: Mapping[str, ModuleType]) -> None:
    """Remember the shared ones of what a function of those layers has imported."""
    kept = _kept[_key(layers)]
    for name, module in loaded.items():
        if is_shared(name):
            kept.setdefault(name, module)


def lend(layers: Iterable[Path]) -> dict[str, ModuleType]:
    """Return what functions of those layers have imported already, by name.

    Packages are copies, each with only the shared modules in it: what else is imported into one is nobody else's.
    """
    kept = _kept[_key(layers)]
    lent = {name: _copy(module) if hasattr(module, "__path__") else module for name, module in kept.items()}
    for name, module in lent.items():
        package, _, last = name.rpartition(".")
        if package in lent:
            setattr(lent[package], last, module)
    return lent


def _key(layers: Iterable[Path]) -> tuple[Path, ...]:
    return tuple(layer.resolve() for layer in layers)


def _copy(package: ModuleType) -> ModuleType:
    copy = ModuleType(package.__name__)
    copy.__dict__.update({name: value for name, value in vars(package).items() if not isinstance(value, ModuleType)})
    return copy
