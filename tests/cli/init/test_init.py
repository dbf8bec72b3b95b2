"""``steward init`` writes a folder that is complete but for what only the council can say."""

from __future__ import annotations

import errno
import json
import os
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from msgspec import inspect

from cli.init.naming import prefix_of, slug_of
from cli.main import run
from cli.policy.schema import SCHEMAS, schema_text
from infra.config import CONTEXT_KEY, ROOT, Environment, choose
from steward.policy.load import Severity, check, load_policy
from steward.policy.messaging import Messaging
from steward.policy.model import Policy
from tests.support.council_answers import answer

INSTANCE = "arn:aws:connect:eu-west-2:111122223333:instance/8c1b4f1e-2d3a-4b5c-9d6e-7f8091a2b3c4"


@pytest.fixture
def ash(tmp_path: Path) -> Path:
    folder = tmp_path / "ash"
    assert run(["init", str(folder), "--council", "Ash District Council"]) == 0
    return folder


def test_the_folder_has_what_a_council_needs(ash: Path) -> None:
    assert {str(path.relative_to(ash)) for path in ash.rglob("*") if path.is_file()} == {
        ".gitignore",
        "README.md",
        "environments.toml",
        "notice.toml",
        "policy.toml",
        "pipeline/steward.yml",
        *(f".schemas/{name}.schema.json" for name in ("policy", "environments", "notice")),
        *(f".schemas/events/{path.name}" for path in (ROOT / "events" / "schemas").glob("*.json")),
        *(f"examples/{name}/{file}.toml" for name in ("barnet", "powys", "somerset") for file in ("policy", "notice")),
    }
    words = "\n".join(path.read_text(encoding="utf-8") for path in ash.rglob("*") if path.is_file())
    assert "Ash District Council" in words
    assert not re.search(r"@[A-Z_]+@", words)


def test_it_names_the_files_that_a_person_writes_in_and_how_much_each_asks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "ash"
    assert run(["init", str(folder), "--council", "Ash District Council"]) == 0
    _, said = capsys.readouterr().out.split("What you write in:\n")
    rows = [line.split() for line in said.split("Read notice.toml")[0].splitlines()]
    assert [row[0] for row in rows] == ["notice.toml", "policy.toml", "environments.toml", "pipeline/steward.yml"]
    for row in rows:
        asked = (folder / row[0]).read_text(encoding="utf-8").count("# QUESTION:")
        assert row[-2:] == [f"({asked}", f"question{'' if asked == 1 else 's'})"] or not asked
    files = {path.name for path in folder.iterdir() if not path.name.startswith(".")}
    assert files == {"README.md", "environments.toml", "examples", "notice.toml", "pipeline", "policy.toml"}


def test_the_commands_that_it_prints_work_from_where_it_was_called(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["init", "ash", "--council", "Ash District Council"]) == 0
    said = [line.split() for line in capsys.readouterr().out.splitlines() if line.startswith("  ")]
    [program] = [words[0] for words in said if "check-policy" in words]
    [checkout] = [words[2] for words in said if words[:2] == ["make", "-C"]]
    assert (tmp_path / program).resolve() == ROOT / "steward"
    assert (tmp_path / checkout).resolve() == ROOT
    monkeypatch.chdir(ROOT)
    assert run(["init", str(tmp_path / "elm"), "--council", "Elm District Council"]) == 0
    said = [line.split() for line in capsys.readouterr().out.splitlines() if line.startswith("  ")]
    assert [words[0] for words in said[-2:]] == ["./steward", "make"]
    assert "-C" not in said[-1]


def test_without_answers_every_question_that_only_the_council_can_answer_is_named(ash: Path) -> None:
    assert [str(finding) for finding in check(ash / "policy.toml")] == [
        "holds.reasons.complaint.months: is missing: say for how many months complaint is kept",
        "retention.call_recording.months: is missing: say for how many months call_recording is kept",
        "retention.chat_transcript.months: is missing: say for how many months chat_transcript is kept",
    ]


def test_with_its_answers_the_policy_covers_its_notice(ash: Path) -> None:
    answer(ash, calls=9, chat=3, complaints=24)
    assert check(ash / "policy.toml") == []
    policy = load_policy(ash / "policy.toml")
    assert {one.value: period.months for one, period in policy.retention.items()} == {
        "call_recording": 9,
        "chat_transcript": 3,
        "attachment": 3,
        "evaluation": 6,
        "contact_record": 24,
    }
    assert policy.messaging is None
    assert (policy.council.slug, policy.council.clause_prefix) == ("ash", "ASH")


def test_a_clause_that_nothing_answers_to_is_refused_by_its_id(ash: Path) -> None:
    answer(ash, calls=9, chat=3, complaints=24)
    notice = ash / "notice.toml"
    more = '\n[[clauses]]\nid = "ASH-8"\nkind = "enforce"\ntext = "E-mails are kept for a year"\n'
    notice.write_text(notice.read_text(encoding="utf-8") + more, encoding="utf-8")
    assert [str(finding) for finding in check(ash / "policy.toml")] == [
        "not_yet_enforced: no section fulfils ASH-8 and no reason is given why not: E-mails are kept for a year"
    ]


def test_nothing_that_is_there_is_overwritten(ash: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer(ash, calls=9, chat=3, complaints=24)
    before = {path: path.read_bytes() for path in ash.rglob("*") if path.is_file()}
    (ash / "README.md").unlink()
    capsys.readouterr()
    assert run(["init", str(ash), "--council", "Ash District Council"]) == 2
    assert capsys.readouterr().err == f"steward: {ash}/environments.toml is there already; nothing was written\n"
    del before[ash / "README.md"]
    assert {path: path.read_bytes() for path in ash.rglob("*") if path.is_file()} == before


def test_the_entry_for_trying_out_is_whole_and_the_live_one_asks_for_its_instance(
    ash: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STEWARD_CONFIG", str(ash))
    entries = tomllib.loads((ash / "environments.toml").read_text(encoding="utf-8"))
    assert choose({CONTEXT_KEY: entries}, "local").policy_path == ash / "policy.toml"
    with pytest.raises(Exception, match=r"live: instance_arn: is empty; write the ARN of the Amazon Connect instance"):
        choose({CONTEXT_KEY: entries}, "live")


def test_every_key_of_an_entry_is_explained_where_it_stands(ash: Path) -> None:
    text = (ash / "environments.toml").read_text(encoding="utf-8")
    for key in _keys(Environment):
        assert re.search(rf"^(# )?(\[.*)?(by = \"keypad\": )?{key}\b", text, re.MULTILINE) or f".{key}" in text, key


def test_every_key_that_is_left_out_can_be_taken_in(ash: Path) -> None:
    lines = (ash / "environments.toml").read_text(encoding="utf-8").splitlines()
    start = lines.index("[live]")
    taken_in = [
        line.removeprefix("# ")
        for line in lines[start:]
        if re.match(r"(# )?(\[|[a-z_]+ = )", line) and not line.startswith('# by = "keypad"')
    ]
    text = "\n".join(taken_in).replace('instance_arn = ""', f'instance_arn = "{INSTANCE}"')
    environment = choose({CONTEXT_KEY: tomllib.loads(text)}, "live").environment
    left_out = [field.name for field in _fields(Environment) if getattr(environment, field.name) == field.default]
    assert left_out == []


def test_every_key_of_a_policy_is_spoken_of_in_its_file(ash: Path) -> None:
    text = (ash / "policy.toml").read_text(encoding="utf-8")
    missing = [key for key in _keys(Policy) if not re.search(rf"\b{key}\b", text)]
    assert missing == []
    assert _keys(Messaging) <= _keys(Policy)


def test_the_pipeline_checks_on_a_change_and_deploys_on_approval(ash: Path) -> None:
    pipeline = yaml.safe_load((ash / "pipeline" / "steward.yml").read_text(encoding="utf-8"))
    jobs = pipeline["jobs"]
    assert "pull_request" in pipeline[True]  # YAML 1.1 reads the word `on` as true
    assert jobs["deploy"]["environment"] == "live"
    assert jobs["deploy"]["needs"] == "check"
    assert 'make -C steward check CONFIG="$GITHUB_WORKSPACE/council" ENVIRONMENT=live' in str(jobs["check"]["steps"])
    assert 'make -C steward deploy CONFIG="$GITHUB_WORKSPACE/council" ENVIRONMENT=live' in str(jobs["deploy"]["steps"])


@pytest.mark.parametrize("name", list(SCHEMAS))
def test_a_schema_takes_the_published_files_and_no_unknown_key(name: str, ash: Path) -> None:
    schema = json.loads(schema_text(name))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    answer(ash, calls=9, chat=3, complaints=24)
    files = [ash / f"{name}.toml", *ash.glob(f"examples/*/{name}.toml")]
    for file in files:
        content: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
        assert list(validator.iter_errors(content)) == []
        inner = content["local"] if name == "environments" else content
        inner["colour"] = "blue"
        assert [error.validator for error in validator.iter_errors(content)] == ["additionalProperties"]
    assert (ash / ".schemas" / f"{name}.schema.json").read_text(encoding="utf-8") == schema_text(name)


def test_a_schema_says_what_a_key_is_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema", "environments"]) == 0
    entry = json.loads(capsys.readouterr().out)["$defs"]["Environment"]
    assert entry["properties"]["operations_email"]["description"] == "Who is told of alarms."


@pytest.mark.parametrize(
    ("council", "slug", "prefix"),
    [
        ("Ash District Council", "ash", "ASH"),
        ("London Borough of Barking and Dagenham", "barking-and-dagenham", "BAK"),
        ("Barnsley Metropolitan Borough Council", "barnsley", "BAN"),
        ("Bath and North East Somerset Council", "bath-and-north-east-somerset", "BAT"),
        ("Cyngor Sir Ynys Môn", "cyngor-sir-ynys-mon", "CYN"),
        ("King's Lynn and West Norfolk", "kings-lynn-and-west-norfolk", "KIN"),
        ("The City of London", "city-of-london", "CIT"),
        ("The Royal Borough of Windsor and Maidenhead", "windsor-and-maidenhead", "WIN"),
        ("Council of a very very long name that no slug would ever hold", "a-very-very-long-name-that-no", "AVE"),
    ],
)
def test_short_names_come_from_the_name(council: str, slug: str, prefix: str) -> None:
    assert slug_of(council) == slug
    assert prefix_of(slug, {"BAR"}) == prefix


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--council", " "], "--council: is empty, or has quotation marks, braces or a backslash"),
        (["--council", 'A "B" C'], "--council: is empty, or has quotation marks, braces or a backslash"),
        (["--council", "123"], "--slug: give one, such as ash: `123` has no letters to make it from"),
        (["--council", "Ash", "--slug", "Ash 1"], "--slug: `Ash 1` is not small letters and hyphens, at most 30"),
        (["--council", "Wu"], "--prefix: give three capital letters, such as ASH"),
        (["--council", "Ash", "--prefix", "BAR"], "--prefix: BAR is how the clauses of London Borough of Barnet begin"),
    ],
)
def test_a_name_that_no_file_could_carry_is_refused_in_one_line(
    options: list[str], sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["init", str(tmp_path / "x"), *options]) == 2
    assert capsys.readouterr().err == f"steward: {sentence}\n"
    assert not (tmp_path / "x").exists()


def test_a_place_that_cannot_be_written_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert run(["init", str(tmp_path / "file" / "ash"), "--council", "Ash"]) == 2
    assert (
        capsys.readouterr().err
        == f"steward: {tmp_path}/file/ash: cannot be written (Not a directory); nothing was left there\n"
    )


@pytest.mark.parametrize("ending", [OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), KeyboardInterrupt()], ids=repr)
def test_a_folder_that_was_begun_and_not_finished_leaves_nothing_in_the_way(
    ending: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its first files made the same command say that they were there already."""
    write = Path.write_text

    def until_then(self: Path, text: str, encoding: str) -> int:
        if self.name == "policy.toml":
            write(self, text[:10], encoding=encoding)
            raise ending
        return write(self, text, encoding=encoding)

    (tmp_path / "there").mkdir()
    for folder in (tmp_path / "councils" / "ash", tmp_path / "there"):
        with monkeypatch.context() as patch:
            patch.setattr(Path, "write_text", until_then)
            assert run(["init", str(folder), "--council", "Ash District Council"]) in {2, 130}
        assert [path.name for path in tmp_path.rglob("*")] == ["there"]
    assert run(["init", str(tmp_path / "councils" / "ash"), "--council", "Ash District Council"]) == 0


def test_a_folder_with_a_space_is_named_as_a_shell_takes_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["init", "my ash", "--council", "Ash District Council"]) == 0
    said = capsys.readouterr().out
    assert "check-policy 'my ash/policy.toml'\n" in said
    assert "CONFIG='my ash'\n" in said


def test_the_examples_are_the_published_files(ash: Path) -> None:
    for name in ("barnet", "powys", "somerset"):
        assert (ash / "examples" / name / "policy.toml").read_bytes() == (
            ROOT / "policies" / f"{name}.toml"
        ).read_bytes()
        found = check(ash / "examples" / name / "policy.toml")
        assert not [one for one in found if one.severity is Severity.ERROR]


def _fields(model: type) -> tuple[inspect.Field, ...]:
    kind = inspect.type_info(model)
    assert isinstance(kind, inspect.StructType)
    return kind.fields


def _keys(model: type) -> set[str]:
    """Return every key of the file of that model, at any depth, but for names that people choose."""
    found: set[str] = set()
    waiting: list[Any] = [inspect.type_info(model)]
    while waiting:
        one = waiting.pop()
        if isinstance(one, inspect.StructType):
            new = {field.encode_name for field in one.fields} - found
            found |= new
            waiting += [field.type for field in one.fields if field.encode_name in new]
        for name in ("types", "item_types"):
            waiting += getattr(one, name, None) or ()
        waiting += [getattr(one, name) for name in ("item_type", "value_type") if hasattr(one, name)]
    return found
