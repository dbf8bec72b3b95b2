from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from infra.checks import __main__ as program
from infra.config import ROOT, assembly_of
from infra.refusal import RefusalError

if TYPE_CHECKING:
    from pathlib import Path

    from infra.config import Deployment


def test_every_environment_but_local_has_a_folder_of_its_own() -> None:
    assert assembly_of("local") == ROOT / "cdk.out"
    assert assembly_of("powys-live") == ROOT / "cdk.out" / "powys-live"


@pytest.mark.parametrize("arguments", [["local"], [], [""]])
def test_an_environment_without_a_finding_is_answered_with_its_stacks(
    arguments: list[str],
    assembly: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def synthesize(deployment: Deployment, policy: Path, out_dir: Path, *, validate: bool) -> Path:
        assert (deployment.name, policy, out_dir) == ("local", ROOT / "policies" / "barnet.toml", tmp_path / "local")
        assert validate
        return shutil.copytree(assembly, out_dir)

    monkeypatch.setattr(program, "FOLDER", tmp_path)
    monkeypatch.setattr(program, "synthesize", synthesize)
    assert program.main(arguments) == 0
    assert capsys.readouterr().out == (
        "local: policies/barnet.toml, its entry and its templates have no finding without a reason"
        " (local-steward-controls, local-steward-sms, local-steward-stores)\n"
    )


def test_findings_are_a_line_each_and_status_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object, **__: object) -> Path:
        raise RefusalError("one thing\nanother")

    monkeypatch.setattr(program, "synthesize", refuse)
    assert program.main(["local"]) == 1
    assert capsys.readouterr().err == "steward: one thing\nsteward: another\n"


def test_an_environment_that_there_is_not_is_status_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert program.main(["nowhere"]) == 2
    assert capsys.readouterr().err == "steward: cdk.json: there is no environment `nowhere`; there are local\n"
    assert program.main(["local", "live"]) == 2
    assert capsys.readouterr().err == f"steward: {program.USAGE}\n"
