"""One figure of the benchmarks, with its bound."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

GENEROUS = 1.5
"""A ratio may be so many times its baseline before it counts as a regression."""


class Kind(StrEnum):
    """How a figure is compared with its baseline."""

    COUNT = "count"
    """The same on every machine: compared exactly."""
    RATIO = "ratio"
    """Of two figures of the same run: compared generously."""
    NOTE = "note"
    """Depends on the machine, or says what another figure is made of: not compared."""


@dataclass(frozen=True)
class Figure:
    """A figure, the most that it may be (``None``: no bound), and what it says in a few words."""

    group: str
    name: str
    value: float
    kind: Kind
    bound: float | None = None
    says: str = ""

    @property
    def is_met(self) -> bool:
        """Tell whether the bound is kept; a figure without one always is."""
        return self.bound is None or self.value <= self.bound

    @property
    def key(self) -> str:
        """Return the name of the figure in the results."""
        return f"{self.group}: {self.name}"


def regressions(figures: list[Figure], baseline: dict[str, float]) -> list[str]:
    """Return one sentence for each figure that is worse than its baseline, and for each count that differs."""
    found = []
    for figure in figures:
        before = baseline.get(figure.key)
        if before is None:
            if figure.kind is Kind.COUNT:
                found.append(f"{figure.key} is {figure.value:g} and not in the baseline")
        elif figure.kind is Kind.COUNT and figure.value != before:
            found.append(f"{figure.key} is {figure.value:g}, and {before:g} in the baseline")
        elif figure.kind is Kind.RATIO and figure.value > before * GENEROUS:
            found.append(f"{figure.key} is {figure.value:.2f}, more than {GENEROUS} times the baseline's {before:.2f}")
    return found
