"""The telephone act of the demonstration: calls through the deployed flows, and whether what they claim is true."""

from __future__ import annotations

from datetime import UTC, datetime
from textwrap import shorten
from typing import TYPE_CHECKING, Final

from rich.text import Text

from infra.config import ROOT
from infra.synthesis import cached_synthesis
from simulator.aws.account.start import embedded_aws
from simulator.calls.stories import Story, stories
from simulator.calls.switchboard import Switchboard
from simulator.scenarios.determinism import seeded
from steward.clock import LONDON

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

POLICY: Final = ROOT / "policies" / "barnet.toml"
MORNING: Final = datetime(2027, 1, 11, 9, tzinfo=UTC)
LONGEST_LINE: Final = 110


def telephone_calls(out: Console, policy: Path = POLICY) -> list[str]:
    """Make the calls, show each, and return the claims that do not hold.

    What was said once is not shown again: every caller hears the same notice. Raises RefusalError for a policy that
    cannot be deployed.
    """
    out.print(Text("\nTelephone calls through the deployed contact flows", style="bold"))
    failed: list[str] = []
    shown: set[str] = set()
    with seeded(), embedded_aws(cached_synthesis(policy), MORNING) as world:
        for story in stories(world, Switchboard(world)):
            _show(out, story, shown)
            failed += [f"{story.title}: {claim}" for claim, holds in story.claims if not holds]
    return failed


def _show(out: Console, story: Story, shown: set[str]) -> None:
    out.print(Text(f"\n{story.title}", style="bold"))
    for line in story.lines:
        if line.text not in shown:
            text = shorten(line.text, LONGEST_LINE, placeholder=" ...")
            out.print(f"  {line.at.astimezone(LONDON):%H:%M:%S}  {text}")
        shown.add(line.text)
    for claim, holds in story.claims:
        out.print(f"  {'true  ' if holds else 'FAILED'}  {claim}", style="" if holds else "red")
