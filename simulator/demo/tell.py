"""Replays the shipped story and takes the state at each checkpoint."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from simulator.demo.expectations import CHECKPOINTS, END, Evidence
from simulator.demo.statement import last_statement
from simulator.scenarios.lines import read_scenario
from simulator.scenarios.replay import Replay

STORY = Path("events/scenarios/stage-one-complaint.jsonl")


def tell(policy: Path, *, assembly: Path | None = None, until: datetime = END) -> Evidence:
    """Replay the story under that policy to a checkpoint; ``assembly`` stands in for the synthesized templates.

    Raises ``ScenarioError``.
    """
    with Replay.start(read_scenario(STORY), file=STORY, policy=policy, assembly=assembly) as replay:
        states = {}
        for moment in CHECKPOINTS:
            if moment <= until:
                replay.run_until(moment)
                states[moment] = replay.state()
        stated = last_statement(replay.world) if until == END else None
        return Evidence(states=states, timeline=replay.outcome().timeline, stated=stated)
