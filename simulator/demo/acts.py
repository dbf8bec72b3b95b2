"""What the demonstration shows, in order."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.text import Text

from simulator.calls.act import telephone_calls
from simulator.demo.people import peoples_rights
from simulator.demo.show import show_outcome, show_story, show_verdict
from simulator.demo.statement import show_statement
from simulator.demo.tell import tell

POLICY = Path("policies/barnet.toml")

Act = Callable[[Console], list[str]]
"""Shows one thing that steward does and returns the sentences that ought to be true and are not."""


def stage_one_complaint(out: Console) -> list[str]:
    """Tell of a complaint, from the call to the end of its hold."""
    out.print(Text("A Stage One complaint, from the call to the end of its hold", style="bold"))
    with out.status("Two years and two months pass on the embedded AWS; this takes some seconds"):
        evidence = tell(POLICY)
    show_story(out, evidence)
    show_outcome(out, evidence)
    problems = show_verdict(out, evidence)
    show_statement(out, evidence.stated)
    return problems


ACTS: tuple[Act, ...] = (stage_one_complaint, telephone_calls, peoples_rights)
