"""One council after another from the same checkout: what the first left behind is neither read nor deployed."""

from __future__ import annotations

from pathlib import Path

import pytest

from deployment.emulated.smoke import check
from infra.config import ROOT, cdk_context, choose
from steward.policy.load import load_policy
from tests.end_to_end.deployment.published import published
from tests.support.synthesised import templates_of

pytestmark = pytest.mark.prove

ENTRY = """
[{name}]
policy = "{policy}"
instance_arn = "{instance}"
origination_identity = "{sender}"
"""


def test_powys_live_deploys_after_a_barnet_synthesis_into_the_same_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`cdk deploy -c environment=NAME` writes into `cdk.out`, where the templates of `local` lie since `make synth`."""
    own = choose(cdk_context()).environment
    entries = (("local", "barnet"), ("powys-live", "powys"))
    text = "".join(
        ENTRY.format(
            name=name,
            policy=ROOT / "policies" / f"{council}.toml",
            instance=own.instance_arn,
            sender=own.origination_identity,
        )
        for name, council in entries
    )
    (tmp_path / "environments.toml").write_text(text)
    monkeypatch.setenv("STEWARD_CONFIG", str(tmp_path))
    out = tmp_path / "cdk.out"
    for name, _ in entries:
        deployment = choose(cdk_context(), name)
        templates_of(deployment, deployment.policy_path, out)
    assert (out / "local-steward-stores.template.json").exists()
    with published(out, deployment.environment) as account:
        sentences = list(check(account, out, load_policy(deployment.policy_path)))
        names = [one["StackName"] for one in account.client("cloudformation").describe_stacks()["Stacks"]]
    assert sorted(names) == ["powys-live-steward-controls", "powys-live-steward-sms", "powys-live-steward-stores"]
    assert any("a flag on the bus held the recording" in sentence for sentence in sentences)
