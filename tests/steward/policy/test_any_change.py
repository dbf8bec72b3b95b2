"""Whatever somebody does to a policy file, the check answers with findings, and what it lets pass can be deployed."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from steward.policy.checking.coverage import coverage_findings
from steward.policy.checking.findings import Finding, Severity
from steward.policy.checking.meaning import meaning_findings
from steward.policy.checking.notices import published
from steward.policy.checking.shape import shape_findings
from steward.policy.compiled import compile_policy
from steward.policy.model import Policy

RAW = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in Path("policies").glob("*.toml")}
GONE = object()

values = st.one_of(
    st.just(GONE),
    st.booleans(),
    st.integers(-5, 1300),
    st.floats(allow_nan=True),
    st.sampled_from(["", "x", "BAR-4", "SOM-8", "{", "{x}", "{0}", "en", "eu-west-2", "\u0175"]),
    st.dates(date(2000, 1, 1), date(2030, 1, 1)),
    st.just([]),
    st.just({}),
    st.just([1, "x", {}]),
    st.just({"months": 3}),
    st.just({"clauses": "x"}),
)


def places(node: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:  # noqa: ANN401
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        yield (*path, key)
        yield from places(child, (*path, key))


def changed(raw: dict[str, Any], place: tuple[str | int, ...], value: object) -> dict[str, Any]:
    raw = copy.deepcopy(raw)
    node: Any = raw
    for key in place[:-1]:
        node = node[key]
    if value is GONE:
        del node[place[-1]]
    else:
        node[place[-1]] = copy.deepcopy(value)
    return raw


def findings(raw: dict[str, Any]) -> list[Finding]:
    council = raw.get("council")
    prefix = council.get("clause_prefix") if isinstance(council, dict) else None
    notice = published().get(prefix) if isinstance(prefix, str) else None
    return [*shape_findings(raw), *meaning_findings(raw), *coverage_findings(raw, notice)]


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_change_anywhere_gives_findings_or_a_policy_that_can_be_deployed(data: st.DataObject) -> None:
    raw = RAW[data.draw(st.sampled_from(sorted(RAW)))]
    for _ in range(data.draw(st.integers(1, 2))):
        place = data.draw(st.sampled_from(list(places(raw))))
        raw = changed(raw, place, data.draw(values))
    found = findings(raw)
    assert all("\n" not in str(finding) for finding in found)
    if all(finding.severity is Severity.REMARK for finding in found):
        policy = msgspec.convert(raw, Policy)
        assert msgspec.json.decode(compile_policy(policy), type=Policy) == policy


@pytest.mark.parametrize("section", sorted(RAW["barnet"]))
@pytest.mark.parametrize("instead", [1, "x", [], {}, [1], {"x": 1}])
def test_a_section_of_the_wrong_kind_is_reported(section: str, instead: object) -> None:
    raw = {**RAW["barnet"], section: instead}
    assert any(finding.severity is Severity.ERROR for finding in findings(raw))


@pytest.mark.parametrize("section", sorted(RAW["barnet"]))
def test_a_section_that_is_left_out_is_reported_unless_nothing_depends_on_it(section: str) -> None:
    raw = {name: table for name, table in RAW["barnet"].items() if name != section}
    errors = [finding for finding in findings(raw) if finding.severity is Severity.ERROR]
    assert bool(errors) is (section not in {"channels", "subject_rights"})
