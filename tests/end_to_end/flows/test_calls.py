"""Calls through the deployed flows, with the deployed functions behind them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from flowlint.lint import lint_flow
from infra.config import ROOT
from infra.synthesis import cached_synthesis
from simulator.aws.account.account import EmbeddedAws
from simulator.calls.stories import CARD, DECLINE, NOT_NOW, PAY, silent, stories
from simulator.calls.switchboard import Conversation, Switchboard
from simulator.flow_runner.deployed import deployed_flows
from simulator.flow_runner.library import FlowLibrary
from simulator.scenarios.quiet_nights import quiet_world
from simulator.scenarios.results.collect import payments_of
from tests.support.flows.builders import flaws

if TYPE_CHECKING:
    from collections.abc import Iterator

MORNING = datetime(2026, 11, 23, 9, tzinfo=UTC)
FLOWS = ("inbound", "outbound-whisper", "payment", "payment-guide", "sms-consent", "transfer-out")


@pytest.fixture(scope="module")
def world() -> Iterator[EmbeddedAws]:
    """One deployment for all calls: each is a contact of its own."""
    with quiet_world(cached_synthesis(ROOT / "policies" / "barnet.toml"), MORNING) as world:
        yield world


@pytest.fixture(scope="module")
def shared(world: EmbeddedAws) -> Switchboard:
    return Switchboard(world)


@pytest.fixture
def switchboard(world: EmbeddedAws, shared: Switchboard) -> Iterator[Switchboard]:
    yield shared
    world.faults.clear()
    shared.provider.declines = False


@pytest.fixture(scope="module")
def library(world: EmbeddedAws) -> FlowLibrary:
    return deployed_flows(world)


def intervals(world: EmbeddedAws, talk: Conversation, kind: str) -> list[str]:
    return [
        interval["state"]
        for row in world.connect.recordings_state()
        if row["contact_id"] == talk.call.contact_id and row["type"] == kind
        for interval in row["intervals"]
    ]


def card_is_safe(world: EmbeddedAws, talk: Conversation) -> None:
    for entry in talk.run.entries:
        if entry.encrypted:
            assert not entry.logged
            assert silent(world, talk, entry)
    assert talk.call.logs_flow


@pytest.mark.parametrize("name", FLOWS)
def test_every_deployed_flow_is_without_findings(library: FlowLibrary, name: str) -> None:
    assert flaws(lint_flow(library.find(name).flow)) == []


def test_every_claim_of_the_demonstration_holds(world: EmbeddedAws, switchboard: Switchboard) -> None:
    told = list(stories(world, switchboard))
    assert [(story.title, claim) for story in told for claim, holds in story.claims if not holds] == []
    assert sum("answers refused" in line.text for story in told for line in story.lines) >= 4


def test_a_payment_is_taken_in_silence_and_its_register_says_so(world: EmbeddedAws, switchboard: Switchboard) -> None:
    talk = switchboard.inbound(PAY, *CARD, DECLINE)
    assert talk.call.attributes["payment_outcome"] == "taken"
    entries = [entry for entry in talk.run.entries if entry.encrypted]
    assert len(entries) == 3
    card_is_safe(world, talk)
    [payment] = [each for each in payments_of(world) if each.contact_id == talk.call.contact_id]
    assert payment.status == "recording"
    assert payment.paused_at is not None
    assert payment.resumed_at is not None
    assert payment.paused_at <= entries[0].begun
    assert entries[-1].ended <= payment.resumed_at


def test_no_digit_of_a_card_reaches_a_log_a_table_or_a_function_of_ours(
    world: EmbeddedAws, switchboard: Switchboard
) -> None:
    switchboard.inbound(PAY, *CARD, DECLINE)
    rows = [
        item
        for table in world.names.tables.values()
        for item in world.client("dynamodb").scan(TableName=table)["Items"]
    ]
    assert rows
    assert CARD[0] not in repr((world.logs, rows, switchboard.provider.received))


@pytest.mark.parametrize(
    "error", ["AccessDeniedException", "TooManyRequestsException", "InternalServiceException", "ReadTimeout"]
)
def test_a_pause_that_connect_does_not_confirm_takes_no_card(
    world: EmbeddedAws, switchboard: Switchboard, error: str
) -> None:
    world.faults.add(service="connect", operation="SuspendContactRecording", error=error, times=1000)
    talk = switchboard.inbound(PAY, *CARD, DECLINE)
    assert talk.call.attributes["payment_outcome"] == "refused"
    assert not any(entry.encrypted for entry in talk.run.entries)
    assert talk.run.ended_by == "queued"


@pytest.mark.parametrize("error", ["InternalServerError", "ConditionalCheckFailedException"])
def test_without_the_payment_register_no_card_is_taken(
    world: EmbeddedAws, switchboard: Switchboard, error: str
) -> None:
    world.faults.add(service="dynamodb", operation="UpdateItem", error=error, times=1000)
    talk = switchboard.inbound(PAY, *CARD, DECLINE)
    assert not any(entry.encrypted for entry in talk.run.entries)
    card_is_safe(world, talk)


@pytest.mark.parametrize("calls", range(1, 9))
def test_a_function_that_dies_after_any_of_its_calls_records_no_card(
    world: EmbeddedAws, switchboard: Switchboard, calls: int
) -> None:
    world.kill_after("control_recording", calls)
    card_is_safe(world, switchboard.inbound(PAY, *CARD, DECLINE))


def test_a_caller_who_pays_twice_is_paused_twice(world: EmbeddedAws, switchboard: Switchboard) -> None:
    talk = switchboard.inbound(PAY, *CARD, DECLINE)
    again = switchboard.go_on("payment", talk.call, CARD)
    assert again.call.attributes["payment_outcome"] == "taken"
    card_is_safe(world, talk)
    card_is_safe(world, again)


def test_a_declined_payment_resumes_the_recording(world: EmbeddedAws, switchboard: Switchboard) -> None:
    switchboard.provider.declines = True
    talk = switchboard.inbound(PAY, *CARD, DECLINE)
    assert talk.call.attributes["payment_outcome"] == "failed"
    assert intervals(world, talk, "IVR") == ["suspended", "recording"]


class TestAgentsGuide:
    def test_the_call_is_silent_from_start_to_finish_of_the_payment(
        self, world: EmbeddedAws, switchboard: Switchboard
    ) -> None:
        talk = switchboard.inbound(NOT_NOW, DECLINE)
        switchboard.answer(talk.call)
        switchboard.wait(30)
        switchboard.guide(talk.call, "Start payment", "Payment finished")
        switchboard.wait(30)
        assert intervals(world, talk, "AGENT") == ["recording", "suspended", "recording"]

    def test_a_guide_that_is_closed_during_a_payment_leaves_the_call_silent(
        self, world: EmbeddedAws, switchboard: Switchboard
    ) -> None:
        talk = switchboard.inbound(NOT_NOW, DECLINE)
        switchboard.answer(talk.call)
        switchboard.wait(30)
        guide = switchboard.guide(talk.call, "Start payment")
        assert guide.run.ended_by == "closed by the agent"
        assert intervals(world, talk, "AGENT") == ["recording", "suspended"]

    def test_a_pause_that_fails_tells_the_agent_not_to_take_the_payment(
        self, world: EmbeddedAws, switchboard: Switchboard
    ) -> None:
        talk = switchboard.inbound(NOT_NOW, DECLINE)
        switchboard.answer(talk.call)
        world.faults.add(service="connect", operation="SuspendContactRecording", error="ReadTimeout", times=1000)
        guide = switchboard.guide(talk.call, "Start payment")
        assert guide.run.shown[-1].startswith("Do NOT take a payment")

    def test_a_press_after_the_caller_hung_up_is_no_confirmation(self, switchboard: Switchboard) -> None:
        talk = switchboard.inbound(NOT_NOW, DECLINE)
        switchboard.answer(talk.call)
        switchboard.wait(30)
        switchboard.hang_up(talk.call)
        guide = switchboard.guide(talk.call, "Start payment")
        assert guide.run.shown[-1].startswith("Do NOT take a payment")


def test_an_ordinary_call_invokes_no_function(world: EmbeddedAws, switchboard: Switchboard) -> None:
    switchboard.wait(3600)  # what watches over earlier calls of this module is done by then
    before = {name: counts["invocations"] for name, counts in world.calls.items()}
    talk = switchboard.inbound(NOT_NOW, DECLINE)
    switchboard.answer(talk.call)
    switchboard.wait(300)
    switchboard.hang_up(talk.call)
    assert {name: counts["invocations"] for name, counts in world.calls.items()} == before
