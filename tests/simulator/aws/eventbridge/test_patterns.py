from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.aws.eventbridge.patterns import InvalidPattern, compile_pattern

EVENT: dict[str, Any] = {
    "source": "aws.s3",
    "detail-type": "Object Created",
    "resources": ["arn:aws:s3:::recordings"],
    "detail": {
        "bucket": {"name": "recordings"},
        "object": {"key": "Connect/2026/01/call.WAV", "size": 1200, "sequencer": None},
        "flagged": True,
        "tags": [],
    },
}
MATCHING: list[dict[str, Any]] = [
    {},
    {"source": ["aws.s3"]},
    {"source": ["other", "aws.s3"]},
    {"resources": ["arn:aws:s3:::recordings"]},
    {"source": [{"prefix": "aws."}]},
    {"detail": {"object": {"key": [{"suffix": ".WAV"}]}}},
    {"detail": {"object": {"key": [{"suffix": {"equals-ignore-case": ".wav"}}]}}},
    {"detail": {"object": {"key": [{"prefix": {"equals-ignore-case": "connect/"}}]}}},
    {"detail": {"object": {"key": [{"wildcard": "Connect/*/call.*"}]}}},
    {"detail": {"object": {"size": [{"numeric": [">", 1000, "<=", 1200]}]}}},
    {"detail": {"object": {"sequencer": [None]}}},
    {"detail": {"flagged": [True]}},
    {"detail-type": [{"equals-ignore-case": "object created"}]},
    {"detail-type": [{"anything-but": "Object Deleted"}]},
    {"detail-type": [{"anything-but": ["Object Deleted", "Other"]}]},
    {"detail-type": [{"anything-but": {"prefix": "Other"}}]},
    {"detail-type": [{"anything-but": {"suffix": ["x", "y"]}}]},
    {"detail-type": [{"anything-but": {"equals-ignore-case": "OTHER"}}]},
    {"detail-type": [{"anything-but": {"wildcard": "*Deleted"}}]},
    {"detail": {"object": {"version-id": [{"exists": False}]}}},
    {"detail": {"reason": {"code": [{"exists": False}]}}},
    {"detail": {"object": {"key": [{"exists": True}]}}},
    {"$or": [{"source": ["other"]}, {"detail": {"flagged": [True]}}]},
    {"detail": {"$or": [{"bucket": {"name": ["x"]}}, {"object": {"size": [{"numeric": ["=", 1200]}]}}]}},
]
DIFFERENT: list[dict[str, Any]] = [
    {"source": ["aws.S3"]},
    {"missing": ["x"]},
    {"detail": {"object": {"key": [{"suffix": ".wav"}]}}},
    {"detail": {"object": {"size": [{"numeric": [">", 1200]}]}}},
    {"detail": {"object": {"size": ["1200"]}}},
    {"detail": {"object": {"sequencer": [{"exists": False}]}}},
    {"detail": {"object": [{"exists": True}]}},
    {"detail": {"tags": ["x"]}},
    {"detail": {"missing": [{"anything-but": "x"}]}},
    {"detail-type": [{"anything-but": {"suffix": ["x", "ted"]}}]},
    {"detail": {"object": {"key": [{"wildcard": "Connect/*/call"}]}}},
    {"source": ["aws.s3"], "detail": {"flagged": [False]}},
    {"$or": [{"source": ["other"]}, {"detail": {"flagged": [False]}}]},
]
REFUSED: list[dict[str, Any]] = [
    {"source": "aws.s3"},
    {"source": []},
    {"detail": {}},
    {"source": [{"sounds-like": "x"}]},
    {"source": [{"anything-but": {"sounds-like": "x"}}]},
    {"$or": [{"source": [{"sounds-like": "x"}]}]},
    {"source": [["aws.s3"]]},
    {"source": [{"prefix": "a", "suffix": "b"}]},
    {"size": [{"numeric": [">"]}]},
    {"size": [{"numeric": ["~", 1]}]},
]


@pytest.mark.parametrize("pattern", MATCHING, ids=str)
def test_a_pattern_matches_as_eventbridge_documents(pattern: dict[str, Any]) -> None:
    assert compile_pattern(pattern)(EVENT)


@pytest.mark.parametrize("pattern", DIFFERENT, ids=str)
def test_a_pattern_for_something_else_does_not_match(pattern: dict[str, Any]) -> None:
    assert not compile_pattern(pattern)(EVENT)


@pytest.mark.parametrize("pattern", REFUSED, ids=str)
def test_a_pattern_that_eventbridge_refuses_is_refused(pattern: dict[str, Any]) -> None:
    with pytest.raises(InvalidPattern):
        compile_pattern(pattern)


def test_an_unknown_operator_is_named() -> None:
    with pytest.raises(InvalidPattern, match="the pattern for 'source' uses the unknown operator 'sounds-like'"):
        compile_pattern({"source": [{"sounds-like": "x"}]})


@given(st.text(alphabet="ab*\\.", max_size=8))
def test_an_escaped_text_matches_itself_as_a_wildcard(text: str) -> None:
    escaped = text.replace("\\", "\\\\").replace("*", "\\*")
    assert compile_pattern({"key": [{"wildcard": escaped}]})({"key": text})


@given(st.text(max_size=5), st.text(max_size=5))
def test_a_value_is_either_equal_or_anything_but_that(value: str, wanted: str) -> None:
    equal = compile_pattern({"key": [wanted]})({"key": value})
    other = compile_pattern({"key": [{"anything-but": [wanted]}]})({"key": value})
    assert equal is not other


def test_fields_of_the_objects_of_an_array_are_found_in_any_one_of_them() -> None:
    """EventBridge's own engine, Event Ruler, README, "Arrays": the fields have to be those of one object."""
    matches = compile_pattern({"detail": {"findings": {"kind": ["key"], "state": ["new", "open"]}}})

    assert matches({"detail": {"findings": [{"kind": "bucket"}, {"kind": "key", "state": "new"}]}})
    assert not matches({"detail": {"findings": [{"kind": "key", "state": "old"}, {"kind": "bucket", "state": "new"}]}})
    assert not matches({"detail": {"findings": []}})
