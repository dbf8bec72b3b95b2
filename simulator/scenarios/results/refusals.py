"""What a function refused, and why: by the lines that it wrote into its log."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from simulator.scenarios.results.timeline import Happening

if TYPE_CHECKING:
    from simulator.aws.account.account import EmbeddedAws


def refusals_of(world: EmbeddedAws) -> Iterator[Happening]:
    """Yield a line for each input that was refused with its field and its problem. Neither quotes what people typed."""
    for line in world.logs:
        if '"problem"' not in line.text:
            continue
        try:
            said = json.loads(line.text)
        except ValueError:
            continue
        if isinstance(said, dict) and {"field", "problem"} <= said.keys():
            field, problem = str(said["field"]), str(said["problem"])
            yield Happening(
                at=line.at,
                kind="refused",
                text=f"{line.function} refuses: {field}: {problem}.",
                details={"function": line.function, "field": field, "problem": problem},
            )
