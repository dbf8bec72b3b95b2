"""Policy files on disk: the five that are shipped, unreadable ones, and the compiled form."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.policy.check_policy import check_policy
from steward.ids import RecordClass
from steward.policy import compiled
from steward.policy.load import Severity, UnreadablePolicyError, check, load_policy
from steward.policy.messaging import Template
from steward.policy.model import Policy

POLICIES = sorted(Path("policies").glob("*.toml"))


def test_there_is_one_policy_for_each_of_the_five_councils() -> None:
    assert [path.stem for path in POLICIES] == [
        "barnet",
        "kensington-and-chelsea",
        "powys",
        "rhondda-cynon-taf",
        "somerset",
    ]


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_a_shipped_policy_has_no_error(path: Path) -> None:
    assert [str(finding) for finding in check(path) if finding.severity is Severity.ERROR] == []
    assert load_policy(path).council.slug == path.stem


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_a_shipped_policy_publishes_no_figure_of_its_own(path: Path) -> None:
    assert not [str(finding) for finding in check(path) if "differs from" in finding.message]


@pytest.mark.parametrize(
    ("council", "record_class", "months"),
    [
        ("barnet", RecordClass.CALL_RECORDING, 6),
        ("barnet", RecordClass.CHAT_TRANSCRIPT, 6),
        ("barnet", RecordClass.CONTACT_RECORD, 24),
        ("somerset", RecordClass.CALL_RECORDING, 12),
        ("somerset", RecordClass.EMAIL_MESSAGE, 12),
        ("somerset", RecordClass.CHAT_TRANSCRIPT, 6),
        ("rhondda-cynon-taf", RecordClass.CALL_RECORDING, 13),
        ("powys", RecordClass.CALL_RECORDING, 12),
        ("powys", RecordClass.CHAT_TRANSCRIPT, 12),
        ("powys", RecordClass.SMS_LOG, 12),
    ],
)
def test_the_published_figures(council: str, record_class: RecordClass, months: int) -> None:
    period = load_policy(Path(f"policies/{council}.toml")).retention[record_class]
    assert (period.months, period.source) == (months, "published")


def test_kensington_and_chelseas_figures_are_marked_as_the_councils_own() -> None:
    periods = load_policy(Path("policies/kensington-and-chelsea.toml")).retention.values()
    assert {period.source for period in periods} == {"council"}
    assert all(period.why and period.clauses == ("RBK-3",) for period in periods)


@pytest.mark.parametrize("council", ["powys", "rhondda-cynon-taf"])
def test_the_welsh_councils_speak_welsh_in_every_text(council: str) -> None:
    policy = load_policy(Path(f"policies/{council}.toml"))
    assert policy.messaging is not None
    texts = [policy.recording.notice]
    texts += [wording.text for wording in policy.messaging.wordings.values()]
    texts += [template.text for template in policy.messaging.templates.values()]
    assert all(set(text) == {"en", "cy"} for text in texts)


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_a_compiled_policy_is_the_policy(path: Path, tmp_path: Path) -> None:
    policy = load_policy(path)
    deployed = tmp_path / "policy.json"
    deployed.write_bytes(compiled.compile_policy(policy))
    assert compiled.load(deployed) == policy


def test_a_policy_that_names_nobody_for_complaints_can_be_deployed(tmp_path: Path) -> None:
    named = 'complaints_contact = "Complaints team, London Borough of Barnet"\n'
    text = Path("policies/barnet.toml").read_text(encoding="utf-8")
    assert named in text
    path, deployed = tmp_path / "barnet.toml", tmp_path / "policy.json"
    path.write_text(text.replace(named, ""), encoding="utf-8")
    deployed.write_bytes(compiled.compile_policy(load_policy(path)))

    assert compiled.load(deployed) == load_policy(path)


def test_a_policy_compiles_to_the_same_bytes_whatever_the_order_of_its_file(tmp_path: Path) -> None:
    text = Path("policies/barnet.toml").read_text(encoding="utf-8")
    recordings = '[retention.call_recording]\nmonths = 6\nclauses = ["BAR-4"]\n'
    path = tmp_path / "barnet.toml"
    path.write_text(text.replace(recordings, "") + "\n" + recordings, encoding="utf-8")
    shipped = load_policy(Path("policies/barnet.toml"))
    assert compiled.compile_policy(load_policy(path)) == compiled.compile_policy(shipped)


@given(languages=st.permutations(["cy", "en", "pl"]), more=st.permutations(["cy", "en", "pl"]))
def test_a_compiled_policy_keeps_the_order_of_languages(languages: list[str], more: list[str]) -> None:
    shipped = load_policy(Path("policies/powys.toml"))
    assert shipped.messaging is not None
    template = Template(purpose="signposting", text=dict.fromkeys(more, "Hello."))
    policy = msgspec.structs.replace(
        shipped,
        recording=msgspec.structs.replace(shipped.recording, notice=dict.fromkeys(languages, "Hello.")),
        messaging=msgspec.structs.replace(shipped.messaging, templates={"hello": template}),
    )

    compiled_policy = msgspec.json.decode(compiled.compile_policy(policy), type=Policy)

    assert list(compiled_policy.recording.notice) == languages
    assert compiled_policy.messaging is not None
    assert list(compiled_policy.messaging.templates["hello"].text) == more


def test_a_compiled_policy_is_read_as_it_was(tmp_path: Path) -> None:
    policy = load_policy(Path("policies/barnet.toml"))
    deployed = tmp_path / "policy.json"
    deployed.write_bytes(compiled.compile_policy(policy))
    assert compiled.load(deployed) == policy


def test_a_compiled_policy_with_an_unknown_key_is_refused(tmp_path: Path) -> None:
    deployed = tmp_path / "policy.json"
    deployed.write_bytes(b'{"surprise": 1}')
    with pytest.raises(msgspec.ValidationError):
        compiled.load(deployed)


def test_reading_a_deployed_policy_needs_neither_toml_nor_a_schema() -> None:
    code = (
        "import sys; from steward.policy import compiled; "
        "print([name for name in ('tomllib', 'jsonschema', 'steward.policy.load') if name in sys.modules])"
    )
    environment = {"PYTHONPATH": "layers/steward/python"}
    answer = subprocess.run(  # noqa: S603 -- our own interpreter
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"


def test_a_missing_file_is_one_line_on_stderr(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check_policy(tmp_path / "nowhere.toml") == 2
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", f"steward: {tmp_path}/nowhere.toml: no such file or directory\n")


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (b"[council]\nname = \n", 2, "is no TOML: Invalid value"),
        (b"[council]\n[council]\n", 2, "is no TOML: Cannot declare council twice"),
        (b"[a.b]\n[a.b]\n", 2, "is no TOML: Cannot declare a.b twice"),
        (b"[retention.call_recording]\nmonths = 6\nmonths = 7\n", 3, "is no TOML: Cannot overwrite a value"),
        (b'[council]\nname = "Barnet', 2, "is no TOML: Unterminated string"),
        (b"[council]\nname = '\xff'\n", 2, "is not UTF-8 text"),
        (b"{\n", 1, "is no TOML"),
    ],
)
def test_a_file_that_is_no_toml_is_one_line_with_file_and_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, line: int, reason: str
) -> None:
    path = tmp_path / "broken.toml"
    path.write_bytes(content)
    assert check_policy(path) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"steward: {path}, line {line}: {reason}")
    assert said.err.count("\n") == 1


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "marked.toml"
    path.write_bytes(b"\xef\xbb\xbf" + Path("policies/barnet.toml").read_bytes())

    assert load_policy(path) == load_policy(Path("policies/barnet.toml"))


def test_a_directory_is_no_policy(tmp_path: Path) -> None:
    with pytest.raises(UnreadablePolicyError, match="is a directory"):
        load_policy(tmp_path)


def test_a_policy_in_order_exits_with_zero(capsys: pytest.CaptureFixture[str]) -> None:
    assert check_policy(Path("policies/barnet.toml")) == 0
    assert capsys.readouterr().out == "policies/barnet.toml: no errors, no remarks\n"


def test_a_policy_with_an_error_exits_with_one_and_one_line_for_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "policy.toml"
    text = Path("policies/barnet.toml").read_text(encoding="utf-8")
    path.write_text(text.replace("limit_minutes = 10", "limit_minutes = 0"), encoding="utf-8")
    line = 1 + text[: text.index("limit_minutes = 10")].count("\n")
    assert check_policy(path) == 1
    assert (
        capsys.readouterr().out
        == f"{path}, line {line}: payments.limit_minutes: 0 is less than 1\n{path}: 1 error, no remarks\n"
    )
