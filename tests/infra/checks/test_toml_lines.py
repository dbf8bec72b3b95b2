"""Where a setting of a policy stands, and that ``steward check-policy`` says so."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from cli.main import run
from cli.policy.check_policy import check_policy
from infra.checks.toml_lines import line_of, lines_of

TEXT = '''# a comment
[council]
name = "Barnet"

[retention.call_recording]
months = 6
why = """
[not.a.table]
months = 7
"""
"quoted name".deep = { inner = [1, 2] }

[[declared]]
clause = "a"

[[declared]]
clauses = [
  "b",
  "c", # [neither]
]

[declared.more]
x = 1
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("council", 2),
        ("council.name", 3),
        ("retention", 5),
        ("retention.call_recording", 5),
        ("retention.call_recording.months", 6),
        ("retention.call_recording.why", 7),
        ("retention.call_recording.quoted name.deep.inner[1]", 11),
        ("declared", 13),
        ("declared[0].clause", 14),
        ("declared[1]", 16),
        ("declared[1].clauses[1]", 17),
        ("declared[1].more.x", 23),
    ],
)
def test_a_setting_is_found_on_its_line(path: str, line: int) -> None:
    assert line_of(lines_of(TEXT), path) == line


@pytest.mark.parametrize(
    ("path", "line"), [("council.slug", 2), ("declared[1].clause.id", 16), ("holds", None), ("retention.x.months", 5)]
)
def test_what_is_missing_has_the_line_of_the_table_around_it(path: str, line: int | None) -> None:
    assert line_of(lines_of(TEXT), path) == line


@pytest.mark.parametrize("policy", sorted(Path("policies").glob("*.toml")), ids=lambda path: path.stem)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_every_setting_of_a_policy_has_a_line_that_names_it(policy: Path, newline: str) -> None:
    text = policy.read_text(encoding="utf-8").replace("\n", newline)
    lines, places = text.split("\n"), lines_of(text)

    def settings(prefix: str, value: object) -> list[str]:
        if isinstance(value, dict):
            return [one for name, inner in value.items() for one in settings(f"{prefix}.{name}".lstrip("."), inner)]
        if isinstance(value, list) and value and isinstance(value[0], dict):
            return [one for index, inner in enumerate(value) for one in settings(f"{prefix}[{index}]", inner)]
        return [prefix]

    for path in settings("", tomllib.loads(text)):
        assert path.rsplit(".", 1)[-1] in lines[places[path] - 1], path


def test_a_finding_names_file_line_and_path(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "policy.toml"
    lines = Path("policies/barnet.toml").read_text(encoding="utf-8").split("\n")
    wrong = lines.index("[retention.call_recording]") + 1
    lines.insert(wrong, "colour = 1")
    path.write_text("\n".join(lines), encoding="utf-8")

    assert check_policy(path) == 1

    assert capsys.readouterr().out.startswith(
        f"{path}, line {wrong + 1}: retention.call_recording.colour: unknown key; "
    )


def test_findings_as_json_have_their_line_and_their_path(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "policy.toml"
    shipped = Path("policies/barnet.toml").read_text(encoding="utf-8")
    path.write_text(shipped.replace("[retention.call_recording]\nmonths = 6", "[retention.call_recording]\nmonths = 0"))
    assert run(["check-policy", str(path), "--format", "json"]) == 1
    [row] = [one for one in json.loads(capsys.readouterr().out) if one["severity"] == "error"]
    line = path.read_text(encoding="utf-8").splitlines().index("months = 0") + 1
    assert (row["file"], row["line"], row["path"]) == (str(path), line, "retention.call_recording.months")
