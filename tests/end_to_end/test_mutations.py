"""What is wrong in a template makes the demo fail: the embedded AWS is built from the templates and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from simulator.demo.expectations import DAY_AFTER, END, HELD, ORIGINALS_GONE, judge
from simulator.demo.tell import tell
from tests.end_to_end.conftest import BARNET, Mutate

Resources = dict[str, Any]

HELD_WHOLE = "Both legs of the transferred call are held, whole"
LOCKED = "Every copy is locked until 18 months after receipt"
ORIGINALS = "Every original leaves after its six months, to the day"
DISPOSED = "Every copy is disposed of on 12 November 2028"
CONTACT_RECORDS = "Contact records leave after 24 months"


def _event_pattern(_: Resources, controls: Resources) -> None:
    controls["ComplaintEventsRule"]["Properties"]["EventPattern"]["detail-type"] = ["Complaint logged"]


def _no_target(_: Resources, controls: Resources) -> None:
    controls["ComplaintEventsRule"]["Properties"]["Targets"] = []


def _no_permission_to_deliver(_: Resources, controls: Resources) -> None:
    del controls["HoldRequestsQueuePolicy"]


def _no_event_source(_: Resources, controls: Resources) -> None:
    del controls["PlaceHoldFeed"]


def _no_variable(_: Resources, controls: Resources) -> None:
    del controls["PlaceHoldFunction"]["Properties"]["Environment"]["Variables"]["REGISTER_TABLE"]


def _no_layer(_: Resources, controls: Resources) -> None:
    controls["PlaceHoldFunction"]["Properties"]["Layers"] = []


def _no_lock(stores: Resources, _: Resources) -> None:
    stores["LegalHoldBucket"]["Properties"]["ObjectLockEnabled"] = False


def _a_day_less(stores: Resources, _: Resources) -> None:
    stores["CallRecordingBucket"]["Properties"]["LifecycleConfiguration"]["Rules"][0]["ExpirationInDays"] -= 1


def _a_day_more(stores: Resources, _: Resources) -> None:
    stores["ChatTranscriptBucket"]["Properties"]["LifecycleConfiguration"]["Rules"][0]["ExpirationInDays"] += 1


def _only_one_prefix(stores: Resources, _: Resources) -> None:
    stores["CallRecordingBucket"]["Properties"]["LifecycleConfiguration"]["Rules"][0]["Prefix"] = "connect/"


def _markers_only(stores: Resources, _: Resources) -> None:
    del stores["CallRecordingBucket"]["Properties"]["LifecycleConfiguration"]["Rules"][0]["NoncurrentVersionExpiration"]


def _no_sweep(_: Resources, controls: Resources) -> None:
    controls["MaintainHoldsDailySchedule"]["Properties"]["State"] = "DISABLED"


def _only_every_fifth_week(_: Resources, controls: Resources) -> None:
    controls["MaintainHoldsDailySchedule"]["Properties"]["ScheduleExpression"] = "rate(35 days)"


def _records_a_month_less(stores: Resources, _: Resources) -> None:
    stores["ContactRecordBucket"]["Properties"]["LifecycleConfiguration"]["Rules"][0]["ExpirationInDays"] -= 31


MUTATIONS: list[tuple[Mutate, datetime, str]] = [
    (_event_pattern, HELD, HELD_WHOLE),
    (_no_target, HELD, HELD_WHOLE),
    (_no_permission_to_deliver, HELD, HELD_WHOLE),
    (_no_event_source, HELD, HELD_WHOLE),
    (_no_variable, HELD, HELD_WHOLE),
    (_no_layer, HELD, HELD_WHOLE),
    (_no_lock, HELD, LOCKED),
    (_a_day_less, ORIGINALS_GONE, ORIGINALS),
    (_a_day_more, ORIGINALS_GONE, ORIGINALS),
    (_only_one_prefix, ORIGINALS_GONE, ORIGINALS),
    (_markers_only, ORIGINALS_GONE, ORIGINALS),
    (_no_sweep, DAY_AFTER, DISPOSED),
    (_only_every_fifth_week, DAY_AFTER, DISPOSED),
    (_records_a_month_less, END, CONTACT_RECORDS),
]


@pytest.mark.prove
@pytest.mark.parametrize(
    ("change", "until", "broken"), [pytest.param(*one, id=one[0].__name__.strip("_")) for one in MUTATIONS]
)
def test_a_broken_template_makes_the_demo_fail(
    change: Mutate, until: datetime, broken: str, mutated: Callable[[Mutate], Path]
) -> None:
    problems = judge(tell(BARNET, assembly=mutated(change), until=until))
    assert problems[broken]


def test_a_rule_that_takes_no_complaint_and_a_store_that_keeps_a_day_longer_make_the_demo_fail(
    mutated: Callable[[Mutate], Path],
) -> None:
    """One thing is wrong around holds and one around periods: neither is what breaks the other's promise.

    A bucket without Object Lock would not be told beside them: where no hold is placed there is no copy to be locked.
    """

    def both(stores: Resources, controls: Resources) -> None:
        _event_pattern(stores, controls)
        _a_day_more(stores, controls)

    problems = judge(tell(BARNET, assembly=mutated(both), until=ORIGINALS_GONE))
    assert problems[HELD_WHOLE]
    assert problems[ORIGINALS]


def test_the_templates_as_they_are_make_the_demo_succeed_up_to_august(assembly: Path) -> None:
    problems = judge(tell(BARNET, assembly=assembly, until=ORIGINALS_GONE))
    assert {sentence: found for sentence, found in problems.items() if found} == {}
    assert {HELD_WHOLE, ORIGINALS} <= problems.keys()
