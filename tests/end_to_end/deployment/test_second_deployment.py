"""What a second deployment brings: other code, another layer and other variables are what runs from then on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from moto.cloudformation import parsing

from deployment.emulated.stacks import complete_stacks
from infra.config import cdk_context, choose
from simulator.aws.account.account import EmbeddedAws
from simulator.aws.account.start import empty_account
from simulator.aws.cloudformation.reader import completed

LOCAL = choose(cdk_context()).environment
HANDLER = """
import os
from steward import shelf

def handler(event, context):
    return [{!r}, shelf.NAME, os.environ["COLOUR"]]
"""


class Deployed:
    """One small stack in an account, deployed as often as a test wants by change set, as the command line does it."""

    def __init__(self, world: EmbeddedAws, folder: Path) -> None:
        self.world, self.folder = world, folder
        self.api: Any = world.client("cloudformation")

    def code(self, name: str, file: str, text: str) -> dict[str, str]:
        target = self.folder / name / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        return {"S3Bucket": "assets", "S3Key": name}

    def deploy(self, kind: str, *, code: str, layer: str, colour: str) -> None:
        self.code(f"layer-{layer}", "python/steward/__init__.py", "")
        shelf = self.code(f"layer-{layer}", "python/steward/shelf.py", f"NAME = {layer!r}\n")
        function = {
            "FunctionName": "worker",
            "Handler": "handler.handler",
            "Runtime": "python3.13",
            "Code": self.code(f"code-{code}", "handler.py", HANDLER.format(code)),
            # The same words in every deployment: what they stand for is another version when the layer changes.
            "Layers": [{"Ref": "Shelf"}],
            "Environment": {"Variables": {"COLOUR": colour}},
        }
        template: Mapping[str, Any] = {
            "Resources": {
                "Worker": {"Type": "AWS::Lambda::Function", "Properties": function},
                "Shelf": {
                    "Type": "AWS::Lambda::LayerVersion",
                    "Properties": {"LayerName": "shelf", "Content": shelf},
                },
            }
        }
        name = f"{kind}-{code}-{layer}-{colour}"
        self.api.create_change_set(
            StackName="small", ChangeSetName=name, ChangeSetType=kind, TemplateBody=json.dumps(template)
        )
        self.api.execute_change_set(StackName="small", ChangeSetName=name)
        [stack] = self.api.describe_stacks(StackName="small")["Stacks"]
        assert stack["StackStatus"] == f"{kind}_COMPLETE", self.api.describe_stack_events(StackName="small")

    def answer(self) -> object:
        return self.world.invoke("worker", {})


@pytest.fixture
def deployed(tmp_path: Path) -> Iterator[Deployed]:
    start = datetime(2026, 5, 1, 9, tzinfo=UTC)
    with empty_account(start, account=LOCAL.account, region=LOCAL.region, instance_arn=LOCAL.instance_arn) as world:
        making = world.making(lambda _, key: tmp_path / key)
        with completed(making, others=parsing.get_model_map()), complete_stacks(making):
            stack = Deployed(world, tmp_path)
            stack.deploy("CREATE", code="first", layer="first", colour="red")
            assert stack.answer() == ["first", "first", "red"]
            yield stack


def test_changed_code_runs_after_the_second_deployment(deployed: Deployed) -> None:
    deployed.deploy("UPDATE", code="second", layer="first", colour="red")
    assert deployed.answer() == ["second", "first", "red"]


def test_a_changed_variable_is_seen_after_the_second_deployment(deployed: Deployed) -> None:
    deployed.deploy("UPDATE", code="first", layer="first", colour="blue")
    assert deployed.answer() == ["first", "first", "blue"]


def test_a_function_that_says_the_same_as_before_runs_on_the_next_version_of_its_layer(deployed: Deployed) -> None:
    deployed.deploy("UPDATE", code="first", layer="second", colour="red")
    assert deployed.answer() == ["first", "second", "red"]


def test_a_function_that_is_changed_twice_has_one_name_still(deployed: Deployed) -> None:
    deployed.deploy("UPDATE", code="second", layer="second", colour="red")
    deployed.deploy("UPDATE", code="third", layer="second", colour="red")
    assert [spec.name for spec in deployed.world.functions] == ["worker"]
    assert deployed.answer() == ["third", "second", "red"]
