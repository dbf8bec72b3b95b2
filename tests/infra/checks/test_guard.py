from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from infra.checks.guard import LARGEST_TEMPLATE, refusals
from infra.config import CONTEXT_KEY, ROOT, Deployment, Environment, cdk_context, choose
from steward.ids import RecordClass
from steward.policy.load import load_policy

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from steward.policy.model import Policy

Resources = dict[str, Any]

POLICY = load_policy(ROOT / "policies" / "barnet.toml")
LOCAL = choose(cdk_context(), "local")


def refused(
    assembly: Path,
    tmp_path: Path,
    change: Callable[[Resources], object],
    policy: Policy = POLICY,
    deployment: Deployment = LOCAL,
) -> list[str]:
    (tmp_path / "manifest.json").write_bytes((assembly / "manifest.json").read_bytes())
    for source in assembly.glob("*.template.json"):
        template = json.loads(source.read_text(encoding="utf-8"))
        if source.name.endswith("stores.template.json"):
            change(template["Resources"])
        (tmp_path / source.name).write_text(json.dumps(template), encoding="utf-8")
    return refusals(tmp_path, policy, deployment)


def lifecycle(stores: Resources, bucket: str = "CallRecordingBucket") -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = stores[bucket]["Properties"]["LifecycleConfiguration"]["Rules"]
    return rules


def period_rule(stores: Resources) -> dict[str, Any]:
    return next(rule for rule in lifecycle(stores) if "ExpirationInDays" in rule)


def simulation(content: str) -> dict[str, Any]:
    entry = {
        "Type": "VOICE_CALL",
        "VoiceCallEntryPointParameters": {"FlowId": {"Fn::GetAtt": ["Entry", "ContactFlowArn"]}},
    }
    return {"Type": "AWS::Connect::TestCase", "Properties": {"Content": content, "EntryPoint": entry}}


def test_what_steward_synthesizes_is_not_refused(assembly: Path, tmp_path: Path) -> None:
    assert refused(assembly, tmp_path, lambda _: None) == []


def leave(stores: Resources, folder: Path, name: str) -> None:
    (folder / name).write_text(json.dumps({"Resources": stores}), encoding="utf-8")


def test_a_wrong_rule_does_not_pass_behind_a_right_one_that_another_environment_left(
    assembly: Path, tmp_path: Path
) -> None:
    right = json.loads((assembly / "local-steward-stores.template.json").read_text(encoding="utf-8"))["Resources"]
    leave(right, tmp_path, "zz-live-steward-stores.template.json")
    assert refused(assembly, tmp_path, lambda stores: period_rule(stores).update(ExpirationInDays=183)) == [
        "CallRecordingBucket: lets call_recording go after 183 days, and the policy keeps it 184"
    ]


def test_a_wrong_rule_that_another_environment_left_refuses_nobody(assembly: Path, tmp_path: Path) -> None:
    wrong = json.loads((assembly / "local-steward-stores.template.json").read_text(encoding="utf-8"))["Resources"]
    period_rule(wrong).update(ExpirationInDays=183)
    leave(wrong, tmp_path, "zz-live-steward-stores.template.json")
    assert refused(assembly, tmp_path, lambda _: None) == []


NO_RULE = (
    "CallRecordingBucket: has no rule over all its objects that lets call_recording go after 184 days\n"
    "CallRecordingBucket: keeps bytes longer than 1 day after their delete marker"
)

CASES: list[tuple[str, Callable[[Resources], object], str]] = [
    (
        "a lifecycle shorter than the policy",
        lambda stores: period_rule(stores).update(ExpirationInDays=183),
        "CallRecordingBucket: lets call_recording go after 183 days, and the policy keeps it 184",
    ),
    (
        "a second rule that is shorter for some objects",
        lambda stores: lifecycle(stores).append({"Status": "Enabled", "Prefix": "x", "ExpirationInDays": 30}),
        "CallRecordingBucket: lets call_recording go after 30 days, and the policy keeps it 184",
    ),
    (
        "a lifecycle longer than the policy",
        lambda stores: period_rule(stores).update(ExpirationInDays=185),
        "CallRecordingBucket: has no rule over all its objects that lets call_recording go after 184 days",
    ),
    (
        "a rule that some objects escape",
        lambda stores: period_rule(stores).update(Prefix="CallRecordings/"),
        NO_RULE,
    ),
    (
        "a rule that is switched off",
        lambda stores: period_rule(stores).update(Status="Disabled"),
        NO_RULE,
    ),
    (
        "bytes that outlive their delete marker",
        lambda stores: period_rule(stores).update(NoncurrentVersionExpiration={"NoncurrentDays": 14}),
        "CallRecordingBucket: keeps bytes longer than 1 day after their delete marker",
    ),
    (
        "compliance mode where Connect writes",
        lambda stores: stores["CallRecordingBucket"]["Properties"].update(
            ObjectLockConfiguration={"Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 1}}}
        ),
        (
            "CallRecordingBucket: has a default retention in compliance mode, which Connect cannot write to"
            " and nobody can correct"
        ),
    ),
    (
        "a store that goes with its stack",
        lambda stores: stores["LegalHoldBucket"].update(DeletionPolicy="Delete"),
        (
            "LegalHoldBucket: a store must outlive its deletion in the stack, and its DeletionPolicy is not"
            " RetainExceptOnCreate"
        ),
    ),
    (
        "a store that goes when it is replaced",
        lambda stores: stores["RegisterTable"].pop("UpdateReplacePolicy"),
        "RegisterTable: a store must outlive its replacement in the stack, and its UpdateReplacePolicy is not Retain",
    ),
    (
        "a copy in another region",
        lambda stores: stores["CallRecordingBucket"]["Properties"].update(ReplicationConfiguration={"Rules": []}),
        "CallRecordingBucket: replicates its objects, and a replica outlives the policy's period",
    ),
    (
        "something in another region",
        lambda stores: stores["ChatTranscriptAssociation"]["Properties"]["S3Config"]["EncryptionConfig"].update(
            KeyId="arn:aws:kms:eu-west-1:111122223333:key/1"
        ),
        "ChatTranscriptAssociation: names something in eu-west-1, and everything has to stay in eu-west-2",
    ),
    (
        "a stream with another key than the recordings",
        lambda stores: stores["ContactRecordsStream"]["Properties"]["StreamEncryption"].update(
            KeyId="arn:aws:kms:eu-west-2:111122223333:key/1"
        ),
        (
            "ContactRecordsStream: is encrypted with another key than the recordings, and Connect writes contact"
            " records only to a stream with the key of the recordings; contact_record_key_arn and"
            " existing_buckets.call_recording.key_arn have to name the same key"
        ),
    ),
    (
        "a key in several regions",
        lambda stores: stores["RecordsKey"]["Properties"].update(MultiRegion=True),
        "RecordsKey: exists in several regions, and the policy keeps data in one",
    ),
    (
        "two policies for one class",
        lambda stores: stores.update(SecondBucket=stores["CallRecordingBucket"]),
        "call_recording: has two stores, CallRecordingBucket and SecondBucket, and so two policies",
    ),
    (
        "a simulation that nothing ends",
        lambda stores: stores.update(Case=simulation("{}")),
        "Case: nothing ends the test case, and the simulated call goes on to whoever answers",
    ),
    (
        "a simulation that reaches an agent",
        lambda stores: stores.update(
            Case=simulation("EndTest"),
            Entry={"Type": "AWS::Connect::ContactFlow", "Properties": {"Content": "TransferContactToQueue"}},
        ),
        "Case: enters Entry, which leads to a queue, and so to a real agent",
    ),
    (
        "a class that nothing keeps",
        lambda stores: stores.pop("EvaluationBucket"),
        "evaluation: the policy keeps it, and no bucket does",
    ),
]


@pytest.mark.parametrize(("change", "sentence"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_it_refuses(assembly: Path, tmp_path: Path, change: Callable[[Resources], object], sentence: str) -> None:
    assert refused(assembly, tmp_path, change) == sentence.splitlines()


def test_it_refuses_a_class_that_the_policy_does_not_keep(assembly: Path, tmp_path: Path) -> None:
    storage = msgspec.structs.replace(POLICY.storage, not_kept=(RecordClass.SCREEN_RECORDING,))
    retention = {name: period for name, period in POLICY.retention.items() if name != RecordClass.SCREEN_RECORDING}
    policy = msgspec.structs.replace(POLICY, storage=storage, retention=retention)
    assert refused(assembly, tmp_path, lambda _: None, policy) == [
        "ScreenRecordingBucket: the policy does not keep screen_recording"
    ]


def test_it_refuses_an_instance_outside_the_policys_region(assembly: Path, tmp_path: Path) -> None:
    policy = msgspec.structs.replace(POLICY, region=msgspec.structs.replace(POLICY.region, allowed=("eu-west-1",)))
    assert refused(assembly, tmp_path, lambda _: None, policy) == [
        "the instance of `local` is in eu-west-2, but the policy keeps data in eu-west-1 only"
    ]


def test_a_bucket_that_is_being_imported_has_no_rules_of_ours_yet(assembly: Path, tmp_path: Path) -> None:
    entry = {
        **cdk_context()[CONTEXT_KEY]["local"],
        "existing_buckets": {"evaluation": {"name": "council-evaluations", "prefix": "e", "stage": "import"}},
    }
    deployment = Deployment(name="local", environment=msgspec.convert(entry, Environment))
    assert refused(assembly, tmp_path, lambda stores: stores.pop("EvaluationBucket"), deployment=deployment) == []


KEPT = {
    "a bucket": "CallRecordingBucket",
    "a table": "RegisterTable",
    "a key": "RecordsKey",
    "a log group": "ContactRecordsDeliveryLog",
    "a log stream": "ContactRecordsDeliveryLogStream",
    "a stream": "ContactRecordsStream",
    "a parameter": "DisposalSwitch",
    "an association of the instance": "CallRecordingAssociation",
}


@pytest.mark.parametrize("weaker", ["Retain", "Delete", None])
@pytest.mark.parametrize("kept", KEPT.values(), ids=KEPT.keys())
def test_nothing_that_is_kept_is_kept_by_a_weaker_policy(
    assembly: Path, tmp_path: Path, kept: str, weaker: str | None
) -> None:
    """``Retain`` would keep what a failed first deployment made, and that stands in the way of the second."""

    def weaken(stores: Resources) -> None:
        [name] = [name for name in stores if name == kept]
        stores[name]["DeletionPolicy"] = weaker

    [refusal] = refused(assembly, tmp_path, weaken)
    assert refusal.startswith(f"{kept}: a store must outlive its deletion")


@pytest.mark.parametrize("kept", KEPT.values(), ids=KEPT.keys())
def test_nothing_that_is_kept_goes_when_another_takes_its_place(assembly: Path, tmp_path: Path, kept: str) -> None:
    [refusal] = refused(assembly, tmp_path, lambda stores: stores[kept].pop("UpdateReplacePolicy"))
    assert refusal.startswith(f"{kept}: a store must outlive its replacement")


def test_a_template_larger_than_cloudformation_reads_is_refused(assembly: Path, tmp_path: Path) -> None:
    def grow(stores: Resources) -> None:
        stores["CallRecordingBucket"]["Metadata"] = {"padding": "x" * LARGEST_TEMPLATE}

    [reason] = refused(assembly, tmp_path, grow)
    assert "stores.template.json has " in reason
    assert reason.endswith("bytes; CloudFormation reads no more than 1048576")
