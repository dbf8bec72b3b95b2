"""``make demo``: exit 0 only if every expectation of the shipped story holds."""

from __future__ import annotations

import sys
from pathlib import Path

from local.demo.show import console, show_outcome, show_story, show_verdict
from local.demo.tell import tell
from local.scenario.errors import ScenarioError

POLICY = Path("policies/barnet.toml")


def main() -> int:
    """Replay the story, show it and judge it."""
    out = console()
    try:
        evidence = tell(POLICY)
    except ScenarioError as error:
        print(f"demo: {error}", file=sys.stderr)  # noqa: T201 - this is a command
        return 2
    show_story(out, evidence)
    show_outcome(out, evidence)
    failed = show_verdict(out, evidence)
    if failed:
        print(f"demo: not true: {'; '.join(failed)}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
