"""Whatever somebody hands in: findings or one line, never a traceback, never a hang."""

from __future__ import annotations

import copy
import json
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flowlint.command import check
from flowlint.errors import OldFormatError, UnreadableFlowError
from flowlint.lint import lint
from flowlint.output.graph import as_mermaid
from flowlint.output.machine import as_github, as_json, as_junit, as_sarif
from flowlint.output.text import line
from flowlint.reading.envelopes import contents_of
from tests.support.flows.builders import bye, document, say
from tests.support.flows.mutants import shipped

GOOD = json.dumps(document(say("hello", "gone")))

JUNK: list[object] = [None, True, 0, -1, 1.5, "", "\ud800", "$.", "$.Attributes.", "arn:", "${", "{{x}}", [], {}, [[]]]
JUNK += [
    "x" * 300,
    "\x00",
    "$.External.status",
    "paused",
    ["Agent", 7],
    [None],
    {"Value": None},
    {"a": {"b": [1]}},
    "🙂",
]

Spot = tuple[str | int, ...]


def spots(value: object, path: Spot = ()) -> Iterator[Spot]:
    yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from spots(inner, (*path, key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from spots(inner, (*path, place))


def at(value: Any, path: Spot) -> Any:  # noqa: ANN401 - any JSON
    for key in path:
        value = value[key]
    return value


def mutated(drawn: random.Random, flow: object) -> str:
    """Return a flow with one to five things replaced, removed or put elsewhere, now and then no longer JSON."""
    changed = copy.deepcopy(flow)
    places = [path for path in spots(flow) if path]
    for _ in range(drawn.choice((1, 1, 2, 5))):
        path = drawn.choice(places)
        try:
            holder = at(changed, path[:-1])
            match drawn.randrange(3):
                case 0:
                    holder[path[-1]] = drawn.choice(JUNK)
                case 1:
                    del holder[path[-1]]
                case _:
                    holder[path[-1]] = copy.deepcopy(at(changed, drawn.choice(places)))
        except (KeyError, IndexError, TypeError):
            continue
    text = json.dumps(changed)
    if drawn.random() < 0.1:
        place = drawn.randrange(len(text))
        noise = drawn.choice(("", '"', "{", "]", "NaN", "\ud800", "\\u", "9" * 5_000))
        text = text[:place] + noise + text[place + drawn.randrange(3) :]
    return text


def survives(text: str) -> None:
    refusal = ""
    contents = None
    try:
        contents = contents_of(text, source="flow.json")
    except UnreadableFlowError as error:
        refusal = str(error)
    except OldFormatError:
        return
    assert "\n" not in refusal
    if contents is None:
        return
    found = list(lint(contents.flows, aliases=contents.aliases))
    for written in (as_json(found), as_sarif(found, [], "1"), as_junit(found, ["flow.json"], []), *map(line, found)):
        written.encode("utf-8")
    for finding in found[:2]:
        as_github(finding).encode("utf-8")
        as_mermaid(finding, contents.flows).encode("utf-8")


def _fuzz(seed: int, rounds: int) -> None:
    drawn = random.Random(seed)  # noqa: S311 - no secret
    flows = [*shipped().values(), *shipped(keypad=False).values()]
    for _ in range(rounds):
        survives(mutated(drawn, drawn.choice(flows)))


def test_a_hundred_random_mutations_leave_no_traceback() -> None:
    _fuzz(seed=19, rounds=100)


@pytest.mark.prove
def test_ten_thousand_random_mutations_leave_no_traceback() -> None:
    _fuzz(seed=20, rounds=10_000)


NESTED = '{"Version": "2019-10-30", "StartAction": "a", "Actions": [{"Identifier": "a", "Type": "Wait", "Parameters": '


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"Version": NaN}', "line 1, column 13: not JSON: NaN is no JSON value"),
        ('{"Version": -Infinity}', "-Infinity is no JSON value"),
        ("[" * 1_000_000, "nested too deeply"),
        (NESTED + "[" * 300 + "]" * 300 + "}]}", "nested too deeply"),
        ('{"a": ' * 200 + "1" + "}" * 200, "nested too deeply"),
        ("\x00\x01", "not JSON"),
        ("just words", "not JSON"),
        ('"a text"', "not a contact flow"),
        ("9" * 5_000, "not a contact flow"),
        ("Resources:\n  Flow: &a [*a]\n", "not"),
        ("Resources:\n  a: b: c\n", "line 2, column 7: not YAML"),
        ("Resources: {" + "a: {" * 3_000, "not"),
    ],
)
def test_what_cannot_be_read_is_one_line_and_the_other_files_are_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, problem: str
) -> None:
    bad, good = tmp_path / "bad.json", tmp_path / "good.json"
    bad.write_text(text, encoding="utf-8")
    good.write_text(GOOD, encoding="utf-8")
    assert check([bad, good]) == 2
    out, err = capsys.readouterr()
    assert "[S102 missing-target]" in out
    [told] = err.splitlines()
    assert told.startswith(f"flowlint: {bad}: ")
    assert problem in told


def test_a_number_of_five_thousand_digits_in_a_parameter_is_read_past(tmp_path: Path) -> None:
    flow = GOOD.replace('"Parameters": {', '"Parameters": {"Digits": ' + "7" * 5_000 + ", ")
    path = tmp_path / "flow.json"
    path.write_text(flow, encoding="utf-8")
    assert check([path]) == 1


def test_half_a_surrogate_pair_is_shown_as_its_escape(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "flow.json"
    path.write_text(json.dumps(document(say("he\ud800llo", "gone"), bye("bye"))), encoding="utf-8")
    for output in ("text", "json", "sarif", "junit", "github"):
        assert check([path], output) == 1
        assert "ud800" in capsys.readouterr().out


def test_a_file_too_large_to_be_a_flow_is_not_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "huge.json"
    with path.open("wb") as file:
        file.truncate(2_000_001)
    assert check([path]) == 2
    assert "is no contact flow: is larger than 2,000,000 bytes" in capsys.readouterr().err


def test_the_largest_flow_that_connect_takes_is_read_in_a_moment() -> None:
    text = json.dumps(document(*(say(f"m{place}", f"m{place + 1}", "x" * 800) for place in range(249)), bye("m249")))
    begun = time.process_time()
    survives(text)
    assert time.process_time() - begun < 1.0


def test_a_terminal_that_knows_no_unicode_shows_escapes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "flow.json"
    path.write_text(json.dumps(document(say("croeso-ŵ", "gone"))), encoding="utf-8")
    monkeypatch.setattr(type(sys.stdout), "encoding", property(lambda _: "ascii"), raising=False)
    check([path])
    assert "croeso-\\u0175" in capsys.readouterr().out
