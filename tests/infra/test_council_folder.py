"""A council's own folder is used instead of what is in this repository, and everything made is written there."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import app
from infra import synthesis
from infra.config import Deployment, assembly_of, cdk_context, choose
from infra.contact_flows.filling import filling
from infra.contact_flows.settings import ContactFlowSettings, Keypad
from infra.council_folder import ROOT, VARIABLE, council_folder, fixed_variable
from infra.refusal import RefusalError
from infra.synthesis import cached_synthesis
from steward.policy.load import load_policy

INSTANCE = "arn:aws:connect:eu-west-2:111122223333:instance/8c1b4f1e-2d3a-4b5c-9d6e-7f8091a2b3c4"
ENTRY = f'policy = "policy.toml"\ninstance_arn = "{INSTANCE}"\n'


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "ash"
    folder.mkdir()
    (folder / "environments.toml").write_text(f"[local]\n{ENTRY}\n[live]\n{ENTRY}", encoding="utf-8")
    without_texts = (ROOT / "policies" / "somerset.toml").read_text(encoding="utf-8")
    (folder / "policy.toml").write_text(without_texts, encoding="utf-8")
    monkeypatch.setenv(VARIABLE, str(folder))
    return folder


def test_environments_and_paths_are_those_of_the_folder(own: Path) -> None:
    deployment = choose(cdk_context(), "live")
    assert deployment.policy_path == own / "policy.toml"
    assert (assembly_of("local"), assembly_of("live")) == (own / "cdk.out", own / "cdk.out" / "live")


def test_without_a_folder_this_repositorys_own_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for value in ("", None):
        monkeypatch.delenv(VARIABLE, raising=False)
        if value is not None:
            monkeypatch.setenv(VARIABLE, value)
        assert not council_folder().is_own
        assert choose(cdk_context()).policy_path == ROOT / "policies" / "barnet.toml"


@pytest.mark.prove
def test_what_is_synthesized_lies_in_the_folder_with_everything_that_the_entry_says(own: Path) -> None:
    """E-mail addresses among it, each a subscription with a logical id of its own."""
    file = own / "environments.toml"
    told = [f'{who}_email = "{who}@ash.example"' for who in ("complaints", "supervisors", "operations")]
    # A date of TOML, which is no value of JSON.
    accepted = ['[live.accepted_differences."s/A/policy"]', "until = 2026-03-31", 'why = "moved"']
    file.write_text("\n".join([file.read_text(encoding="utf-8"), *told, *accepted, ""]), encoding="utf-8")
    made = cached_synthesis(own / "policy.toml", "live")
    assert made.is_relative_to(own)
    assert (own / "build" / "policy" / "somerset" / "policy" / "policy.json").is_file()
    found = {
        one["Properties"]["Endpoint"]: name
        for part in ("stores", "controls")
        for name, one in resources(made / f"live-steward-{part}.template.json").items()
        if one["Type"] == "AWS::SNS::Subscription"
    }
    assert found == {
        "complaints@ash.example": "ComplaintsTopicEmail",
        "supervisors@ash.example": "SupervisorsTopicEmail",
        "operations@ash.example": "AlarmTopicEmail",
    }


def test_what_an_entry_says_is_read_and_what_is_made_of_it_lies_in_the_folder(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = own / "environments.toml"
    more = 'complaints_email = "complaints@ash.example"\n[live.accepted_differences."s/A/policy"]\n'
    file.write_text(f'{file.read_text(encoding="utf-8")}{more}until = 2026-03-31\nwhy = "moved"\n', encoding="utf-8")
    asked: list[Deployment] = []
    monkeypatch.setattr(synthesis, "synthesize", lambda deployment, *_: asked.append(deployment))
    assert cached_synthesis(own / "policy.toml", "live").is_relative_to(own)
    [live] = asked
    assert live.environment.complaints_email == "complaints@ash.example"
    [accepted] = live.environment.accepted_differences.values()
    assert (accepted.until, accepted.why) == (date(2026, 3, 31), "moved")


def resources(template: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(template.read_text(encoding="utf-8"))["Resources"]
    return found


def test_another_entry_is_synthesized_again(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(synthesis, "synthesize", lambda *_: None)
    first = cached_synthesis(own / "policy.toml", "live")
    assert cached_synthesis(own / "policy.toml", "live") == first
    file = own / "environments.toml"
    file.write_text(file.read_text(encoding="utf-8") + "protected = true\n", encoding="utf-8")
    assert cached_synthesis(own / "policy.toml", "live") != first


def test_the_program_of_the_command_line_reads_and_writes_there(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``cdk`` starts app.py with the context of our cdk.json, which names our own environments as well."""
    asked: list[tuple[str, Path, Path]] = []

    def synthesize(deployment: Deployment, policy: Path, out_dir: Path, *, validate: bool) -> None:
        assert validate
        asked.append((deployment.name, policy, out_dir))

    monkeypatch.setattr(app, "synthesize", synthesize)
    monkeypatch.setattr(app, "templates", lambda _: [])
    monkeypatch.setenv("CDK_CONTEXT_JSON", json.dumps({**cdk_context(), "environment": "live"}))
    assert app.main([]) == 0
    assert asked == [("live", own / "policy.toml", own / "cdk.out" / "live")]


def test_make_synth_says_where_the_templates_are_and_the_command_line_is_told_nothing(
    own: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a program of the CDK command line prints may be mixed with a template that somebody pipes."""

    monkeypatch.setattr(app, "synthesize", lambda *_, **__: None)
    monkeypatch.setattr(app, "templates", lambda _: [Path("live-steward-stores.template.json")])
    assert app.main(["-c", "environment=live"]) == 0
    assert capsys.readouterr().out == f"live: the templates are in {own}/cdk.out/live (live-steward-stores)\n"
    monkeypatch.setenv("CDK_OUTDIR", str(own / "elsewhere"))
    assert app.main(["-c", "environment=live"]) == 0
    assert capsys.readouterr().out == ""


def test_a_refusal_names_the_councils_file(own: Path) -> None:
    with pytest.raises(
        RefusalError, match=rf"^{own}/environments.toml: there is no environment `test`; there are live, local$"
    ):
        choose(cdk_context(), "test")
    (own / "environments.toml").write_text(f"[live]\npolcy = 1\n{ENTRY}", encoding="utf-8")
    with pytest.raises(
        RefusalError, match=rf"^{own}/environments.toml, line 2: live: `polcy` is no key; did you mean `policy`\?$"
    ):
        choose(cdk_context(), "live")
    (own / "environments.toml").write_text("[live\n", encoding="utf-8")
    with pytest.raises(RefusalError, match=rf"^{own}/environments.toml, line 1: is no TOML"):
        cdk_context()
    (own / "environments.toml").write_text("", encoding="utf-8")
    with pytest.raises(RefusalError, match=rf"^{own}/environments.toml names no environment$"):
        choose(cdk_context(), "live")
    (own / "environments.toml").write_text("live = 3\n", encoding="utf-8")
    with pytest.raises(RefusalError, match=rf"^{own}/environments.toml, line 1: live: has to be a table$"):
        choose(cdk_context(), "live")
    (own / "environments.toml").unlink()
    with pytest.raises(RefusalError, match=rf"^{own}/environments.toml: no such file or directory$"):
        cdk_context()


@pytest.mark.parametrize(
    ("more", "place", "words"),
    [
        ('access_url = "https://ash.my.connect.aws/"', 1, "access_url: .* ends with a slash"),
        ('[live.contact_flows]\nqueue_arn = "arn:aws:connect:x"', 2, "contact_flows.queue_arn: "),
        ('\n[live.contact_flows]\ncolour = "blue"', 3, "contact_flows: .*`colour`"),
        ('[live.existing_buckets.call_recording]\nname = "a bucket"\nprefix = "x"', 2, "existing_buckets.* `a bucket`"),
        ('[live.existing_buckets.call_recording]\nprefix = "x"', 1, "existing_buckets.*`name`"),
        ('[live.existing_buckets.call_recording]\nname = "a"\nprefix = "x"\nstage = "no"', 4, r"existing_.*\.stage: "),
        ('\n[live.accepted_differences."a/b/policy"]\nwhy = "x"\nuntil = "no"', 2, r"accepted_.*`\]\.until: "),
        ("kept_warm = 1000", 1, "kept_warm: "),
        ('[live.accepted_differences."a/b/policy"]\nuntil = 2027-03-31\nwhy = ""', 1, "accepted_differences: .*reason"),
    ],
)
def test_a_wrong_key_is_named_with_its_line_wherever_it_stands(own: Path, more: str, place: int, words: str) -> None:
    before = f"[live]\n{ENTRY}\n"
    (own / "environments.toml").write_text(f"{before}{more}\n", encoding="utf-8")
    line = before.count("\n") + place
    with pytest.raises(RefusalError, match=rf"^{own}/environments.toml, line {line}: live: {words}"):
        choose(cdk_context(), "live")


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "nowhere"))
    with pytest.raises(RefusalError, match=rf"^{VARIABLE}: there is no folder {tmp_path}/nowhere"):
        cdk_context()


def test_a_relative_name_counts_from_where_the_command_was_called(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(own.parent)
    monkeypatch.setenv(VARIABLE, "ash")
    assert council_folder().path == own
    fixed_variable()
    assert os.environ[VARIABLE] == str(own)


def test_the_certificate_of_a_card_entry_lies_in_the_folder(own: Path) -> None:
    keypad = Keypad(
        function_arn="arn:aws:lambda:eu-west-2:111122223333:function:payment-provider",
        encryption_key_id="2f5c1d0a-7b3e-4c6f-8a91-0d2e4f6a8b1c",
        certificate="key.pem",
    )
    queue = f"{INSTANCE}/queue/5cba7cbf-1ecb-4b6d-b8bd-fe91079b3fc8"
    settings = ContactFlowSettings(queue_arn=queue, card_entry=keypad)
    policy = load_policy(own / "policy.toml")
    with pytest.raises(RefusalError, match=r"card_entry\.certificate: key\.pem cannot be read as a PEM file"):
        filling(policy, settings, {})
    shipped = ROOT / "infra" / "contact_flows" / "certificates" / "local.pem"
    (own / "key.pem").write_text(shipped.read_text(encoding="ascii"), encoding="ascii")
    assert filling(policy, settings, {}).values["certificate"] == shipped.read_text(encoding="ascii")
