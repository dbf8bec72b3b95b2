"""The rules of the own bus: some rule takes whatever is put there, and those for the rest take nothing else's."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.controls.holds.unmatched import kinds_taken
from infra.refusal import RefusalError
from simulator.aws.eventbridge.patterns import compile_pattern
from steward.names import OUTGOING_EVENTS, UNMATCHED

Resources = dict[str, Any]


def own_rules(controls: Resources) -> dict[str, Any]:
    return {
        name: resource["Properties"]
        for name, resource in controls.items()
        if resource["Type"] == "AWS::Events::Rule" and "EventBusName" in resource["Properties"]
    }


@given(
    source=st.sampled_from(["steward.complaints", "steward.rights", "steward.flags", "aws.s3"]) | st.text(max_size=20),
    kind=st.sampled_from(["Complaint Logged", "complaint logged", "Hold Released", "Deadline Near"])
    | st.text(max_size=20),
)
def test_every_event_is_taken_by_its_rule_or_by_one_for_the_rest(controls: Resources, source: str, kind: str) -> None:
    event = {"source": source, "detail-type": kind, "detail": {}}
    taking = [rule for rule in own_rules(controls).values() if compile_pattern(rule["EventPattern"])(event)]

    assert len(taking) == (0 if kind in OUTGOING_EVENTS.get(source, ()) else 1)


def test_what_no_other_rule_takes_reaches_the_function_that_refuses_and_tells(controls: Resources) -> None:
    rest = [rule for rule in own_rules(controls).values() if UNMATCHED in str(rule.get("Name"))]

    assert {rule["Name"] for rule in rest} == {
        "local-steward-unmatched-complaints",
        "local-steward-unmatched-rights",
        "local-steward-unmatched-sources",
    }
    for rule in rest:
        [target] = rule["Targets"]
        assert target["Arn"] == {"Fn::GetAtt": ["HoldRequestsQueue", "Arn"]}
        assert target["DeadLetterConfig"]["Arn"] == {"Fn::GetAtt": ["UndeliveredEventsQueue", "Arn"]}


def test_rules_of_one_source_add_up_and_one_without_a_detail_type_takes_all() -> None:
    kinds = kinds_taken(
        [
            {"source": ["a"], "detail-type": ["One"]},
            {"source": ["a", "b"], "detail-type": ["Two"]},
            {"source": ["b"]},
        ]
    )
    assert (kinds["a"], kinds["b"]) == ({"One", "Two"}, None)


@pytest.mark.parametrize(
    "pattern",
    [
        {"detail-type": ["One"]},
        {"source": ["a"], "detail": {"case": ["C-1"]}},
        {"source": [{"prefix": "a"}]},
        {"source": ["a"], "detail-type": [{"prefix": "One"}]},
    ],
)
def test_a_rule_whose_rest_cannot_be_written_is_refused_by_the_synthesis(pattern: dict[str, Any]) -> None:
    with pytest.raises(RefusalError, match="source and detail type"):
        kinds_taken([pattern])
