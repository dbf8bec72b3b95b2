"""Each rule finds its bad example and leaves its good one alone."""

from __future__ import annotations

import json
import re
import tomllib

import msgspec
import pytest

from flowlint.errors import OldFormatError
from flowlint.findings import Finding
from flowlint.lint import lint, old_format
from flowlint.output.pages import page
from flowlint.reading.envelopes import contents_of
from flowlint.rules.examples import EXAMPLES
from flowlint.rules.register import RULES
from flowlint.rules.rule import Rule
from flowlint.settings import Settings


def findings(flow: object, settings: str) -> list[Finding]:
    try:
        contents = contents_of(json.dumps(flow), source="flow.json")
    except OldFormatError:
        return [old_format("flow.json")]
    assert contents is not None
    return list(lint(contents.flows, msgspec.convert(tomllib.loads(settings), Settings)))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.code}-{rule.name}")
def test_a_rule_finds_its_bad_example_and_nothing_is_found_in_its_good_one(rule: Rule) -> None:
    example = EXAMPLES[rule.code]
    found = [each for each in findings(example.bad, example.settings) if each.code == rule.code]
    assert found
    assert {each.severity for each in found} == {rule.severity}
    assert [each for each in findings(example.good, example.settings) if each.severity != "note"] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_s_page_shows_what_it_is_why_it_matters_and_both_examples(rule: Rule) -> None:
    text = page(rule)
    assert text.startswith(f"# {rule.code} {rule.name}\n")
    assert rule.why in text
    shown = [json.loads(block) for block in re.findall(r"```json\n(.*?)\n```", text, re.DOTALL)]
    for flow, example in zip(shown, (EXAMPLES[rule.code].bad, EXAMPLES[rule.code].good), strict=True):
        assert flow == example or f"… and {len(example['Actions']) - 2} more actions." in text


def test_codes_and_names_are_each_used_once() -> None:
    assert len({rule.code for rule in RULES}) == len({rule.name for rule in RULES}) == len(RULES)
    assert EXAMPLES.keys() == {rule.code for rule in RULES}
