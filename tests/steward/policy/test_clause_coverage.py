"""A policy accounts for every clause of its council's notice."""

from __future__ import annotations

from pathlib import Path

import pytest

from steward.policy.checking.notices import Kind, published
from steward.policy.load import PolicyError, UnreadablePolicyError, check

BARNET = Path("policies/barnet.toml").read_text(encoding="utf-8")
BARNET_CLAUSES = published()["BAR"].by_id()


def found(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "policy.toml"
    path.write_text(text, encoding="utf-8")
    return [str(finding) for finding in check(path)]


def without_statement(clause: str) -> str:
    start = BARNET.rindex("[[", 0, BARNET.index(f'clause = "{clause}"'))
    end = BARNET.find("[[", start + 2)
    return BARNET[:start] + (BARNET[end:] if end > 0 else "")


def test_the_five_notices_are_known_clause_by_clause() -> None:
    counts = {prefix: len(notice.clauses) for prefix, notice in published().items()}
    assert counts == {"BAR": 13, "RBK": 8, "SOM": 9, "RCT": 8, "POW": 8}
    assert sum(clause.kind is Kind.ENFORCE for notice in published().values() for clause in notice.clauses) == 32


@pytest.mark.parametrize("clause", [clause.id for clause in BARNET_CLAUSES.values() if clause.kind is Kind.DECLARE])
def test_a_clause_to_declare_that_is_left_out_is_reported(tmp_path: Path, clause: str) -> None:
    assert found(tmp_path, without_statement(clause)) == [
        f"declared: {clause} is missing: {BARNET_CLAUSES[clause].text}"
    ]


@pytest.mark.parametrize("clause", [clause.id for clause in BARNET_CLAUSES.values() if clause.kind is Kind.ENFORCE])
def test_a_clause_to_enforce_that_is_left_out_is_reported(tmp_path: Path, clause: str) -> None:
    fulfilled = f'"{clause}"' in BARNET.replace(f'clause = "{clause}"', "")
    text = BARNET.replace(f'"{clause}"', "") if fulfilled else without_statement(clause)
    text = text.replace("[, ", "[")
    expected = f"not_yet_enforced: no section fulfils {clause} and no reason is given why not: "
    assert expected + BARNET_CLAUSES[clause].text in found(tmp_path, text)


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
    assert found(tmp_path, text) == ["not_yet_enforced[0].clause: BAR-9 can only be declared: move it to declared"]


def test_a_clause_cannot_be_fulfilled_and_put_off(tmp_path: Path) -> None:
    lines = found(tmp_path, BARNET + '\n[[not_yet_enforced]]\nclause = "BAR-8"\ntext = "Later."\n')
    assert lines == ["not_yet_enforced[0].clause: BAR-8 is fulfilled by payments.clauses: remove one of the two"]


def test_a_clause_declared_twice_is_reported(tmp_path: Path) -> None:
    lines = found(tmp_path, BARNET + '\n[[declared]]\nclause = "BAR-9"\ntext = "Again."\n')
    assert lines == ["declared[4].clause: BAR-9 is declared twice"]


def test_clauses_of_a_notice_that_nobody_knows_are_refused(tmp_path: Path) -> None:
    text = BARNET.replace("BAR-", "XYZ-").replace('clause_prefix = "BAR"', 'clause_prefix = "XYZ"')
    assert found(tmp_path, text) == [
        (
            "council.clause_prefix: no notice with the clauses XYZ-... is known: "
            "write them into notice.toml beside this file"
        )
    ]


NO_FIGURE = "is no figure of a policy, such as retention.call_recording.months"
ASH = """
council = "Ash District Council"
[[clauses]]
id = "ASH-1"
kind = "enforce"
text = "Calls are kept nine months"
figures = { "retention.call_recording.months" = 9 }
[[clauses]]
id = "ASH-2"
kind = "declare"
text = "A manager may listen"
"""


def of_ash(tmp_path: Path, *, notice: str = ASH, policy: str = "") -> list[str]:
    """Say what is wrong with Barnet's policy under another council's notice, but for what Barnet's clauses bring."""
    (tmp_path / "notice.toml").write_text(notice, encoding="utf-8")
    text = BARNET.replace('clause_prefix = "BAR"', 'clause_prefix = "ASH"') + policy
    return [line for line in found(tmp_path, text) if "BAR-" not in line]


def test_a_councils_own_notice_is_covered_as_strictly_as_a_published_one(tmp_path: Path) -> None:
    assert of_ash(tmp_path) == [
        "not_yet_enforced: no section fulfils ASH-1 and no reason is given why not: Calls are kept nine months",
        "declared: ASH-2 is missing: A manager may listen",
        "retention.call_recording.months: remark: 6 differs from the 9 that ASH-1 publishes",
    ]
    statement = '\n[[declared]]\nclause = "ASH-{}"\ntext = "So."\n'
    assert of_ash(tmp_path, policy=statement.format(1) + statement.format(3))[:2] == [
        "declared[5].clause: ASH-3 is no clause of this council's notice (ASH-1 to ASH-2)",
        "declared[4].clause: ASH-1 can be enforced, so a declaration is not enough: Calls are kept nine months",
    ]


def test_the_notice_beside_a_policy_is_the_one_that_it_answers_to(tmp_path: Path) -> None:
    (tmp_path / "notice.toml").write_text(ASH, encoding="utf-8")
    assert found(tmp_path, BARNET) == [
        'council.clause_prefix: "BAR" is not how the clauses in notice.toml beside this file begin: ASH-1'
    ]


@pytest.mark.parametrize(
    ("right", "wrong", "sentence"),
    [
        ('"enforce"', '"maybe"', 'clauses[0].kind: "maybe" is not one of declare, enforce'),
        ('"ASH-2"', '"ASH-1"', "clauses[0].id: ASH-1 is there 2 times"),
        ('"ASH-2"', '"OAK-2"', "clauses[1].id: OAK-2 does not begin with ASH- as the first does"),
        ("text = ", "words = ", "clauses[0].text: is missing"),
        (
            "retention.call_recording.months",
            "retention.calls.months",
            f"clauses[0].figures: retention.calls.months {NO_FIGURE}",
        ),
        (
            "retention.call_recording.months",
            "retention.call_recording.why",
            f"clauses[0].figures: retention.call_recording.why {NO_FIGURE}",
        ),
    ],
)
def test_a_wrong_notice_is_refused_with_its_file_and_place(
    tmp_path: Path, right: str, wrong: str, sentence: str
) -> None:
    with pytest.raises(PolicyError) as refused:
        of_ash(tmp_path, notice=ASH.replace(right, wrong))
    assert str(refused.value).splitlines()[0] == f"{tmp_path / 'notice.toml'}: {sentence}"


def test_a_notice_that_is_no_toml_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(UnreadablePolicyError, match=r"notice.toml, line 2: is no TOML"):
        of_ash(tmp_path, notice="council = 'Ash'\n[clauses\n")
