"""The two requests that the demonstration tells of come to what it claims, and not without what it shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.demo.people import REQUESTS, Request, tell
from tests.end_to_end.mutations.removals import removals, without

pytestmark = pytest.mark.prove


@pytest.mark.parametrize("one", REQUESTS, ids=[one.scenario for one in REQUESTS])
def test_every_claim_holds(one: Request, assembly: Path) -> None:
    claims = list(one.claims(tell(one, assembly=assembly)))
    assert len(claims) >= 5
    assert [claim for claim, holds in claims if not holds] == []


@pytest.mark.parametrize(
    ("one", "resource", "fallen"),
    [
        (REQUESTS[0], "WatchRequestsDaily", "That the deadline was missed"),
        (REQUESTS[1], "ReplayErasuresDaily", "It goes by itself"),
    ],
    ids=["the nightly watch", "the nightly look"],
)
def test_a_claim_falls_without_the_schedule_behind_it(
    one: Request, resource: str, fallen: str, assembly: Path, tmp_path: Path
) -> None:
    [gone] = [
        removal
        for removal in removals(assembly)
        if removal.kind == "AWS::Scheduler::Schedule" and resource.lower() in str(removal).lower()
    ]
    claims = one.claims(tell(one, assembly=without(assembly, gone, tmp_path / "mutant")))
    assert [claim for claim, holds in claims if not holds and claim.startswith(fallen)]
