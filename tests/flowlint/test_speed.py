"""States are merged, so what a flow costs grows with its actions and not with its ways."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path

from flowlint.document import Flow, parse_flow
from flowlint.lint import lint_flow
from flowlint.reading.files import read_flow
from tests.support.flows.builders import Json, attributes, bye, compare, document, enter_card, invoke, record, say

SECONDS = 1.0
"""What a flow of 250 actions may take on any machine; it takes a fifth of that on an old one."""


def seconds_for(flow: Flow) -> float:
    begun = time.process_time()
    lint_flow(flow)
    return time.process_time() - begun


def flow(*actions: Json) -> Flow:
    return parse_flow(json.dumps(document(*actions)), source="flow.json")


def test_a_menu_with_fourteen_status_attributes_is_checked_in_a_moment() -> None:
    number = 14
    onward = [*(f"menu{place}" for place in range(number)), "check0"]
    checks = [*(f"check{place}" for place in range(number)), "card"]
    actions = [
        step
        for place in range(number)
        for step in (
            compare(f"menu{place}", onward[place + 1], "$.Attributes.choice", yes=f"pause{place}"),
            invoke(f"pause{place}", f"keep{place}", "bye", operation="pause"),
            attributes(f"keep{place}", onward[place + 1], "bye", **{f"status{place}": "$.External.status"}),
        )
    ]
    actions += [
        compare(f"check{place}", "bye", f"$.Attributes.status{place}", paused=checks[place + 1])
        for place in range(number)
    ]
    assert seconds_for(flow(*actions, enter_card("card", "bye", "bye"), bye())) < SECONDS


def test_two_hundred_and_fifty_actions_in_a_tangle_are_checked_in_a_moment() -> None:
    drawn = random.Random(19)  # noqa: S311 - no secret

    def step(place: int) -> Json:
        to, other = (f"a{drawn.randrange(249)}" for _ in range(2))
        kinds = (
            lambda: compare(f"a{place}", to, f"$.Attributes.s{place % 14}", paused=other),
            lambda: invoke(f"a{place}", to, other, operation="pause"),
            lambda: invoke(f"a{place}", to, other, operation="resume"),
            lambda: attributes(f"a{place}", to, other, **{f"s{place % 14}": "$.External.status"}),
            lambda: record(f"a{place}", to, "Agent"),
            lambda: record(f"a{place}", to),
            lambda: enter_card(f"a{place}", to, other),
            lambda: say(f"a{place}", to),
        )
        return drawn.choice(kinds)()

    assert seconds_for(flow(*(step(place) for place in range(249)), bye())) < SECONDS


def test_three_hundred_actions_in_a_row_are_checked_in_a_moment() -> None:
    assert seconds_for(read_flow(Path(__file__).parent / "cases" / "three-hundred-actions.json")) < SECONDS
