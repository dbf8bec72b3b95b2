from __future__ import annotations

import pytest

from flowlint.catalogue import CATCH_ALL
from flowlint.rules.examples.builders import act
from tests.support.flows.builders import (
    Json,
    attributes,
    bye,
    compare,
    enter_card,
    findings,
    invoke,
    record,
    said,
    say,
    transfer_out,
    warned,
)


def pause(to: str = "check", failed: str = "refuse", identifier: str = "stop-recording") -> Json:
    return invoke(identifier, to, failed, operation="pause")


def refuse() -> Json:
    return say("refuse", "bye", "We cannot take a payment now.")


CARD = enter_card("card", "bye", "bye")
CHECK = compare("check", "refuse", paused="card")


class TestFailOpenPause:
    def test_success_and_error_at_one_place_is_an_error(self) -> None:
        assert said(pause("shown", "shown"), say("shown", "bye"), bye()) == {("stop-recording", "fail-open-pause")}

    @pytest.mark.parametrize("word", ["pause", "PAUSE", "Suspend", " suspend "])
    @pytest.mark.parametrize("name", ["operation", "whatever"])
    def test_the_value_of_any_attribute_marks_a_pause_in_any_case(self, word: str, name: str) -> None:
        assert said(invoke("step", "bye", "bye", **{name: word}), bye()) == {("step", "fail-open-pause")}

    @pytest.mark.parametrize("word", ["resume", "paused", "status", "$.Attributes.operation"])
    def test_other_values_are_no_pause(self, word: str) -> None:
        assert said(invoke("step", "bye", "bye", operation=word), bye()) == set()

    def test_two_copies_of_the_same_continuation_are_one_place(self) -> None:
        actions = (
            pause("off-one", "off-two"),
            attributes("off-one", "shown", recording="OFF"),
            attributes("off-two", "shown", recording="OFF"),
            say("shown", "bye"),
            bye(),
        )
        assert said(*actions) == {("stop-recording", "fail-open-pause")}

    def test_two_copies_that_loop_are_one_place(self) -> None:
        actions = (
            pause("one", "other"),
            say("one", "other", "Recording is off."),
            say("other", "one", "Recording is off."),
        )
        assert said(*actions) == {("stop-recording", "fail-open-pause")}

    def test_a_comparison_with_one_way_out_does_not_tell_the_two_apart(self) -> None:
        actions = (pause("check", "shown"), compare("check", "shown", paused="shown"), say("shown", "bye"), bye())
        assert said(*actions) == {("stop-recording", "fail-open-pause")}

    def test_an_error_that_joins_the_confirmed_branch_is_an_error(self) -> None:
        actions = (pause("check", "shown"), compare("check", "refuse", paused="shown"), say("shown", "bye"))
        assert said(*actions, refuse(), bye()) == {("stop-recording", "fail-open-pause")}

    @pytest.mark.parametrize(
        "note",
        [
            say("note", "shown", "There was a problem."),
            attributes("note", "shown", problem="yes"),
            invoke("note", "shown", "shown", event="pause_failed"),
        ],
    )
    def test_an_error_that_is_only_noted_on_the_way_to_the_same_place_is_an_error(self, note: Json) -> None:
        menu = compare("shown", "bye", "$.Attributes.x", y="bye-too")
        actions = (note, menu, bye(), bye("bye-too"))
        assert said(pause("shown", "note"), *actions) == {("stop-recording", "fail-open-pause")}
        assert said(pause("note", "shown"), *actions) == {("stop-recording", "fail-open-pause")}

    def test_a_failure_that_is_said_before_the_same_end_is_another_place(self) -> None:
        assert said(pause("bye", "refuse"), refuse(), bye()) == set()

    def test_going_back_to_the_menu_after_a_payment_and_after_a_failed_pause_are_two_places(self) -> None:
        menu = compare("menu", "bye", "$.Attributes.x", y="stop-recording")
        card = enter_card("card", "menu", "menu")
        assert said(pause("check", "menu"), compare("check", "bye", paused="card"), card, menu, bye()) == set()

    def test_continuations_that_differ_in_what_they_say_are_two_places(self) -> None:
        actions = (pause("good", "bad"), say("good", "bye", "Paused."), say("bad", "bye", "Not paused."), bye())
        assert said(*actions) == set()

    def test_continuations_that_differ_later_are_two_places(self) -> None:
        actions = (
            pause("wait-one", "wait-two"),
            say("wait-one", "good", "One moment."),
            say("wait-two", "bad", "One moment."),
            say("good", "bye", "Paused."),
            say("bad", "bye", "Not paused."),
            bye(),
        )
        assert said(*actions) == set()


class TestPaymentNeedsAConfirmedPause:
    def test_a_confirmed_pause_before_the_card_is_right(self) -> None:
        assert said(pause(), CHECK, CARD, refuse(), bye()) == set()

    @pytest.mark.parametrize("status", ["$.External.status", "$.External['status']", '$.External["status"]'])
    def test_the_status_may_be_written_in_either_notation(self, status: str) -> None:
        check = compare("check", "refuse", status, paused="card")
        assert said(pause(), check, CARD, refuse(), bye()) == set()

    def test_success_of_the_invocation_alone_confirms_nothing(self) -> None:
        assert said(pause("card"), CARD, refuse(), bye()) == {("card", "unpaused-payment")}

    def test_the_other_branch_of_the_comparison_confirms_nothing(self) -> None:
        check = compare("check", "card", paused="bye")
        assert said(pause(), check, CARD, refuse(), bye()) == {("card", "unpaused-payment")}

    @pytest.mark.parametrize(
        ("value", "operand"),
        [
            ("$.External.status", "recording"),
            ("$.External.reason", "paused"),
            ("$.Attributes.status", "paused"),
            ("$.Attributes.callRecordingStatus", "OFF"),
        ],
    )
    def test_comparing_anything_else_confirms_nothing(self, value: str, operand: str) -> None:
        check = compare("check", "refuse", value, **{operand: "card"})
        assert said(pause(), check, CARD, refuse(), bye()) == {("card", "unpaused-payment")}

    def test_an_operator_other_than_equals_confirms_nothing(self) -> None:
        check = compare("check", "refuse", paused="card")
        check["Transitions"]["Conditions"][0]["Condition"]["Operator"] = "TextContains"
        assert said(pause(), check, CARD, refuse(), bye()) == {("card", "unpaused-payment")}

    def test_one_path_around_the_pause_is_enough(self) -> None:
        menu = compare("menu", "stop-recording", "$.Attributes.vip", yes="card")
        assert said(menu, pause(), CHECK, CARD, refuse(), bye()) == {("card", "unpaused-payment")}

    def test_a_comparison_without_a_pause_before_it_confirms_nothing(self) -> None:
        look = invoke("look", "check", "refuse", operation="status")
        assert said(look, CHECK, CARD, refuse(), bye()) == {("card", "unpaused-payment")}

    def test_an_invocation_between_pause_and_comparison_replaces_the_answer(self) -> None:
        actions = (pause("look"), invoke("look", "check", "refuse", what="fee"), CHECK, CARD, refuse(), bye())
        assert said(*actions) == {("card", "unpaused-payment")}

    def test_an_invocation_after_the_comparison_changes_nothing(self) -> None:
        check = compare("check", "refuse", paused="look")
        actions = (pause(), check, invoke("look", "card", "refuse", what="fee"), CARD, refuse(), bye())
        assert said(*actions) == set()

    @pytest.mark.parametrize("word", ["resume", "pause"])
    def test_a_resume_or_a_second_pause_undoes_the_confirmation(self, word: str) -> None:
        check = compare("check", "refuse", paused="again")
        actions = (pause(), check, invoke("again", "card", "refuse", operation=word), CARD, refuse(), bye())
        assert said(*actions) == {("card", "unpaused-payment")}

    def test_a_resume_that_failed_undoes_the_confirmation_too(self) -> None:
        check = compare("check", "refuse", paused="again")
        actions = (pause(), check, invoke("again", "bye", "card", operation="resume"), CARD, refuse(), bye())
        assert said(*actions) == {("card", "unpaused-payment")}

    def test_paying_again_in_a_loop_needs_a_pause_each_time(self) -> None:
        card = enter_card("card", "resume", "resume")
        back = (invoke("resume", "more", "bye", operation="resume"), compare("more", "bye", "$.External.x", y="card"))
        assert said(pause(), CHECK, card, *back, refuse(), bye()) == {("card", "unpaused-payment")}
        again = (back[0], compare("more", "bye", "$.External.x", y="stop-recording"))
        assert said(pause(), CHECK, card, *again, refuse(), bye()) == set()

    def test_asking_again_while_paused_is_right(self) -> None:
        card = enter_card("card", "valid", "bye")
        valid = compare("valid", "card", "$.StoredCustomerInput", yes="bye")
        assert said(pause(), CHECK, card, valid, refuse(), bye()) == set()

    def test_a_pause_that_failed_is_not_confirmed_by_what_an_earlier_function_answered(self) -> None:
        errors = said(pause("check", "check"), CHECK, CARD, refuse(), bye())
        assert errors == {("stop-recording", "fail-open-pause"), ("card", "unpaused-payment")}

    def test_a_pause_that_nobody_waits_for_cannot_be_confirmed(self) -> None:
        step = pause()
        step["Parameters"]["InvocationType"] = "ASYNCHRONOUS"
        assert said(step, CHECK, CARD, refuse(), bye()) == {("card", "unpaused-payment")}

    def test_a_module_in_between_replaces_the_answer(self) -> None:
        module = act("module", "InvokeFlowModule", "check", {CATCH_ALL: "refuse"}, FlowModuleId="m")
        assert said(pause("module"), module, CHECK, CARD, refuse(), bye()) == {("card", "unpaused-payment")}

    def test_an_attribute_that_holds_the_returned_status_may_be_compared_instead(self) -> None:
        keep = attributes("keep", "check", "refuse", pause="$.External.status")
        check = compare("check", "refuse", "$.Attributes.pause", paused="card")
        assert said(pause("keep"), keep, check, CARD, refuse(), bye()) == set()

    @pytest.mark.parametrize("kept", [{"Value": "$.External.status"}, "$.External.status"])
    def test_a_flow_attribute_that_holds_the_returned_status_may_be_compared_instead(self, kept: object) -> None:
        keep = act("keep", "UpdateFlowAttributes", "check", {CATCH_ALL: "refuse"}, FlowAttributes={"pause": kept})
        check = compare("check", "refuse", "$.FlowAttributes.pause", paused="card")
        assert said(pause("keep"), keep, check, CARD, refuse(), bye()) == set()
        other = compare("check", "refuse", "$.Attributes.pause", paused="card")
        assert said(pause("keep"), keep, other, CARD, refuse(), bye()) == {("card", "unpaused-payment")}

    def test_an_attribute_that_could_not_be_set_holds_nothing(self) -> None:
        keep = attributes("keep", "check", pause="$.External.status")
        check = compare("check", "refuse", "$.Attributes.pause", paused="card")
        assert said(pause("keep"), keep, check, CARD, refuse(), bye()) == {("card", "unpaused-payment")}

    def test_an_attribute_of_an_earlier_pause_does_not_confirm_a_later_one(self) -> None:
        kept = attributes("keep", "stop-again", "refuse", pause="$.External.status")
        check = compare("check", "refuse", "$.Attributes.pause", paused="card")
        again = pause("check", "refuse", "stop-again")
        assert said(pause("keep"), kept, again, check, CARD, refuse(), bye()) == {("card", "unpaused-payment")}

    @pytest.mark.parametrize("identifier", ["payment", "Take payment", "PAYMENT-card", "Submit payment"])
    def test_an_input_that_is_named_as_a_payment_is_a_payment_step(self, identifier: str) -> None:
        step = enter_card(identifier, "bye", "bye", "Please key it in.")
        assert said(say("hello", identifier), step, bye()) == {(identifier, "unpaused-payment")}

    @pytest.mark.parametrize("key", ["friendlyName", "FriendlyName", "name", "displayName"])
    def test_an_input_that_is_shown_as_payment_is_a_payment_step(self, key: str) -> None:
        metadata = {"ActionMetadata": {"5e0": {"position": {"x": 1, "y": 2}, key: "Payment: card number"}}}
        step = enter_card("5e0", "bye", "bye", "Please key it in.")
        assert said(step, bye(), Metadata=metadata) == {("5e0", "unpaused-payment")}

    @pytest.mark.parametrize("identifier", ["payment", "Payment Success", "card number"])
    def test_a_spoken_message_is_no_payment_step_whatever_its_name(self, identifier: str) -> None:
        assert said(say(identifier, "bye", "Your card number was taken."), bye()) == set()

    def test_an_input_that_is_stored_in_clear_is_a_payment_step_and_an_error_of_its_own(self) -> None:
        plain = enter_card("account", "bye", "bye")
        del plain["Parameters"]["InputEncryption"]
        assert said(plain, bye()) == {("account", "unpaused-payment"), ("account", "clear-card")}

    def test_an_encryption_that_an_export_keeps_deeper_is_found(self) -> None:
        card = enter_card("account", "bye", "bye")
        encryption = card["Parameters"].pop("InputEncryption")
        card["Parameters"]["DTMFConfiguration"] = {"InputEncryption": encryption}
        assert said(card, bye()) == {("account", "unpaused-payment")}

    def test_the_reason_shows_the_path(self) -> None:
        found = findings(pause("card"), CARD, refuse(), bye())
        [finding] = [each for each in found if each.rule == "unpaused-payment"]
        assert finding.reason.endswith("stop-recording > card")
        assert [step.action for step in finding.path] == ["stop-recording", "card"]

    def test_payment_while_the_flow_is_logged_is_an_error_and_an_inherited_logging_a_warning(self) -> None:
        log = act("log", "UpdateFlowLoggingBehavior", "stop-recording", FlowLoggingBehavior="Enabled")
        assert said(log, pause(), CHECK, CARD, refuse(), bye()) == {("card", "logged-card")}
        assert warned(pause(), CHECK, CARD, refuse(), bye()) == {("card", "inherited-logging")}
        quiet = act("quiet", "UpdateFlowLoggingBehavior", "card", FlowLoggingBehavior="Disabled")
        check = compare("check", "refuse", paused="quiet")
        assert said(log, pause(), check, quiet, CARD, refuse(), bye()) == set()


def newer(identifier: str, to: str, **voice: object) -> Json:
    return act(
        identifier,
        "UpdateContactRecordingAndAnalyticsBehavior",
        to,
        {CATCH_ALL: to, "ChannelMismatch": to},
        VoiceBehavior={"VoiceRecordingBehavior": voice},
    )


class TestTransferOut:
    @pytest.mark.parametrize(
        "on",
        [
            record("on", "out", "Agent", "Customer"),
            record("on", "out", IVRRecordingBehavior="Enabled"),
            newer("on", "out", RecordedParticipants=["Agent"]),
            newer("on", "out", RecordedParticipants=[], IVRRecordingBehavior="Enabled"),
        ],
    )
    def test_a_transfer_out_with_recording_on_is_an_error(self, on: Json) -> None:
        assert said(on, transfer_out("out", "bye"), bye()) == {("out", "recorded-transfer")}

    @pytest.mark.parametrize(
        "off",
        [
            record("off", "out"),
            record("off", "out", IVRRecordingBehavior="Disabled"),
            newer("off", "out", RecordedParticipants=[], IVRRecordingBehavior="Disabled"),
        ],
    )
    def test_recording_switched_off_before_the_transfer_is_right(self, off: Json) -> None:
        on = record("on", "off", "Agent", "Customer", IVRRecordingBehavior="Enabled")
        actions = (say("hello", "on", "Calls are recorded."), on, off, transfer_out("out", "bye"), bye())
        assert said(*actions) == set()
        assert warned(*actions) == set()

    def test_one_path_on_which_recording_stays_on_is_enough(self) -> None:
        actions = (
            record("on", "check", "Agent"),
            compare("check", "out", "$.Attributes.x", y="off"),
            record("off", "out"),
            transfer_out("out", "bye"),
            bye(),
        )
        assert said(*actions) == {("out", "recorded-transfer")}

    def test_a_second_round_of_a_loop_counts(self) -> None:
        actions = (
            record("off", "out"),
            transfer_out("out", "on"),
            record("on", "check", "Agent"),
            compare("check", "bye", "$.Attributes.again", yes="out"),
            bye(),
        )
        assert said(*actions) == {("out", "recorded-transfer")}

    def test_a_flow_that_never_sets_recording_is_warned_that_it_inherits_it(self) -> None:
        actions = (transfer_out("out", "bye"), bye())
        assert said(*actions) == set()
        assert warned(*actions) == {("out", "inherited-recording")}

    def test_a_confirmed_pause_is_as_good_as_recording_off(self) -> None:
        actions = (
            record("on", "stop-recording", "Agent", "Customer"),
            pause(),
            compare("check", "refuse", paused="out"),
            transfer_out("out", "bye"),
            refuse(),
            bye(),
        )
        assert said(*actions) == set()

    def test_the_chat_form_of_the_newer_block_leaves_call_recording_as_it_is(self) -> None:
        chat = newer("chat", "out")
        chat["Parameters"] = {"ChatBehavior": {"ChatAnalyticsBehavior": {"Enabled": "True"}}}
        chat["Transitions"]["Errors"].append({"NextAction": "out", "ErrorType": "InFlightRedactionConfigurationFailed"})
        actions = (record("on", "chat", "Agent"), chat, transfer_out("out", "bye"), bye())
        assert said(*actions) == {("out", "recorded-transfer")}

    def test_a_transfer_to_a_queue_is_no_transfer_out(self) -> None:
        queue = act("queue", "TransferContactToQueue", "bye", {"QueueAtCapacity": "bye", CATCH_ALL: "bye"})
        assert said(record("on", "queue", "Agent", "Customer"), queue, bye()) == set()
