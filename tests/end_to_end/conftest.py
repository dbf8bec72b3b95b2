"""One synthesis for the whole run; a world for each story."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.synthesis import cached_synthesis
from simulator.aws.iam.permissions import REFUSED
from simulator.scenarios.results.output import Outcome
from simulator.scenarios.results.shapes import State
from tests.end_to_end.beginnings import Beginnings, Story
from tests.end_to_end.stories import Line

BARNET = Path("policies/barnet.toml")

Play = Callable[..., State]
Mutate = Callable[[dict[str, Any], dict[str, Any]], None]


@pytest.fixture(scope="session")
def assembly() -> Path:
    return cached_synthesis(BARNET)


@pytest.fixture(autouse=True)
def _iam_refuses_nothing(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail when a function, service or person met a refusal: function, action and resource are named."""
    yield
    refused = sorted({str(refusal) for refusal in REFUSED})
    REFUSED.clear()
    assert "mutated" in request.fixturenames or refused == []


@pytest.fixture(scope="module")
def beginnings() -> Iterator[Beginnings]:
    made = Beginnings()
    yield made
    made.close()


@pytest.fixture
def replay(request: pytest.FixtureRequest, beginnings: Beginnings, tmp_path: Path) -> Callable[..., Outcome]:
    """Return a function that replays lines and returns what came of them."""

    def run(lines: list[Line], *, policy: Path = BARNET, until: str | None = None) -> Outcome:
        path = tmp_path / "story.jsonl"
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        changed = "monkeypatch" in request.fixturenames
        return beginnings.play(Story.of(lines, policy, until), path, alone=changed)

    return run


@pytest.fixture
def play(replay: Callable[..., Outcome]) -> Play:
    """Return a function that replays lines and returns the state at the end."""

    def run(lines: list[Line], *, policy: Path = BARNET, until: str | None = None) -> State:
        return replay(lines, policy=policy, until=until).state

    return run


@pytest.fixture
def mutated(assembly: Path, tmp_path: Path) -> Callable[[Mutate], Path]:
    """Return a function that makes an assembly whose resources (the stores', the controls') are changed."""

    def make(change: Mutate) -> Path:
        folder = tmp_path / "mutated"
        folder.mkdir()
        templates: dict[str, dict[str, Any]] = {}
        for entry in assembly.iterdir():
            if entry.name.endswith(".template.json"):
                templates[entry.name] = json.loads(entry.read_text())
            else:
                (folder / entry.name).symlink_to(entry)
        [stores] = [found["Resources"] for name, found in templates.items() if "stores" in name]
        [controls] = [found["Resources"] for name, found in templates.items() if "controls" in name]
        change(stores, controls)
        for name, template in templates.items():
            (folder / name).write_text(json.dumps(template))
        return folder

    return make
