"""An instance that the console made is adopted through CloudFormation, and an old recording is held.

The order of docs/adopting-an-instance.md: what stands in the way is said, the bucket and the associations are imported,
the bucket is set up, what is open is held, and then the policy's period applies.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from moto.cloudformation import parsing

from deployment.emulated.stacks import complete_stacks
from infra.checks.adoption import findings
from infra.checks.associations import read_associations, resource_mapping
from infra.config import CONTEXT_KEY, ROOT, Deployment, cdk_context, choose
from infra.existing import ExistingBucket, KeptPolicyError, kept_statements
from infra.synthesis import cached_synthesis
from simulator.aws.account.account import EmbeddedAws
from simulator.aws.account.start import empty_account
from simulator.aws.cloudformation.assembly import Stack, read_assembly
from simulator.aws.cloudformation.reader import completed
from simulator.aws.connect.storage.console_made import AUDITOR, DISPUTED, FOLDER, ConsoleMade, made_in_the_console
from tests.support.synthesised import templates_of

pytestmark = pytest.mark.prove

START = datetime(2026, 5, 1, 9, tzinfo=UTC)
LOCAL = choose(cdk_context()).environment
STORES = "local-steward-stores"


class Account:
    """The account of the instance, and the stacks in it."""

    def __init__(self, world: EmbeddedAws, before: ConsoleMade, folder: Path) -> None:
        self.world, self.before, self.folder = world, before, folder
        self.api: Any = world.client("cloudformation")
        self.assets: dict[str, Path] = {}

    def environment(self, stage: str | None, **bucket: object) -> Deployment:
        """Return the entry of an adoption at that stage, with everything named that has to be."""
        context = cdk_context()
        entry = context[CONTEXT_KEY]["local"]
        if stage:
            (self.folder / "bucket-policy.json").write_text(json.dumps([AUDITOR]), encoding="utf-8")
            entry["contact_record_key_arn"] = self.before.key_arn
            entry["existing_buckets"] = {
                "call_recording": {
                    "name": self.before.bucket,
                    "prefix": f"{FOLDER}/CallRecordings",
                    "key_arn": self.before.key_arn,
                    "previous_key_arns": [self.before.previous_key_arn],
                    "stage": stage,
                    "keeps_policy": str(self.folder / "bucket-policy.json"),
                    "also_expires": [f"{FOLDER}/Reports", f"{FOLDER}/ChatTranscripts"],
                    **bucket,
                }
            }
            entry["existing_associations"] = {
                "chat_transcript": {
                    "bucket": self.before.bucket,
                    "prefix": f"{FOLDER}/ChatTranscripts",
                    "stage": "import" if stage == "import" else "managed",
                }
            }
        return choose(context)

    def says(self, deployment: Deployment) -> list[str]:
        """Return what stands in the way, by what the account's API answers."""
        associated = read_associations(self.world.client("connect"), self.world.connect.instance_id)
        return [one.says for one in findings(deployment, self.world.client("s3"), associated) if one.stops]

    def stacks(self, deployment: Deployment, name: str) -> list[Stack]:
        if deployment.environment == LOCAL:
            folder = cached_synthesis(ROOT / LOCAL.policy)
        else:
            folder = (
                self.folder / f"{name}-{hashlib.sha256(msgspec.json.encode(deployment.environment)).hexdigest()[:12]}"
            )
        if not folder.exists():
            templates_of(deployment, ROOT / LOCAL.policy, folder)
        stacks = read_assembly(folder)
        self.assets |= {f"{key}.zip": path for stack in stacks for key, path in stack.assets.items()}
        return stacks

    def change(self, stack: str, kind: str, template: Mapping[str, Any], **more: object) -> str:
        """Let a change set do it and return the stack's status, with what failed."""
        place = {"StackName": stack, "ChangeSetName": f"{stack}-{kind}-{len(self.api.list_stacks()['StackSummaries'])}"}
        self.api.create_change_set(**place, ChangeSetType=kind, TemplateBody=json.dumps(template), **more)
        self.api.execute_change_set(**place)
        events = self.api.describe_stack_events(StackName=stack)["StackEvents"]
        failed = [one.get("ResourceStatusReason", "") for one in events if one["ResourceStatus"].endswith("_FAILED")]
        return " ".join([self.api.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"], *failed])

    def bring_in(self, deployment: Deployment, name: str) -> str:
        """Import what ``cdk import`` takes over: the present template and the picked resources, verbatim."""
        [stores] = [one for one in self.stacks(deployment, name) if one.name == STORES]
        associated = read_associations(self.world.client("connect"), self.world.connect.instance_id)
        mapping = resource_mapping(deployment.environment, associated)
        picked = {key: stores.template["Resources"][key] for key in mapping}
        wanted = [
            {"ResourceType": picked[key]["Type"], "LogicalResourceId": key, "ResourceIdentifier": identifier}
            for key, identifier in mapping.items()
        ]
        return self.change(STORES, "IMPORT", {"Resources": picked}, ResourcesToImport=wanted)

    def keys(self, bucket: str) -> set[str]:
        return {version.key for version in self.world.s3.stores_state(bucket) if version.is_latest}


@contextmanager
def instance(folder: Path) -> Iterator[Account]:
    with empty_account(START, account=LOCAL.account, region=LOCAL.region, instance_arn=LOCAL.instance_arn) as world:
        account = Account(world, made_in_the_console(world), folder)
        making = world.making(lambda _, key: account.assets.get(key))
        world.client("ssm").put_parameter(Name="/cdk-bootstrap/hnb659fds/version", Value="30", Type="String")
        with completed(making, others=parsing.get_model_map()) as created, complete_stacks(making):
            account.created = created  # type: ignore[attr-defined]
            yield account


@pytest.fixture(scope="module")
def assemblies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("assemblies")


@pytest.fixture
def account(assemblies: Path) -> Iterator[Account]:
    with instance(assemblies) as made:
        yield made


def test_a_deployment_that_adopts_nothing_fails_on_the_instance_and_leaves_it_as_it_was(account: Account) -> None:
    """An instance takes one configuration of a kind (AssociateInstanceStorageConfig)."""
    before = account.world.connect.storage.of("CALL_RECORDINGS")
    [stores] = [one for one in account.stacks(account.environment(None), "plain") if one.name == STORES]
    status = account.change(STORES, "CREATE", stores.template)
    assert status.startswith("ROLLBACK_COMPLETE")
    assert "CALL_RECORDINGS already" in status
    assert account.world.connect.storage.of("CALL_RECORDINGS") == before
    assert account.keys(account.before.bucket) >= {account.before.disputed, account.before.report}
    assert [*account.world.taken] == []


def test_what_nobody_named_stands_in_the_way(account: Account) -> None:
    deployment = account.environment("import", previous_key_arns=[], also_expires=[], keeps_policy=None)
    says = " ".join(account.says(deployment))
    assert f"encrypted with {account.before.previous_key_arn}, which place_hold may not use" in says
    assert f"also holds `{FOLDER}/Reports/`" in says
    assert f"also holds `{FOLDER}/ChatTranscripts/`" in says
    assert f"also takes SCHEDULED_REPORTS ({FOLDER}/Reports)" in says
    assert "has settings for bucket-policy" in says
    assert account.says(account.environment("import")) == []


def test_a_statement_that_is_left_out_of_the_kept_policy_is_named(account: Account) -> None:
    other = account.folder / "other.json"
    other.write_text("[]", encoding="utf-8")
    [says] = account.says(account.environment("import", keeps_policy=str(other)))
    assert says.startswith("its policy's statement `TheAuditorListens` is not in ")


def test_a_template_that_refers_to_what_is_not_there_yet_cannot_be_imported(account: Account) -> None:
    deployment = account.environment("prepare")
    [stores] = [one for one in account.stacks(deployment, "prepare") if one.name == STORES]
    picked = {"ChatTranscriptAssociation": stores.template["Resources"]["ChatTranscriptAssociation"]}
    identifier = {
        "InstanceArn": account.world.instance_arn,
        "AssociationId": account.before.associations["CHAT_TRANSCRIPTS"],
        "ResourceType": "CHAT_TRANSCRIPTS",
    }
    wanted = {"ResourceType": "AWS::Connect::InstanceStorageConfig", "LogicalResourceId": "ChatTranscriptAssociation"}
    status = account.change(
        STORES, "IMPORT", {"Resources": picked}, ResourcesToImport=[{**wanted, "ResourceIdentifier": identifier}]
    )
    assert "does not declare" in status


def test_the_instance_is_adopted_and_an_old_recording_is_held_before_the_period_applies(account: Account) -> None:
    world, before = account.world, account.before
    assert account.bring_in(account.environment("import"), "import") == "IMPORT_COMPLETE"
    assert world.connect.storage.of("CALL_RECORDINGS")[0]["S3Config"]["BucketName"] == before.bucket

    prepared = account.stacks(account.environment("prepare"), "prepare")
    for stack in prepared:
        kind = "UPDATE" if stack.name == STORES else "CREATE"
        assert account.change(stack.name, kind, stack.template) == f"{kind}_COMPLETE"
    world.take_in(account.created)  # type: ignore[attr-defined]
    assert world.names.buckets["call_recording"] == before.bucket
    chats = world.connect.storage.of("CHAT_TRANSCRIPTS")[0]
    assert chats["AssociationId"] == before.associations["CHAT_TRANSCRIPTS"]
    assert chats["S3Config"]["BucketName"] == world.names.buckets["chat_transcript"] != before.bucket
    policy = json.loads(world.client("s3").get_bucket_policy(Bucket=before.bucket)["Policy"])
    assert "TheAuditorListens" in {one.get("Sid") for one in policy["Statement"]}
    assert "OnlyTheseRemove" in {one.get("Sid") for one in policy["Statement"]}
    assert account.says(account.environment("prepare")) == [], "what steward set up itself stands in no way"

    world.run_until(START + timedelta(days=3))
    assert account.keys(before.bucket) >= {before.disputed, before.forgotten, before.report}, "nothing goes yet"
    flag(world)
    world.run_until(START + timedelta(days=4))
    held = {version.bytes for version in world.s3.stores_state(world.names.buckets["legal_hold"])}
    assert len(b"RIFF a call of long ago") in held
    assert [one for one in world.permissions.refused if one.action == "kms:Decrypt"] == []

    assert account.change(STORES, "UPDATE", managed(prepared)) == "UPDATE_COMPLETE"
    world.run_until(START + timedelta(days=8))
    left = account.keys(before.bucket)
    assert before.forgotten not in left
    assert before.report not in left, "it was named in also_expires"
    assert len(left) == 1
    assert len(b"RIFF a call of long ago") in {
        version.bytes for version in world.s3.stores_state(world.names.buckets["legal_hold"])
    }


def test_without_the_previous_key_the_old_recording_cannot_be_held(account: Account) -> None:
    """A bucket's old objects keep the key of their day: decrypting needs that key, whatever the present default is."""
    world = account.world
    assert account.bring_in(account.environment("import"), "import") == "IMPORT_COMPLETE"
    for stack in account.stacks(account.environment("prepare"), "prepare"):
        kind = "UPDATE" if stack.name == STORES else "CREATE"
        # As if the key were not named.
        template = json.loads(
            json.dumps(stack.template).replace(account.before.previous_key_arn, account.before.key_arn)
        )
        assert account.change(stack.name, kind, template) == f"{kind}_COMPLETE"
    world.take_in(account.created)  # type: ignore[attr-defined]
    flag(world)
    world.run_until(START + timedelta(hours=1))
    refused = {(one.who, one.action, one.resource) for one in world.permissions.refused}
    assert ("place_hold", "kms:Decrypt", account.before.previous_key_arn) in refused
    forget_refusals()


def managed(prepared: list[Stack]) -> dict[str, Any]:
    """Return the stores' template of the last stage, which differs in nothing but the rules' state.

    tests/infra/checks/test_adoption.py holds the synthesis to that.
    """
    [stores] = [one for one in prepared if one.name == STORES]
    template: dict[str, Any] = json.loads(json.dumps(stores.template))
    for rule in template["Resources"]["CallRecordingBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]:
        rule["Status"] = "Enabled"
    return template


def flag(world: EmbeddedAws) -> None:
    world.publish(
        "steward",
        {
            "version": "0",
            "id": "e-1",
            "source": "steward.complaints",
            "detail-type": "Complaint Logged",
            "account": world.account,
            "region": world.region,
            "time": "2026-05-04T09:00:00Z",
            "resources": [],
            "detail": {
                "case": "C-1",
                "reason": "complaint",
                "stage": "1",
                "received_on": "2026-04-01",
                "contact_ids": [DISPUTED],
                "requested_by": "complaints team",
            },
        },
    )


def forget_refusals() -> None:
    from simulator.aws.iam.permissions import REFUSED  # noqa: PLC0415 - the suite looks at it after each test

    REFUSED.clear()


@pytest.mark.parametrize("content", ["{", '"a word"', '{"Statement": "a word"}', "[1]"])
def test_a_kept_policy_that_is_none_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "policy.json").write_text(content, encoding="utf-8")
    existing = ExistingBucket(name="recordings", prefix="x", keeps_policy="policy.json")
    with pytest.raises(KeptPolicyError, match=r"policy\.json"):
        kept_statements(existing, tmp_path)
