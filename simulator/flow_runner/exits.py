"""What an action works on, and the ways in which it can end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.flow_runner.call import Call, Given, Run
    from simulator.flow_runner.ports import Surroundings


@dataclass(frozen=True, slots=True)
class Journey:
    """One contact under way: itself, its people, its record and its surroundings."""

    call: Call
    given: Given
    run: Run
    around: Surroundings


@dataclass(frozen=True, slots=True)
class Done:
    """It succeeded: NextAction follows."""


@dataclass(frozen=True, slots=True)
class Result:
    """It succeeded with a result by which its conditions choose."""

    value: str


@dataclass(frozen=True, slots=True)
class Failed:
    """It failed with an error of the flow language."""

    error: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The flow is over; ``how`` says it in words."""

    how: str


Exit = Done | Result | Failed | Ended
