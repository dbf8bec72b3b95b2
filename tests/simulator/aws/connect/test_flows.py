"""Flows and modules as the API shows and changes them: what is published, saved, frozen, and named by an alias.

Sources: Amazon Connect API reference, DescribeContactFlow, DescribeContactFlowModule, UpdateContactFlowModuleAlias;
administrator guide, "Flow versioning and aliasing".
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.cloudformation import parsing

from deployment.emulated.stacks import complete_stacks
from infra.synthesis import cached_synthesis
from simulator.aws.account.account import EmbeddedAws
from simulator.aws.account.start import embedded_aws, empty_account
from simulator.aws.cloudformation.reader import completed
from simulator.aws.connect.flows.book import Flow
from simulator.aws.connect.storage.console_made import FLOW, QUEUE, made_in_the_console

START = datetime(2026, 5, 1, 9, tzinfo=UTC)
EDITED = json.dumps({"Version": "2019-10-30", "StartAction": "a", "Actions": []})


@pytest.fixture(scope="module")
def deployed() -> Iterator[EmbeddedAws]:
    with embedded_aws(cached_synthesis(Path("policies/barnet.toml")), START) as world:
        yield world


@pytest.fixture
def connect(deployed: EmbeddedAws) -> Any:  # noqa: ANN401 - a client
    return deployed.client("connect")


def listed(connect: Any, operation: str, member: str, **more: str) -> list[dict[str, Any]]:  # noqa: ANN401
    return [one for page in connect.get_paginator(operation).paginate(**more) for one in page[member]]


def module(deployed: EmbeddedAws, connect: Any) -> dict[str, str]:  # noqa: ANN401
    """Return how the payment module is asked for."""
    instance = deployed.connect.instance_id
    modules = listed(connect, "list_contact_flow_modules", "ContactFlowModulesSummaryList", InstanceId=instance)
    [found] = [one for one in modules if one["Name"] == "local-steward-payment"]
    return {"InstanceId": instance, "ContactFlowModuleId": found["Id"]}


def content(connect: Any, asked: dict[str, str], qualifier: str = "") -> Any:  # noqa: ANN401
    place = {**asked, "ContactFlowModuleId": f"{asked['ContactFlowModuleId']}{qualifier}"}
    return json.loads(connect.describe_contact_flow_module(**place)["ContactFlowModule"]["Content"])


def test_the_flows_of_the_templates_are_there_with_their_kinds(deployed: EmbeddedAws, connect: Any) -> None:  # noqa: ANN401
    flows = listed(connect, "list_contact_flows", "ContactFlowSummaryList", InstanceId=deployed.connect.instance_id)
    assert {(one["Name"], one["ContactFlowType"], one["ContactFlowStatus"]) for one in flows} == {
        ("local-steward-inbound", "CONTACT_FLOW", "PUBLISHED"),
        ("local-steward-outbound-whisper", "OUTBOUND_WHISPER", "PUBLISHED"),
        ("local-steward-payment-guide", "CONTACT_FLOW", "PUBLISHED"),
    }


def test_an_edit_that_is_saved_is_read_as_saved_alone_and_changes_nothing_in_force(
    deployed: EmbeddedAws,
    connect: Any,  # noqa: ANN401
) -> None:
    asked = module(deployed, connect)
    before = content(connect, asked)
    saved = {**asked, "ContactFlowModuleId": f"{asked['ContactFlowModuleId']}:$SAVED"}
    connect.update_contact_flow_module_content(**saved, Content=EDITED)
    [alias] = connect.list_contact_flow_module_aliases(**asked)["ContactFlowModuleAliasSummaryList"]
    assert (alias["AliasName"], alias["Version"]) == ("in-force", 1)
    assert content(connect, asked, ":$SAVED") == json.loads(EDITED)
    assert content(connect, asked) == content(connect, asked, f":{alias['Version']}") == before

    connect.update_contact_flow_module_content(**asked, Content=EDITED)
    assert content(connect, asked) == json.loads(EDITED)
    assert content(connect, asked, ":1") == content(connect, asked, f":{alias['AliasId']}") == before
    connect.update_contact_flow_module_content(**asked, Content=json.dumps(before))


def test_an_alias_moves_to_a_version_that_is_there_and_to_no_other(deployed: EmbeddedAws, connect: Any) -> None:  # noqa: ANN401
    asked = module(deployed, connect)
    [alias] = connect.list_contact_flow_module_aliases(**asked)["ContactFlowModuleAliasSummaryList"]
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        connect.update_contact_flow_module_alias(
            **asked, AliasId=alias["AliasId"], Name="in-force", ContactFlowModuleVersion=7
        )
    deployed.connect.flows.find(asked["ContactFlowModuleId"])[0].freeze()
    connect.update_contact_flow_module_alias(
        **asked, AliasId=alias["AliasId"], Name="in-force", ContactFlowModuleVersion=2
    )
    [moved] = connect.list_contact_flow_module_aliases(**asked)["ContactFlowModuleAliasSummaryList"]
    assert moved["Version"] == 2


def test_a_version_does_not_change(deployed: EmbeddedAws, connect: Any) -> None:  # noqa: ANN401
    asked = module(deployed, connect)
    frozen = {**asked, "ContactFlowModuleId": f"{asked['ContactFlowModuleId']}:1"}
    with pytest.raises(ClientError, match="InvalidRequestException"):
        connect.update_contact_flow_module_content(**frozen, Content=EDITED)


def test_a_flow_that_was_never_published_is_read_as_saved_alone(deployed: EmbeddedAws, connect: Any) -> None:  # noqa: ANN401
    draft = Flow(f"{deployed.instance_arn}/contact-flow/draft", "Draft", "CONTACT_FLOW", saved=EDITED)
    deployed.connect.flows.add(draft)
    place = {"InstanceId": deployed.connect.instance_id}
    with pytest.raises(ClientError, match="ContactFlowNotPublishedException"):
        connect.describe_contact_flow(**place, ContactFlowId="draft")
    found = connect.describe_contact_flow(**place, ContactFlowId="draft:$SAVED")["ContactFlow"]
    assert (found["Status"], found["Content"]) == ("SAVED", EDITED)
    deployed.connect.flows.remove("draft")


def test_an_instance_that_the_console_made_has_a_flow_and_a_queue_of_its_own() -> None:
    with empty_account(
        START,
        account="111122223333",
        region="eu-west-2",
        instance_arn="arn:aws:connect:eu-west-2:111122223333:instance/8c1b4f1e-2d3a-4b5c-9d6e-7f8091a2b3c4",
    ) as world:
        made_in_the_console(world)
        connect, place = world.client("connect"), {"InstanceId": world.connect.instance_id}
        [flow] = connect.list_contact_flows(**place)["ContactFlowSummaryList"]
        [queue] = connect.list_queues(**place, QueueTypes=["STANDARD"])["QueueSummaryList"]
        assert (flow["Name"], queue["Name"]) == (FLOW, QUEUE)
        described = connect.describe_queue(**place, QueueId=queue["Id"])["Queue"]
        assert described["OutboundCallerConfig"] == {}
        assert json.loads(connect.describe_contact_flow(**place, ContactFlowId=flow["Id"])["ContactFlow"]["Content"])


def test_a_second_deployment_freezes_the_module_as_it_is_then_and_moves_the_alias(tmp_path: Path) -> None:
    """CloudFormation updates a module before it makes a version of it, which names the module."""
    instance = "arn:aws:connect:eu-west-2:111122223333:instance/8c1b4f1e-2d3a-4b5c-9d6e-7f8091a2b3c4"

    def template(words: str) -> str:
        text = json.dumps({"Version": "2019-10-30", "Actions": [], "Words": words})
        of_module = {"Fn::GetAtt": ["Module", "ContactFlowModuleArn"]}
        resources = {
            f"Version{words}": {
                "Type": "AWS::Connect::ContactFlowModuleVersion",
                "Properties": {"ContactFlowModuleId": of_module},
            },
            "Alias": {
                "Type": "AWS::Connect::ContactFlowModuleAlias",
                "Properties": {
                    "ContactFlowModuleId": of_module,
                    "ContactFlowModuleVersion": {"Fn::GetAtt": [f"Version{words}", "Version"]},
                    "Name": "in-force",
                },
            },
            "Module": {
                "Type": "AWS::Connect::ContactFlowModule",
                "Properties": {"InstanceArn": instance, "Name": "payment", "Content": text},
            },
        }
        return json.dumps({"Resources": resources})

    with empty_account(START, account="111122223333", region="eu-west-2", instance_arn=instance) as world:
        making = world.making(lambda _, key: tmp_path / key)
        with completed(making, others=parsing.get_model_map()), complete_stacks(making):
            api = world.client("cloudformation")
            for kind, words in (("CREATE", "One"), ("UPDATE", "Two")):
                name = {"StackName": "flows", "ChangeSetName": words}
                api.create_change_set(**name, ChangeSetType=kind, TemplateBody=template(words))
                api.execute_change_set(**name)
                assert api.describe_stacks(StackName="flows")["Stacks"][0]["StackStatus"] == f"{kind}_COMPLETE"
        [found] = world.connect.flows.of_kind(modules=True)
        [alias] = found.aliases.values()
        assert [json.loads(found.content(name))["Words"] for name in (alias.id, "", "2")] == ["Two", "Two", "Two"]
        assert set(found.versions) == {2}
