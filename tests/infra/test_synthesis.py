from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from infra import application, layers, synthesis
from infra.config import ROOT, cdk_context, choose
from infra.refusal import RefusalError
from infra.synthesis import cached_synthesis, synthesize
from tests.support.synthesised import with_every_option

if TYPE_CHECKING:
    from pathlib import Path

BARNET = ROOT / "policies" / "barnet.toml"


def run_app(tmp_path: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, str(ROOT / "app.py"), *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "CDK_OUTDIR": str(tmp_path / "out"), **environment},
    )


def assets(assembly: Path) -> dict[str, str]:
    """Return what each package of code is for, and the digest of its files."""
    files = json.loads((assembly / "local-steward-sms.assets.json").read_text(encoding="utf-8"))["files"]
    named = {one["displayName"]: digest for digest, one in files.items()}
    return {name: digest for name, digest in named.items() if not name.endswith("Template")}


def test_the_same_checkout_gives_the_same_code_and_the_same_template_of_what_another_entry_leaves_alone(
    assembly: Path,
) -> None:
    """tests/end_to_end/deployment/test_commands.py compares every byte of two syntheses of one entry."""
    other, untouched = with_every_option(), "local-steward-sms.template.json"
    assert (other / untouched).read_bytes() == (assembly / untouched).read_bytes()
    assert "runtime/DependenciesLayer/Code" in assets(assembly)
    assert assets(assembly).items() <= assets(other).items()


def test_a_second_synthesis_of_the_same_sources_is_read_from_the_first(
    assembly: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(synthesis, "synthesize", lambda *_: pytest.fail("synthesized again"))
    assert cached_synthesis(BARNET) == assembly


def test_another_policy_is_another_synthesis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "other.toml"
    other.write_text(BARNET.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    made: list[Path] = []
    monkeypatch.setattr(synthesis, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(synthesis, "synthesize", lambda _deployment, policy, _folder: made.append(policy))
    cached_synthesis(other)
    cached_synthesis(BARNET)
    cached_synthesis(other)
    assert made == [other, BARNET]


def test_a_synthesis_that_is_refused_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(synthesis, "CACHE", tmp_path / "cache")
    broken = tmp_path / "broken.toml"
    broken.write_text("council = 3\n", encoding="utf-8")
    with pytest.raises(RefusalError, match=r"broken\.toml"):
        cached_synthesis(broken)
    assert [*(tmp_path / "cache").iterdir()] == []


def test_a_policy_with_a_period_of_zero_is_refused_by_name(tmp_path: Path) -> None:
    policy = tmp_path / "zero.toml"
    text = BARNET.read_text(encoding="utf-8").replace(
        "[retention.call_recording]\nmonths = 6", "[retention.call_recording]\nmonths = 0"
    )
    policy.write_text(text, encoding="utf-8")
    with pytest.raises(RefusalError, match=r"retention\.call_recording\.months"):
        synthesize(choose(cdk_context()), policy, tmp_path / "out")


def test_a_missing_dependency_layer_is_one_sentence_that_says_how_to_build_it(tmp_path: Path) -> None:
    with pytest.raises(RefusalError, match=r"is missing: run `make setup`"):
        layers.require(tmp_path / "nothing")


def test_modules_that_only_synthesis_imports_still_exist() -> None:
    for path in application.BUILD_TIME:
        assert (ROOT / "layers" / "steward" / path.removesuffix("/**")).exists()


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["-c", "environment=nowhere"], "cdk.json: there is no environment `nowhere`; there are local"),
    ],
)
def test_a_refusal_is_one_line_and_status_2(tmp_path: Path, arguments: list[str], line: str) -> None:
    result = run_app(tmp_path, *arguments)
    assert result.returncode == 2
    assert result.stderr.strip() == f"steward: {line}"


def test_the_command_line_tool_chooses_the_environment_too(tmp_path: Path) -> None:
    result = run_app(tmp_path, CDK_CONTEXT_JSON=json.dumps({"environment": "elsewhere"}))
    assert result.returncode == 2
    assert "`elsewhere`" in result.stderr
