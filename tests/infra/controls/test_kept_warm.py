"""Functions that somebody waits for, kept ready: flows reach them by the alias, and nothing else changes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from infra.config import cdk_context, choose
from infra.refusal import RefusalError
from tests.infra.conftest import read_resource_file
from tests.support.synthesised import with_every_option

if TYPE_CHECKING:
    pass

IN_CALL = 3


def of_type(resources: dict[str, Any], kind: str) -> dict[str, Any]:
    return {name: one["Properties"] for name, one in resources.items() if one["Type"] == kind}


@pytest.fixture(scope="module")
def warm() -> dict[str, Any]:
    folder = with_every_option()
    return read_resource_file(folder / "local-steward-controls.template.json") | read_resource_file(
        folder / "local-steward-sms.template.json"
    )


def test_each_function_that_flows_invoke_has_so_many_environments_ready(warm: dict[str, Any]) -> None:
    aliases = of_type(warm, "AWS::Lambda::Alias").values()

    assert len(aliases) == IN_CALL
    assert {one["ProvisionedConcurrencyConfig"]["ProvisionedConcurrentExecutions"] for one in aliases} == {2}


def test_flows_and_the_instance_know_the_alias_alone(warm: dict[str, Any]) -> None:
    aliases = set(of_type(warm, "AWS::Lambda::Alias"))
    associated = [one["IntegrationArn"] for one in of_type(warm, "AWS::Connect::IntegrationAssociation").values()]
    allowed = [
        one["FunctionName"]
        for one in of_type(warm, "AWS::Lambda::Permission").values()
        if one["Principal"] == "connect.amazonaws.com"
    ]
    flows = json.dumps(
        [of_type(warm, kind) for kind in ("AWS::Connect::ContactFlow", "AWS::Connect::ContactFlowModule")]
    )

    assert [one["Ref"] in aliases for one in associated] == [True] * IN_CALL
    assert [one["Ref"] in aliases for one in allowed] == [True] * IN_CALL
    assert all(alias in flows for alias in aliases)


def test_nothing_is_kept_ready_unless_the_environment_says_so(controls: dict[str, Any], sms: dict[str, Any]) -> None:
    assert not of_type(controls | sms, "AWS::Lambda::Alias")


@pytest.mark.parametrize("wrong", [-1, 101, "two"])
def test_a_number_that_cannot_be_is_refused(wrong: object) -> None:
    context = json.loads(json.dumps(cdk_context()))
    context["steward:environments"]["local"]["kept_warm"] = wrong
    with pytest.raises(RefusalError, match="kept_warm"):
        choose(context)
