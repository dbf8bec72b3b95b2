"""``make demo``: exit 0 only if every expectation of every act holds."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from simulator.calls.act import telephone_calls
from simulator.demo.show import console, show_outcome, show_story, show_verdict
from simulator.demo.tell import tell
from simulator.scenarios.errors import ScenarioError

POLICY = Path("policies/barnet.toml")

Act = Callable[[Console], list[str]]
"""Shows one thing that steward does and returns the sentences that ought to be true and are not."""


def stage_one_complaint(out: Console) -> list[str]:
    """Tell of a complaint, from the call to the end of its hold."""
    evidence = tell(POLICY)
    show_story(out, evidence)
    show_outcome(out, evidence)
    return show_verdict(out, evidence)


ACTS: tuple[Act, ...] = (stage_one_complaint, telephone_calls)
"""What is shown, in order."""


def main() -> int:
    """Show every act and judge it."""
    out = console()
    try:
        failed = [sentence for act in ACTS for sentence in act(out)]
    except ScenarioError as error:
        print(f"demo: {error}", file=sys.stderr)  # noqa: T201 - this is a command
        return 2
    if failed:
        print(f"demo: not true: {'; '.join(failed)}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
