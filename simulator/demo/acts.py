"""What the demonstration shows, in order."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.text import Text

from simulator.calls.act import telephone_calls
from simulator.demo.beside import beside
from simulator.demo.people import REQUESTS, peoples_rights
from simulator.demo.people import tell as tell_request
from simulator.demo.show import show_outcome, show_story, show_verdict
from simulator.demo.statement import show_statement
from simulator.demo.tell import tell
from simulator.scenarios.replay import synthesized

POLICY = Path("policies/barnet.toml")


def every_act(out: Console) -> list[str]:
    """Show what steward does and return the sentences that ought to be true and are not. Raises ``ScenarioError``.

    While the long story is told, the requests of people are, in a process of their own.
    """
    synthesized(POLICY)
    with beside(tell_request, REQUESTS) as told:
        return [*stage_one_complaint(out), *telephone_calls(out), *peoples_rights(out, told)]


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
