"""The jobs of the night that a story may pass over are those of the templates."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from infra.synthesis import cached_synthesis
from tests.end_to_end.begun import NIGHTLY
from tests.end_to_end.retention.lives import DELETING
from tests.support.synthesised import with_a_trail_of_reads, with_every_option

EVERY_DAY = " * * ? *)"


def started_daily(assembly: Path) -> Iterator[str]:
    """Yield what the schedules start, each of which is asserted to be a daily one's."""
    for template in assembly.glob("*.template.json"):
        resources = json.loads(template.read_text(encoding="utf-8"))["Resources"]
        for schedule in resources.values():
            if schedule["Type"] == "AWS::Scheduler::Schedule":
                what = schedule["Properties"]
                assert what["ScheduleExpression"].endswith(EVERY_DAY)
                function, _ = what["Target"]["Arn"]["Fn::GetAtt"]
                yield resources[function]["Properties"]["FunctionName"].removeprefix("local-steward-")


def test_what_sleeps_is_what_schedules_start_daily_under_some_policy(assembly: Path) -> None:
    # Applications are one council's; another's policy promises that profiles are compared and readers told of.
    applications = cached_synthesis(Path("policies/rhondda-cynon-taf.toml"))
    folders = (assembly, with_every_option(), applications, with_a_trail_of_reads())

    assert {job for folder in folders for job in started_daily(folder)} == NIGHTLY


def test_what_may_make_something_leave_is_among_it() -> None:
    assert DELETING < NIGHTLY
