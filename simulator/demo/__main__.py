"""``make demo``: exit 0 only if every expectation of every act holds."""

from __future__ import annotations

import sys

from infra.ending import alone, complain
from simulator.scenarios.errors import ScenarioError
from simulator.surroundings import leave_aside


def main() -> int:
    """Show every act and judge it."""
    leave_aside()
    from simulator.demo.acts import every_act  # noqa: PLC0415 - moto looks at the surroundings as it is imported
    from simulator.demo.show import console  # noqa: PLC0415

    out = console()
    try:
        failed = every_act(out)
    except ScenarioError as error:
        complain(error)
        return 2
    if failed:
        complain(f"not true: {'; '.join(failed)}")
        return 1
    out.print(
        "\nEverything above is true. Nothing was asked of any AWS account, and nothing is left running.\n"
        "Next: docs/deploying.md for an instance of your own, docs/scenarios.md for a story of your own."
    )
    return 0


if __name__ == "__main__":
    sys.exit(alone(main, __doc__))
