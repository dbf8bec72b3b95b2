"""The payment flows, run with every answer and every fault that a function or Connect can give."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.flow_runner import Call, Given, InvocationFailure, Run
from tests.support.flows.surroundings import KEYPAD, PAYMENT_LINE, FlowSurroundings, flows, runner

if TYPE_CHECKING:
    from infra.contact_flows.settings import Keypad, PaymentLine

Answer = object

PAUSED = {"status": "paused", "reason": "confirmed", "reference": "r-1"}
RECORDING = {"status": "recording", "reason": "confirmed", "reference": "r-1"}
NOT_CONFIRMED = {"status": "not_confirmed", "reason": "no_answer", "reference": "r-1"}
FAILED = InvocationFailure("control_recording timed out")
CARD = ["4929420573595709", "1127", "123"]
ACCEPTED: list[Answer] = [{"status": "accepted"}, {"status": "accepted"}, {"status": "paid"}]

AGAIN: Answer = {"status": "again"}
"""What the provider answers to an entry that cannot be a card's."""

ANSWERS: list[Answer] = [PAUSED, RECORDING, NOT_CONFIRMED, FAILED, {}, {"status": True}, "paused", None]


def pay(
    control: list[Answer],
    provider: list[Answer] | None = None,
    *,
    keys: list[str | None] | None = None,
    faults: dict[str, str] | None = None,
    recorded: str = "yes",
    card_entry: Keypad | PaymentLine = KEYPAD,
    council: str = "barnet",
    language: str = "en",
) -> tuple[Call, Run, FlowSurroundings]:
    call = Call("c-1", attributes={"call_recorded": recorded, "language": language})
    world = FlowSurroundings(
        {"control_recording": list(control), "payment-provider": list(ACCEPTED if provider is None else provider)}
    )
    given_ = Given(keys=list(CARD if keys is None else keys), faults=faults or {})
    return call, runner(world, flows(council, card_entry)).run("payment", call, given_), world


def guide(
    control: list[Answer], buttons: list[str | None], faults: dict[str, str] | None = None, **attributes: str
) -> tuple[Call, Run, FlowSurroundings]:
    call = Call("g-1", channel="CHAT", related_contact_id="c-1", attributes={"initialContactId": "c-0", **attributes})
    world = FlowSurroundings({"control_recording": list(control)})
    run = runner(world, flows("barnet")).run("payment-guide", call, Given(buttons=buttons, faults=faults or {}))
    return call, run, world


def operations(world: FlowSurroundings) -> list[str]:
    return [parameters["operation"] for parameters in world.asked("control_recording")]


class TestCallerPays:
    def test_a_payment_with_a_pause_that_works(self) -> None:
        call, run, world = pay([PAUSED, RECORDING])
        assert [entry.action for entry in run.entries] == ["payment-number-en", "payment-expiry-en", "payment-code-en"]
        assert operations(world) == ["pause", "resume"]
        assert call.attributes["payment_outcome"] == "taken"
        assert run.spoken[-1] == "Thank you. Your payment has been taken."
        assert run.ended_by == "module returned"

    @pytest.mark.parametrize("answer", [answer for answer in ANSWERS if answer != PAUSED])
    def test_without_a_confirmed_pause_the_caller_is_refused_and_nothing_is_keyed_in(self, answer: Answer) -> None:
        call, run, world = pay([answer, RECORDING])
        assert run.entries == []
        assert world.asked("payment-provider") == []
        assert call.attributes["payment_outcome"] == "refused"
        [sentence] = run.spoken
        assert sentence.startswith("We are sorry. We cannot take a payment on this call")
        assert operations(world) == ["pause", "resume"], "a pause that may have worked is taken back"

    def test_a_pause_that_answers_too_late_is_none(self) -> None:
        call = Call("c-1")
        world = FlowSurroundings({"control_recording": [PAUSED, RECORDING]}, seconds=8.5)
        run = runner(world, flows("barnet")).run("payment", call, Given(keys=[*CARD]))
        assert run.entries == []
        assert call.attributes["payment_outcome"] == "refused"

    def test_what_is_keyed_in_is_encrypted_and_never_logged(self) -> None:
        call, run, world = pay([PAUSED, RECORDING])
        assert all(entry.encrypted and not entry.logged for entry in run.entries)
        assert call.logs_flow, "the flow is logged again"
        everything = repr((run, world.invoked, world.attributes, call))
        assert not any(digits in everything for digits in CARD)

    def test_each_entry_goes_to_the_payment_provider_alone(self) -> None:
        _, _, world = pay([PAUSED, RECORDING])
        assert [sent["step"] for sent in world.asked("payment-provider")] == ["card_number", "card_expiry", "card_code"]
        assert all(set(sent) == {"operation"} for sent in world.asked("control_recording"))

    @pytest.mark.parametrize(
        "provider",
        [[FAILED], [{"status": "declined"}], [*ACCEPTED[:2], {"status": "declined"}], [*ACCEPTED[:2], FAILED]],
    )
    def test_a_payment_that_is_not_confirmed_is_not_called_taken(self, provider: list[Answer]) -> None:
        call, run, world = pay([PAUSED, RECORDING], provider)
        assert call.attributes["payment_outcome"] == "failed"
        assert "could not confirm your payment" in run.spoken[-1]
        assert operations(world) == ["pause", "resume"]

    @pytest.mark.parametrize("answer", [answer for answer in ANSWERS if answer != RECORDING])
    def test_a_resume_that_is_not_confirmed_is_left_for_the_agent_to_see(self, answer: Answer) -> None:
        call, run, _ = pay([PAUSED, answer])
        assert call.attributes["recording_resumed"] == "no"
        assert call.attributes["payment_outcome"] == "taken"
        _, seen, _ = guide([], [], recording_resumed=call.attributes["recording_resumed"])
        assert "did NOT start again" in seen.shown[0]
        assert run.ended_by == "module returned"

    def test_a_recorded_call_has_its_menu_recorded_so_that_there_is_something_to_pause(self) -> None:
        _, _, world = pay([PAUSED, RECORDING])
        assert world.recorded == [("c-1", "IVR", True), ("c-1", "IVR", False)]

    def test_a_call_that_is_not_recorded_stays_so(self) -> None:
        _, _, world = pay([PAUSED, RECORDING], recorded="no")
        assert world.recorded == []

    def test_the_caller_is_spoken_to_in_the_chosen_language(self) -> None:
        _, run, _ = pay([PAUSED, RECORDING], council="powys", language="cy")
        assert run.spoken[-1] == "Diolch. Mae eich taliad wedi'i gymryd."

    def test_the_payment_line_takes_over_only_while_paused(self) -> None:
        call, run, world = pay([PAUSED, RECORDING], card_entry=PAYMENT_LINE)
        assert run.transfers == ["+442071838750"]
        assert call.attributes["payment_outcome"] == "transferred"
        assert operations(world) == ["pause", "resume"]
        _, run, _ = pay([NOT_CONFIRMED, RECORDING], card_entry=PAYMENT_LINE)
        assert run.transfers == []

    @pytest.mark.parametrize("fault", ["CallFailed", "ConnectionTimeLimitExceeded", "NoMatchingError"])
    def test_a_payment_line_that_does_not_answer_ends_in_a_resumed_recording(self, fault: str) -> None:
        call, _, world = pay([PAUSED, RECORDING], card_entry=PAYMENT_LINE, faults={"payment-transfer-en": fault})
        assert call.attributes["payment_outcome"] == "failed"
        assert operations(world) == ["pause", "resume"]


def check_invariants(call: Call, run: Run, _world: FlowSurroundings) -> None:
    paused_by = next((i for i, step in enumerate(run.steps) if step.action.startswith("log-off")), None)
    first_payment = next((i for i, step in enumerate(run.steps) if step.action.startswith("payment-")), None)
    if first_payment is not None:
        assert paused_by is not None
        assert paused_by < first_payment
        assert run.steps[paused_by - 1].left_by == "condition Equals paused"
    assert not any(entry.logged for entry in run.entries)
    assert call.logs_flow
    assert not call.records_ivr
    assert any(action.startswith(("undo-", "resume-")) for action in run.actions), "whatever was paused is taken back"
    assert run.ended_by == "module returned"


ERRORS = [
    (action.id, error.error)
    for action in flows("barnet")["payment"].actions.values()
    for error in action.errors
    if action.id not in {"is-recorded", "was-recorded"}
]
"""The two comparisons left out read what the flow itself has set, and cannot go wrong."""

COURSES: list[tuple[list[Answer], list[Answer]]] = [
    ([PAUSED, RECORDING], ACCEPTED),
    ([PAUSED, RECORDING], [{"status": "declined"}]),
    ([PAUSED, FAILED], ACCEPTED),
    ([PAUSED, FAILED], [FAILED]),
    ([NOT_CONFIRMED, RECORDING], ACCEPTED),
    ([PAUSED, RECORDING], [AGAIN, ACCEPTED[0], AGAIN, ACCEPTED[1], AGAIN, ACCEPTED[2]]),
]


@pytest.mark.parametrize(("action", "error"), ERRORS)
def test_whichever_action_of_the_payment_fails_no_card_is_recorded_or_logged(action: str, error: str) -> None:
    reached = False
    for control, provider in COURSES:
        call, run, world = pay(control, provider, keys=["1127"] * 6, faults={action: error})
        check_invariants(call, run, world)
        reached |= run.went_through(action)
    assert reached


@given(
    control=st.lists(st.sampled_from(ANSWERS), max_size=4),
    provider=st.lists(st.sampled_from([*ACCEPTED, AGAIN, FAILED, {"status": "declined"}]), min_size=1, max_size=6),
    keys=st.lists(st.sampled_from([*CARD, None, "1" * 30]), max_size=6),
    faults=st.lists(st.sampled_from(ERRORS), max_size=3),
)
def test_no_mixture_of_answers_entries_and_faults_records_or_logs_a_card(
    control: list[Answer], provider: list[Answer], keys: list[str | None], faults: list[tuple[str, str]]
) -> None:
    check_invariants(*pay(control, provider, keys=keys, faults=dict(faults)))


class TestSecondTry:
    def test_a_caller_who_keyed_nothing_in_is_asked_once_more(self) -> None:
        call, run, world = pay([PAUSED, RECORDING], keys=[None, *CARD])
        assert call.attributes["payment_outcome"] == "taken"
        assert run.spoken[1].startswith("We did not get that. Please key in your card number")
        assert [one["step"] for one in world.asked("payment-provider")] == ["card_number", "card_expiry", "card_code"]

    def test_an_entry_that_the_provider_cannot_use_may_be_keyed_in_once_more(self) -> None:
        call, run, _ = pay([PAUSED, RECORDING], [AGAIN, *ACCEPTED], keys=[CARD[0], *CARD])
        assert call.attributes["payment_outcome"] == "taken"
        assert len(run.entries) == 4

    @pytest.mark.parametrize("keys", [[None, None], [None, "1" * 30]])
    def test_there_is_no_third_try(self, keys: list[str | None]) -> None:
        call, run, _ = pay([PAUSED, RECORDING], [AGAIN, AGAIN, *ACCEPTED], keys=[*keys, *CARD])
        assert call.attributes["payment_outcome"] == "failed"
        assert run.spoken[-1].startswith("We are sorry. We could not confirm your payment.")

    def test_every_entry_ends_soon_after_the_last_digit(self) -> None:
        """GetParticipantInput, ``InterdigitTimeLimitSeconds``: 1 to 20 (API reference, flow language)."""
        inputs = [one for one in flows("barnet")["payment"].actions.values() if one.type == "GetParticipantInput"]
        assert len(inputs) == 6
        assert {one.parameters["DTMFConfiguration"]["InterdigitTimeLimitSeconds"] for one in inputs} == {"6"}


class TestLogging:
    @pytest.mark.parametrize("provider", [ACCEPTED, [FAILED]])
    def test_a_flow_that_had_logging_off_has_it_off_after_a_payment(self, provider: list[Answer]) -> None:
        call = Call("c-1", attributes={"call_recorded": "yes", "flow_logging": "off"}, logs_flow=False)
        world = FlowSurroundings({"control_recording": [PAUSED, RECORDING], "payment-provider": list(provider)})
        runner(world, flows("barnet", KEYPAD)).run("payment", call, Given(keys=list(CARD)))
        assert not call.logs_flow

    @pytest.mark.parametrize("key", ["1", "2", None])
    def test_and_after_a_number_was_keyed_in_for_a_text(self, key: str | None) -> None:
        refusal = {"status": "refused", "reason": "number_withheld"}
        call = Call("c-1", attributes={"flow_logging": "off"}, logs_flow=False)
        world = FlowSurroundings(
            {"record_consent": [refusal, {"status": "recorded"}], "send_sms": [{"status": "sent"}]}
        )
        runner(world, flows("barnet")).run("sms-consent", call, Given(keys=["1", "07400900264", key]))
        assert not call.logs_flow

    def test_the_inbound_flow_leaves_it_off_too(self) -> None:
        call = Call("c-1", attributes={"flow_logging": "off"}, logs_flow=False)
        runner(FlowSurroundings(), flows("barnet")).run("inbound", call)
        assert not call.logs_flow


class TestAgentTakesAPayment:
    def test_the_agent_is_told_to_go_on_only_when_paused_and_resumes(self) -> None:
        _, run, world = guide([PAUSED, RECORDING], ["Start payment", "Payment finished"])
        assert [shown.split(".")[0] for shown in run.shown] == [
            "Choose Start payment before the caller gives any card details",
            "The recording is paused",
            "The recording goes on",
        ]
        assert world.asked("control_recording") == [
            {"operation": "pause", "initialContactId": "c-0"},
            {"operation": "resume", "initialContactId": "c-0"},
        ]

    @pytest.mark.parametrize("answer", [answer for answer in ANSWERS if answer != PAUSED])
    def test_a_pause_that_is_not_confirmed_says_do_not_take_a_payment(self, answer: Answer) -> None:
        _, run, world = guide([answer, RECORDING], ["Start payment"])
        assert run.shown[-1].startswith("Do NOT take a payment")
        assert not run.went_through("payment-screen")
        assert operations(world) == ["pause", "resume"]

    def test_the_agent_may_try_again(self) -> None:
        _, run, _ = guide([FAILED, RECORDING, PAUSED], ["Start payment", "Start payment"])
        assert run.shown[-1].startswith("The recording is paused")

    @pytest.mark.parametrize("answer", [answer for answer in ANSWERS if answer != RECORDING])
    def test_a_resume_that_is_not_confirmed_is_announced_and_can_be_tried_again(self, answer: Answer) -> None:
        buttons: list[str | None] = ["Start payment", "Payment finished", "Payment finished"]
        _, run, world = guide([PAUSED, answer, RECORDING], buttons)
        assert "did NOT start again" in run.shown[2]
        assert run.shown[3].startswith("The recording goes on")
        assert operations(world) == ["pause", "resume", "resume"]

    def test_a_payment_that_takes_long_stays_paused_until_the_agent_says_so(self) -> None:
        _, run, world = guide([PAUSED, RECORDING], ["Start payment", None, None, "Payment finished"])
        assert run.shown[2].startswith("The recording is still paused")
        assert operations(world) == ["pause", "resume"]

    def test_a_screen_that_cannot_be_shown_resumes_the_recording(self) -> None:
        _, run, world = guide([PAUSED, RECORDING], ["Start payment"], {"payment-screen": "NoMatchingError"})
        assert operations(world) == ["pause", "resume"]
        assert run.shown[-1].startswith("The recording goes on")

    def test_the_call_and_not_the_guide_is_named_to_the_function(self) -> None:
        world = FlowSurroundings({"control_recording": [PAUSED]})
        call = Call("g-1", channel="CHAT", related_contact_id="c-1", attributes={"initialContactId": "c-0"})
        with patch.object(world, "invoke", wraps=world.invoke) as invoked:
            runner(world, flows("barnet")).run("payment-guide", call, Given(buttons=["Start payment"]))
        contact = invoked.call_args_list[0].args[1]["Details"]["ContactData"]
        assert (contact["ContactId"], contact["RelatedContactId"], contact["Channel"]) == ("g-1", "c-1", "CHAT")


class TestInboundLeadsToThePayment:
    def test_pressing_1_pays_and_then_reaches_the_queue(self) -> None:
        call = Call("c-1", caller="+447400123456")
        world = FlowSurroundings({"control_recording": [PAUSED, RECORDING], "payment-provider": [*ACCEPTED]})
        run = runner(world, flows("barnet")).run("inbound", call, Given(keys=["1", *CARD, "2"]))
        assert call.attributes["payment_outcome"] == "taken"
        assert call.attributes["initialContactId"] == "c-1"
        assert call.event_hooks == {"DefaultAgentUI": "arn:payment_guide"}
        assert run.ended_by == "queued"

    def test_a_refused_payment_still_reaches_the_queue(self) -> None:
        call = Call("c-1")
        run = runner(FlowSurroundings(), flows("barnet")).run("inbound", call, Given(keys=["1", "2"]))
        assert call.attributes["payment_outcome"] == "refused"
        assert run.ended_by == "queued"
        assert call.records_agent


class TestTransferOut:
    def test_recording_stops_before_the_call_leaves_and_returns_with_it(self) -> None:
        call = Call("c-1", records_ivr=True, attributes={"transfer_to": "+442071838750", "call_recorded": "yes"})
        world = FlowSurroundings()
        run = runner(world, flows("barnet")).run("transfer-out", call)
        assert run.actions[:2] == ["is-listed", "record-nothing"]
        assert run.transfers == ["+442071838750"]
        assert world.recorded == [("c-1", "IVR", False)]
        assert call.attributes["transfer_outcome"] == "connected"
        assert call.records_agent

    def test_a_transfer_that_fails_is_said_and_a_call_that_was_not_recorded_is_not_afterwards(self) -> None:
        call = Call("c-1", attributes={"call_recorded": "no"})
        run = runner(FlowSurroundings(), flows("barnet")).run("transfer-out", call)
        assert run.spoken == ["We are sorry. We could not connect you."]
        assert call.attributes["transfer_outcome"] == "failed"
        assert not call.records_agent
