"""A council whose own system lets two people agree: "Hold Released" answers for both (``holds.release_by``)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from infra.config import cdk_context, choose
from infra.synthesis import synthesize
from simulator.aws.iam.policies.deployed import DeployedPolicies
from simulator.aws.iam.policies.evaluator import decide
from simulator.aws.iam.policies.statements import Need
from simulator.scenarios.lines import read_scenario
from simulator.scenarios.quiet_nights import quiet_world
from simulator.scenarios.replay import Replay
from simulator.scenarios.results.shapes import State
from tests.end_to_end.conftest import BARNET, Play
from tests.end_to_end.permissions.forbidden import role, with_right_to_everything
from tests.end_to_end.stories import Line, call, logged, own_event, recording_key, wait

START = "2027-02-28T09:00:00"
HELD = [*call("a1", START), logged("2027-02-28T12:00:00", "C-1", ["a1"], received_on="2027-02-09")]
ASKED = "2027-03-01T12:00:00"
DETAIL = {"case": "C-1", "why": "withdrawn", "requested_by": "a.officer", "approved_by": "b.manager"}


pytestmark = pytest.mark.prove

Tell = Callable[[list[Line]], State]


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a policy that leaves releases to the case system, and its templates, with that system's principal."""
    folder = tmp_path_factory.mktemp("case-system")
    policy, marked = folder / "barnet.toml", "\n[holds.reasons.complaint]\n"
    text = BARNET.read_text()
    assert marked in text
    policy.write_text(text.replace(marked, f'\n[holds]\nrelease_by = "case_system"\n{marked}'))
    local = choose(cdk_context(), "local")
    principal = f"arn:aws:iam::{local.environment.account}:role/case-system"
    deployment = replace(local, environment=replace(local.environment, case_system_principal=principal))
    return policy, synthesize(deployment, policy, folder / "assembly")


@pytest.fixture(scope="module")
def bus(deployed: tuple[Path, Path]) -> tuple[DeployedPolicies, str]:
    """Return the policies of that deployment, and the bus among what they are of."""
    with quiet_world(deployed[1], datetime(2027, 1, 1, tzinfo=UTC)) as world:
        [arn] = [one.identity.attributes["Arn"] for one in world.resources if one.declaration.logical_id == "Bus"]
        return world.permissions.policies, str(arn)


def _about(source: str, kind: str) -> tuple[tuple[str, str], ...]:
    return (("events:source", source), ("events:detail-type", kind))


RELEASED, CASES, RIGHTS = "Hold Released", "steward.complaints", "steward.rights"


@pytest.mark.parametrize(
    ("name", "source", "kind", "allowed"),
    [
        ("case-system", CASES, RELEASED, True),
        ("case-system", CASES, "Complaint Logged", True),
        ("case-system", RIGHTS, "Match Decided", True),
        ("case-system", "somebody.else", RELEASED, False),
        ("case-system-2", CASES, RELEASED, False),
        ("local-steward-complaints-officer", CASES, "Complaint Logged", True),
        ("local-steward-complaints-officer", CASES, RELEASED, False),
        ("local-steward-platform-engineer", CASES, RELEASED, False),
        ("local-steward-place-hold", CASES, RELEASED, False),
        ("administrator", CASES, RELEASED, False),
    ],
)
def test_only_the_principal_that_the_environment_names_speaks_as_the_case_system(
    bus: tuple[DeployedPolicies, str], name: str, source: str, kind: str, *, allowed: bool
) -> None:
    """Whatever the others' own policies allow them: an Allow restricts nobody in the same account."""
    policies, arn = bus
    able = policies if name == "case-system" else with_right_to_everything(policies, name)
    need = Need(role(policies, name), "events:PutEvents", arn, _about(source, kind))
    assert decide(need, able).allowed is allowed


@pytest.fixture
def tell(deployed: tuple[Path, Path], tmp_path: Path) -> Tell:
    """Return a function that plays a story where the case system answers for two people."""
    policy, assembly = deployed

    def run(lines: list[Line]) -> State:
        path = tmp_path / "story.jsonl"
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        story = read_scenario(path)
        with Replay.start(story, file=path, policy=policy, assembly=assembly) as running:
            running.run_until(story[-1].at)
            return running.state()

    return run


def copies(state: State) -> list[str]:
    return [found.key for found in state.stores["legal_hold"].objects]


def test_an_event_that_answers_for_two_people_releases_after_the_days_of_grace(tell: Tell) -> None:
    story = [*HELD, own_event(ASKED, "Hold Released", DETAIL)]

    agreed = tell([*story, wait("2027-03-08T11:00:00")])
    assert [(row.by, row.decision, row.outcome) for row in agreed.decisions] == [
        ("case-system/a.officer", "request", "asked"),
        ("case-system/b.manager", "approve", "decided"),
    ]
    assert [hold.status for hold in agreed.holds] == ["held"]
    assert copies(agreed)

    gone = tell([*story, wait("2027-03-10T12:00:00")])
    assert [hold.status for hold in gone.holds] == ["released"]
    assert copies(gone) == []
    assert [one.key for one in gone.stores["call_recording"].objects] == [recording_key("a1", START)]
    assert gone.dead_letters == []


def test_a_flag_in_the_days_of_grace_brings_it_back(tell: Tell) -> None:
    again = logged("2027-03-04T12:00:00", "C-1", ["a1"])
    state = tell([*HELD, own_event(ASKED, "Hold Released", DETAIL), again, wait("2027-03-14T12:00:00")])

    assert [hold.status for hold in state.holds] == ["held"]
    assert "Held again: case C-1" in [one.subject for one in state.notifications]


WRONG: list[dict[str, object]] = [
    {"approved_by": None},
    {"approved_by": "a.officer"},
    {"approved_by": "A.Officer@council.example"},
    {"approved_by": "a\u200b.officer"},
    {"contact_ids": []},
    {"why": ""},
]


def test_one_person_or_a_missing_field_releases_nothing_and_is_told(tell: Tell) -> None:
    events = [
        own_event(f"2027-03-0{day}T12:00:00", "Hold Released", {**DETAIL, **wrong})
        for day, wrong in enumerate(WRONG, start=1)
    ]
    state = tell([*HELD, *events, wait("2027-03-20T12:00:00")])

    assert [hold.status for hold in state.holds] == ["held"]
    assert copies(state)
    assert len(state.dead_letters) == len(WRONG)
    assert len([one for one in state.notifications if "refused" in (one.subject or "")]) == len(WRONG)
    assert not [row for row in state.decisions if row.outcome == "decided"]


def test_the_same_event_under_the_default_policy_only_asks(play: Play) -> None:
    state = play([*HELD, own_event(ASKED, "Hold Released", DETAIL), wait("2027-03-14T12:00:00")])

    assert [(row.decision, row.outcome) for row in state.decisions] == [("request", "asked")]
    assert [hold.status for hold in state.holds] == ["held"]
