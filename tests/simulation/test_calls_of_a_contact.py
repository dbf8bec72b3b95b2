"""What a contact costs is what it cost at the baseline, call by call."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.figures import regressions
from bench.spending.calls import CallsAndCost


@pytest.mark.prove
def test_no_story_of_a_contact_makes_other_calls_than_at_the_baseline() -> None:
    baseline = json.loads(Path("bench/baseline.json").read_text(encoding="utf-8"))
    assert regressions(list(CallsAndCost().figures(lambda _: None)), baseline) == []
