"""A request that a caller makes, from the agent's guide to the register, through the deployed templates alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from flowlint.lint import lint_flow
from infra.config import ROOT, Deployment, cdk_context, choose
from infra.guides.stack import refuse_without_register
from infra.refusal import RefusalError
from infra.synthesis import synthesize
from simulator.aws.account.account import EmbeddedAws
from simulator.flow_runner import Call, FlowRunner, Given, Run
from simulator.flow_runner.deployed import DeployedSurroundings, deployed_flows
from simulator.scenarios.quiet_nights import quiet_world
from simulator.scenarios.results.rights import requests_of
from simulator.scenarios.results.shapes import RequestState
from steward.policy.load import load_policy
from tests.end_to_end.conftest import BARNET
from tests.end_to_end.rights.lines import PHONE
from tests.end_to_end.stories import moment
from tests.support.flows.builders import flaws

START = moment("2027-01-05T09:00:00")
TYPED = "01632 960 123"
FORM = {"number": TYPED, "email": "Eleanor@Invented.example"}


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    local = choose(cdk_context())
    environment = msgspec.structs.replace(local.environment, request_guide=True)
    deployment = Deployment(name=local.name, environment=environment)
    return synthesize(deployment, BARNET, tmp_path_factory.mktemp("with-guide"))


class Desk:
    """An agent's desk: calls come in, and beside each stands the guide."""

    def __init__(self, world: EmbeddedAws) -> None:
        self.world = world
        self.around = DeployedSurroundings(world)
        self.library = deployed_flows(world)
        self.calls = 0
        for contact_id, address in (("earlier", PHONE), ("another", "+441632960999")):
            fields = {"ContactId": contact_id, "Channel": "VOICE", "InitiationTimestamp": "2026-12-05T10:00:00Z"}
            endpoint = {"Address": address, "Type": "TELEPHONE_NUMBER"}
            world.contact_record(
                {**fields, "LastUpdateTimestamp": "2026-12-05T10:10:00Z", "CustomerEndpoint": endpoint}
            )
        self.later(hours=1)

    def later(self, **span: int) -> None:
        self.world.run_until(self.world.clock.now() + timedelta(**span))

    def guide(self, *buttons: str | None, forms: tuple[Mapping[str, str], ...] = (FORM,), call: str = "") -> Run:
        """Let a call come in and the agent use the guide; a ``call`` that is named is one that came in before."""
        self.calls += 0 if call else 1
        number = f"{self.calls:012d}"
        beside = Call(f"91de0000-0000-4000-8000-{number}", channel="CHAT", related_contact_id=call or self.call)
        run = FlowRunner(self.library, self.around).run(
            "request-guide", beside, Given(buttons=list(buttons), forms=list(forms))
        )
        self.later(minutes=2)
        assert beside.logs_flow, "what comes after the guide is logged again"
        return run

    @property
    def call(self) -> str:
        """The latest call."""
        return f"0ca11000-0000-4000-8000-{self.calls:012d}"

    @property
    def requests(self) -> list[RequestState]:
        return requests_of(self.world, load_policy(BARNET).subject_rights)

    def intake(self, request: str) -> list[dict[str, Any]]:
        bucket = self.world.names.buckets["rights"]
        body = self.world.client("s3").get_object(Bucket=bucket, Key=f"intake/{request}.json")["Body"].read()
        stated: list[dict[str, Any]] = json.loads(body)
        return stated


@pytest.fixture(scope="module")
def desk(assembly: Path) -> Iterator[Desk]:
    with quiet_world(assembly, START) as world:
        yield Desk(world)


def test_a_request_that_a_caller_makes_is_on_record_that_day_and_their_earlier_call_is_found(desk: Desk) -> None:
    run = desk.guide("access", "close")
    desk.later(hours=1)
    [request] = desk.requests
    assert (request.right, request.received_on, request.status) == ("access", date(2027, 1, 5), "identifying")
    assert run.shown[-1] == "The request is recorded, and its time has begun. Give the caller this reference."
    assert run.ended_by == "disconnected"
    assert desk.intake(request.request) == [
        {"type": "contact", "value": desk.call},
        {"type": "phone", "value": PHONE},
        {"type": "email", "value": "eleanor@invented.example"},
    ]
    assert {one.contact_id for one in request.contacts} >= {"earlier"}
    assert "another" not in {one.contact_id for one in request.contacts}


def test_the_same_button_pressed_twice_in_one_call_is_one_request(desk: Desk) -> None:
    before = len(desk.requests)
    desk.guide("erasure", "close")
    desk.guide("erasure", "close", call=desk.call)
    assert len(desk.requests) == before + 1
    assert desk.world.dead_letters() == []


def test_other_numbers_of_the_same_call_are_another_request_and_the_first_keeps_its_own(desk: Desk) -> None:
    before = {one.request for one in desk.requests}
    desk.guide("restriction", "close", forms=({"number": TYPED, "other_number": "01632 960124"},))
    desk.guide("restriction", "close", forms=({"number": TYPED},), call=desk.call)
    found = [one.request for one in desk.requests if one.request not in before]
    assert sorted(len(desk.intake(one)) for one in found) == [2, 3]


def test_a_number_that_cannot_be_read_is_asked_for_again_and_nothing_is_recorded_before(desk: Desk) -> None:
    before = len(desk.requests)
    run = desk.guide("objection", "objection", "close", forms=({"number": "withheld"}, FORM))
    assert "A number cannot be read" in run.shown[1]
    assert len(desk.requests) == before + 1
    run = desk.guide("objection", "close", forms=({"email": "eleanor"},))
    assert "e-mail address cannot be read" in run.shown[1]
    assert len(desk.requests) == before + 1


@pytest.mark.parametrize(("service", "operation"), [("s3", "PutObject"), ("events", "PutEvents")])
def test_what_does_not_answer_is_told_to_the_agent_and_the_next_try_completes_it(
    desk: Desk, service: str, operation: str
) -> None:
    before = len(desk.requests)
    desk.world.faults.add(service=service, operation=operation, error="AccessDeniedException", times=1)
    run = desk.guide("rectification", "rectification", "close", forms=(FORM, FORM))
    assert "NOT recorded" in run.shown[1]
    assert "is recorded" in run.shown[2]
    assert len(desk.requests) == before + 1


def test_a_guide_that_is_closed_or_left_open_records_nothing(desk: Desk) -> None:
    before = len(desk.requests)
    desk.guide("close")
    desk.guide(None)
    assert len(desk.requests) == before


def test_nothing_that_was_typed_is_in_a_log_a_metric_an_event_or_an_answer(desk: Desk) -> None:
    desk.guide("restriction", "close")
    heard = repr(desk.world.logs)
    assert "request by guide" in heard
    for personal in ("960123", "960 123", "leanor", "nvented"):
        assert personal not in heard
        assert personal not in repr([one.message for one in desk.world.notifications])
        assert personal not in repr(desk.world.dead_letters())


def test_the_guide_is_without_findings_and_logs_nothing_while_the_form_is_open(desk: Desk) -> None:
    flow = desk.library.find("request-guide").flow
    assert flaws(lint_flow(flow)) == []
    assert [one for one in flow.actions.values() if one.type == "UpdateFlowLoggingBehavior"]
    assert flow.actions[str(flow.start)].parameters == {"FlowLoggingBehavior": "Disabled"}


def test_every_button_that_the_guide_waits_for_is_in_the_view_that_it_shows(assembly: Path) -> None:
    template = json.loads((assembly / "local-steward-request-guide.template.json").read_text())["Resources"]
    views = {name: one["Properties"] for name, one in template.items() if one["Type"] == "AWS::Connect::View"}
    assert sorted(len(one["Actions"]) for one in views.values()) == [1, 6]
    for view in views.values():
        [body] = view["Template"]["Body"]
        buttons = [one["Props"]["Action"] for one in body["Content"] if one["Type"] == "Button"]
        assert buttons == view["Actions"]
        assert len(buttons) == len({one["Content"][0] for one in body["Content"] if one["Type"] == "Button"})
    source = json.loads((ROOT / "infra/contact_flows/request-guide.json").read_text())
    for action in source["Actions"]:
        if action["Type"] == "ShowView":
            typed = "received" not in action["Parameters"]["ViewResource"]["Id"]
            hidden = {"SensitiveDataConfiguration": {"HideResponseOn": ["TRANSCRIPT"]}}
            assert (hidden.items() <= action["Parameters"].items()) == typed, "a guide is a chat, and has a transcript"
            waited = [one["Condition"]["Operands"][0] for one in action["Transitions"]["Conditions"]]
            name = action["Parameters"]["ViewResource"]["Id"]
            assert waited == (["close"] if "received" in name else [*RIGHTS, "close"])


SAYS = "a request that a caller made could not be recorded; the adviser was told so"
RIGHTS = ["access", "rectification", "erasure", "restriction", "objection"]


def test_the_stack_stands_beside_the_controls_which_have_room_left(assembly: Path) -> None:
    """CloudFormation user guide, "Understand CloudFormation quotas": 500 resources in a stack."""
    for template in assembly.glob("*.template.json"):
        assert len(json.loads(template.read_text())["Resources"]) < 480
    guide = json.loads((assembly / "local-steward-request-guide.template.json").read_text())
    assert "AWS::Lambda::LayerVersion" in {one["Type"] for one in guide["Resources"].values()}


def test_an_edit_of_the_guide_beside_the_deployment_is_found(desk: Desk) -> None:
    flows = desk.world.connect.flows
    [guide] = [one for one in flows.of_kind(modules=False) if one.name.endswith("request-guide")]
    assert desk.world.invoke("compare_configuration", {})["findings"] == []
    guide.publish(str(guide.published).replace('"Disabled"', '"Enabled"'))
    desk.later(minutes=1)
    [found] = desk.world.invoke("compare_configuration", {})["findings"]
    assert found["id"].endswith("RequestGuide/content")


def test_what_could_not_be_recorded_raises_an_alarm(assembly: Path) -> None:
    guide = json.loads((assembly / "local-steward-request-guide.template.json").read_text())["Resources"]
    watched = [one["Properties"] for one in guide.values() if one["Type"] == "AWS::CloudWatch::Alarm"]
    assert [one["AlarmDescription"] for one in watched if one["MetricName"] == "GuideRequestFailed"] == [
        f"{SAYS}. What to do: docs/runbook.md#guide-request-failed"
    ]


def test_a_guide_without_a_register_of_requests_is_refused() -> None:
    policy = load_policy(BARNET)
    environment = msgspec.structs.replace(choose(cdk_context()).environment, request_guide=True)
    refuse_without_register(environment, policy)
    without = msgspec.structs.replace(policy, subject_rights=None)
    with pytest.raises(RefusalError, match="request_guide: the policy has no section subject_rights"):
        refuse_without_register(environment, without)
    refuse_without_register(msgspec.structs.replace(environment, request_guide=False), without)
