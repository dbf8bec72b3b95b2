"""A function whose environment is not complete says so in one sentence, and says it before it does anything."""

from __future__ import annotations

import pytest

from steward.ids import RecordClass
from steward.settings import Environment, MissingSetting, UnreadableSetting, read


class Example(Environment, frozen=True, kw_only=True):
    """An environment."""

    hold_bucket: str
    record_buckets: dict[RecordClass, str]
    most: int = 3


WHOLE = {"HOLD_BUCKET": "held", "RECORD_BUCKETS": '{"call_recording": "calls"}', "ANOTHER": "x"}


def test_an_environment_is_read_as_its_model_has_it() -> None:
    expected = Example(hold_bucket="held", record_buckets={RecordClass.CALL_RECORDING: "calls"})
    assert read(Example, WHOLE) == expected
    assert read(Example, WHOLE | {"MOST": "5"}).most == 5


def test_text_is_taken_as_it_stands() -> None:
    assert read(Example, WHOLE | {"HOLD_BUCKET": '"held" 1'}).hold_bucket == '"held" 1'


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        (WHOLE | {"HOLD_BUCKET": ""}, "the environment variable HOLD_BUCKET is not set"),
        ({}, "the environment variables HOLD_BUCKET and RECORD_BUCKETS are not set"),
    ],
)
def test_what_is_missing_is_named_in_one_sentence(variables: dict[str, str], sentence: str) -> None:
    with pytest.raises(MissingSetting) as told:
        read(Example, variables)
    assert str(told.value) == sentence


@pytest.mark.parametrize("value", ["calls", '{"no class": "calls"}', '["calls"]'])
def test_what_cannot_be_read_is_named_and_not_quoted(value: str) -> None:
    with pytest.raises(UnreadableSetting, match="the environment variable RECORD_BUCKETS is not what") as told:
        read(Example, WHOLE | {"RECORD_BUCKETS": value})
    assert "no class" not in str(told.value)
