"""The brake on shortening, from one deployment to the next: deployed, shortened, refused, acknowledged, deployed."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from deployment.account_in_use import deploy
from deployment.command_line import CommandLine, DeploymentError
from deployment.comparison import compare
from deployment.emulated.server import LocalAccount
from infra.checks.__main__ import FOLDER
from infra.config import ROOT, cdk_context, choose
from infra.council_folder import council_folder
from simulator.aws.cloudformation.assembly import read_assembly
from tests.end_to_end.deployment.published import deployed
from tests.support.synthesised import templates_of

pytestmark = pytest.mark.prove

RECORDING = "[retention.call_recording]\nmonths = 6"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A council's folder with the policy that is deployed."""
    (tmp_path / "policy.toml").write_bytes((ROOT / "policies" / "barnet.toml").read_bytes())
    (tmp_path / "notice.toml").write_bytes((ROOT / "notices" / "barnet.toml").read_bytes())
    entry = choose(cdk_context()).environment
    text = f'[local]\npolicy = "policy.toml"\ninstance_arn = "{entry.instance_arn}"\n'
    (tmp_path / "environments.toml").write_text(f'{text}origination_identity = "{entry.origination_identity}"\n')
    monkeypatch.setenv("STEWARD_CONFIG", str(tmp_path))
    return tmp_path


def change(folder: Path, before: str, after: str) -> None:
    policy = folder / "policy.toml"
    text = policy.read_text(encoding="utf-8")
    assert text.count(before) == 1
    policy.write_text(text.replace(before, after), encoding="utf-8")


def said() -> list[str]:
    """Return what `make check` says at its end, of what was just synthesized."""
    deployment = choose(cdk_context())
    templates_of(deployment, deployment.policy_path, council_folder().built(FOLDER, "local"))
    return [f"{line.severity}: {line.says}" for line in compare("local")]


def deploy_what_was_checked(account: LocalAccount, before: Path) -> None:
    """Let CloudFormation update the stack of the stores, as the command line does.

    The emulated one changes buckets and outputs; what else the policy's version is written on (tags of keys) it keeps.
    """
    [stores] = [one for one in read_assembly(before) if "stores" in one.name]
    [checked] = [one for one in read_assembly(council_folder().built(FOLDER, "local")) if "stores" in one.name]
    stores.template["Outputs"]["Keeps"] = checked.template["Outputs"]["Keeps"]
    properties = checked.template["Resources"]["CallRecordingBucket"]["Properties"]
    bucket = stores.template["Resources"]["CallRecordingBucket"]["Properties"]
    bucket["LifecycleConfiguration"] = properties["LifecycleConfiguration"]
    place = {"StackName": stores.name, "ChangeSetName": f"{stores.name}-shorter"}
    cloudformation = account.client("cloudformation")
    cloudformation.create_change_set(**place, ChangeSetType="UPDATE", TemplateBody=json.dumps(stores.template))
    cloudformation.execute_change_set(**place)
    assert cloudformation.describe_stacks(StackName=stores.name)["Stacks"][0]["StackStatus"] == "UPDATE_COMPLETE"


def test_a_shorter_period_is_refused_counted_acknowledged_and_then_deployed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with deployed() as (account, assembly):
        account.world.take_in(account.created)
        bucket, storage = account.world.names.buckets["call_recording"], account.client("s3")
        for number in range(3):
            storage.put_object(Bucket=bucket, Key=f"connect/old-{number}.wav", Body=b"old")
        account.world.run_until(account.world.clock.now() + timedelta(days=32))
        storage.put_object(Bucket=bucket, Key="connect/new.wav", Body=b"new")
        [fine] = said()
        assert fine.startswith("fine: nothing is kept for a shorter time")

        change(folder, RECORDING, RECORDING.replace("6", "1"))
        unnamed, refused = said()
        assert unnamed.startswith("STOP: ")
        assert "policy_version" in unnamed
        assert refused == (
            "STOP: call_recording is kept for 6 months now, and the policy says 1; 3 objects go at once, for good"
        )
        started: list[tuple[str, ...]] = []
        monkeypatch.setattr("deployment.account_in_use.install", lambda: ("cdk",))
        monkeypatch.setattr("deployment.account_in_use.examined", lambda _: list(compare("local")))
        monkeypatch.setattr(CommandLine, "talk", lambda _, *arguments: started.append(arguments))
        with pytest.raises(DeploymentError, match="2 of doctor's lines say STOP; nothing was changed"):
            deploy("local")
        assert started == []
        assert "STOP: periods: call_recording is kept for 6 months now" in capsys.readouterr().out

        change(folder, 'policy_version = "', 'policy_version = "shorter-')
        change(folder, "[council]\n", 'acknowledge_shortening = ["call_recording: 6 to 1"]\n\n[council]\n')
        [noted] = said()
        assert noted.startswith("note: call_recording is kept for 6 months now, and the policy says 1; 3 objects go")
        assert noted.endswith("the policy acknowledges it")
        deploy("local")
        assert len(started) == 1

        deploy_what_was_checked(account, assembly)
        [kept] = said()
        assert kept.startswith("fine: nothing is kept for a shorter time than under shorter-")
        rules = storage.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
        assert 31 in [rule["Expiration"].get("Days") for rule in rules if "Expiration" in rule]
