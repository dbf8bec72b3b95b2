"""A policy accounts for every clause of its council's notice."""

from __future__ import annotations

from pathlib import Path

import pytest

from steward.policy.checking.notices import Kind, all_clauses, clauses_of
from steward.policy.load import check

BARNET = Path("policies/barnet.toml").read_text(encoding="utf-8")


def found(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "policy.toml"
    path.write_text(text, encoding="utf-8")
    return [str(finding) for finding in check(path)]


def without_statement(clause: str) -> str:
    start = BARNET.rindex("[[", 0, BARNET.index(f'clause = "{clause}"'))
    end = BARNET.find("[[", start + 2)
    return BARNET[:start] + (BARNET[end:] if end > 0 else "")


def test_the_five_notices_are_known_clause_by_clause() -> None:
    counts = {prefix: len(clauses_of(prefix)) for prefix in ("BAR", "RBK", "SOM", "RCT", "POW")}
    assert counts == {"BAR": 13, "RBK": 8, "SOM": 9, "RCT": 8, "POW": 8}
    assert len({clause.id for clause in all_clauses()}) == len(all_clauses())
    assert sum(clause.kind is Kind.ENFORCE for clause in all_clauses()) == 32


@pytest.mark.parametrize("clause", [clause.id for clause in clauses_of("BAR").values() if clause.kind is Kind.DECLARE])
def test_a_clause_to_declare_that_is_left_out_is_reported(tmp_path: Path, clause: str) -> None:
    assert found(tmp_path, without_statement(clause)) == [
        f"declared: {clause} is missing: {clauses_of('BAR')[clause].promise}"
    ]


@pytest.mark.parametrize("clause", [clause.id for clause in clauses_of("BAR").values() if clause.kind is Kind.ENFORCE])
def test_a_clause_to_enforce_that_is_left_out_is_reported(tmp_path: Path, clause: str) -> None:
    fulfilled = f'"{clause}"' in BARNET.replace(f'clause = "{clause}"', "")
    text = BARNET.replace(f'"{clause}"', "") if fulfilled else without_statement(clause)
    text = text.replace("[, ", "[")
    expected = f"not_yet_enforced: no section fulfils {clause} and no reason is given why not: "
    assert expected + clauses_of("BAR")[clause].promise in found(tmp_path, text)


def test_a_clause_of_another_council_is_reported(tmp_path: Path) -> None:
    assert "payments.clauses: SOM-2 is no clause of this council's notice (BAR-1 to BAR-13)" in found(
        tmp_path, BARNET.replace('"BAR-8"', '"BAR-8", "SOM-2"')
    )


def test_a_clause_that_does_not_exist_is_reported(tmp_path: Path) -> None:
    lines = found(tmp_path, BARNET + '\n[[declared]]\nclause = "BAR-14"\ntext = "More."\n')
    assert lines == ["declared[4].clause: BAR-14 is no clause of this council's notice (BAR-1 to BAR-13)"]


def test_a_clause_that_can_be_enforced_cannot_be_declared_away(tmp_path: Path) -> None:
    lines = found(tmp_path, BARNET + '\n[[declared]]\nclause = "BAR-4"\ntext = "We mean to."\n')
    assert any(line.startswith("declared[4].clause: BAR-4 can be enforced") for line in lines)


def test_a_clause_that_can_only_be_declared_cannot_be_put_off(tmp_path: Path) -> None:
    text = without_statement("BAR-9") + '\n[[not_yet_enforced]]\nclause = "BAR-9"\ntext = "Later."\n'
    assert found(tmp_path, text) == ["not_yet_enforced[2].clause: BAR-9 can only be declared: move it to declared"]


def test_a_clause_cannot_be_fulfilled_and_put_off(tmp_path: Path) -> None:
    lines = found(tmp_path, BARNET + '\n[[not_yet_enforced]]\nclause = "BAR-8"\ntext = "Later."\n')
    assert lines == ["not_yet_enforced[2].clause: BAR-8 is fulfilled by payments.clauses: remove one of the two"]


def test_a_clause_declared_twice_is_reported(tmp_path: Path) -> None:
    lines = found(tmp_path, BARNET + '\n[[declared]]\nclause = "BAR-9"\ntext = "Again."\n')
    assert lines == ["declared[4].clause: BAR-9 is declared twice"]


def test_a_notice_that_is_not_known_is_remarked_not_refused(tmp_path: Path) -> None:
    text = BARNET.replace("BAR-", "XYZ-").replace('clause_prefix = "BAR"', 'clause_prefix = "XYZ"')
    assert found(tmp_path, text) == [
        (
            "council.clause_prefix: remark: no notice with the clauses XYZ-... is known: "
            "nothing checks that all are covered"
        )
    ]
