"""The flows as written from each council's policy."""

from __future__ import annotations

import json
from dataclasses import replace

import msgspec
import pytest

from flowlint.document import Flow, parse_flow
from flowlint.lint import lint, lint_flow
from infra.config import ROOT
from infra.contact_flows.filling import filling, text_offer
from infra.contact_flows.settings import ContactFlowSettings, Keypad, PaymentLine
from infra.contact_flows.template import Filling, TemplateError, fill
from infra.refusal import RefusalError
from simulator.flow_runner import Call, Given, Run
from steward.policy.load import load_policy
from tests.support.flows.builders import flaws
from tests.support.flows.surroundings import (
    ARNS,
    CERTIFICATE,
    FILES,
    KEYPAD,
    NEEDS,
    PAYMENT_LINE,
    POLICIES,
    QUEUE,
    REFERENCES,
    TRANSFER_NUMBER,
    FlowSurroundings,
    flows,
    runner,
    template,
)

COUNCILS = sorted(path.stem for path in POLICIES.glob("*.toml"))


def call_of(council: str, given: Given | None = None) -> tuple[Call, Run, FlowSurroundings]:
    call, world = Call("c-1"), FlowSurroundings()
    return call, runner(world, flows(council)).run("inbound", call, given), world


@pytest.mark.parametrize("council", COUNCILS)
@pytest.mark.parametrize("card_entry", [KEYPAD, PAYMENT_LINE, None])
def test_every_flow_of_every_council_is_without_findings(council: str, card_entry: Keypad | PaymentLine | None) -> None:
    for name, flow in flows(council, card_entry).items():
        assert flaws(lint_flow(flow)) == [], name


@pytest.mark.parametrize("council", COUNCILS)
@pytest.mark.parametrize("card_entry", [KEYPAD, PAYMENT_LINE, None])
def test_a_council_s_flows_joined_are_without_findings(council: str, card_entry: Keypad | PaymentLine | None) -> None:
    """What one flow has switched on, paused or said is known in the module that it invokes."""
    joined = [
        replace(flow, name=name, also=frozenset({ARNS.get(name, name)}))
        for name, flow in flows(council, card_entry).items()
    ]
    assert flaws(lint(joined)) == []


@pytest.mark.parametrize("council", COUNCILS)
def test_flows_stay_within_what_connect_accepts(council: str) -> None:
    """Actions and characters: https://docs.aws.amazon.com/connect/latest/APIReference/flow-language.html and quotas."""
    for flow in flows(council).values():
        assert len(flow.actions) <= 250
        for action in flow.actions.values():
            assert len(action.id) <= 50
            assert not set(action.id) & set(r"%:(\/)=$,;[]{}")


@pytest.mark.parametrize("name", FILES)
def test_every_template_can_be_checked_as_it_stands(name: str) -> None:
    assert flaws(lint_flow(parse_flow(json.dumps(template(name)), source=name))) == []


def test_every_action_of_a_template_is_part_of_some_council_s_flow() -> None:
    seen: dict[str, set[str]] = {name: set() for name in FILES}
    for council in COUNCILS:
        policy = load_policy(POLICIES / f"{council}.toml")
        lines = (*policy.recording.lines, *policy.recording.lines_not_recorded)
        numbers = dict.fromkeys(lines[:1], "+442083592000")
        for card_entry in (KEYPAD, PAYMENT_LINE):
            settings = ContactFlowSettings(
                queue_arn=QUEUE, card_entry=card_entry, line_numbers=numbers, transfer_numbers=(TRANSFER_NUMBER,)
            )
            filled = filling(policy, settings, REFERENCES)
            for name in FILES:
                if NEEDS.get(name, "languages") in filled.features:
                    finished = fill(template(name), filled)
                    seen[name] |= {action["Identifier"] for action in finished["Actions"]}
    for name in FILES:
        for action in template(name)["Actions"]:
            written = action["Identifier"].replace("{{language}}", "en").replace("{{line_digit}}", "1")
            assert written in seen[name], name


class TestRecordingNotice:
    @pytest.mark.parametrize("council", COUNCILS)
    def test_the_notice_is_heard_in_each_language_before_anything_is_recorded(self, council: str) -> None:
        policy = load_policy(POLICIES / f"{council}.toml")
        line = policy.recording.lines[0] if policy.recording.lines else ""
        call = Call("c-1", attributes={"line": line})
        run = runner(FlowSurroundings(), flows(council)).run("inbound", call)
        assert run.spoken[: len(policy.recording.notice)] == list(policy.recording.notice.values())
        recording = run.actions.index("record-both")
        assert all(run.actions.index(f"notice-{language}") < recording for language in policy.recording.notice)
        assert call.records_agent
        assert not call.records_ivr
        assert call.attributes["call_recorded"] == "yes"

    def test_a_notice_that_cannot_be_played_leaves_the_call_unrecorded(self) -> None:
        call, run, _ = call_of("barnet", Given(faults={"notice-en": "NoMatchingError"}))
        assert not call.records_agent
        assert call.attributes["call_recorded"] == "no"
        assert run.ended_by == "queued"

    def test_outbound_calls_hear_the_notice_and_are_recorded(self) -> None:
        call = Call("c-1", queue_name="Council Tax")
        run = runner(FlowSurroundings(), flows("barnet")).run("outbound-whisper", call)
        policy = load_policy(POLICIES / "barnet.toml")
        assert run.spoken == [policy.recording.outbound_notice["en"]]
        assert call.records_agent
        assert run.ended_by == "flow ended"

    def test_without_wording_of_its_own_an_outbound_call_hears_the_notice(self) -> None:
        policy = load_policy(POLICIES / "barnet.toml")
        same = msgspec.structs.replace(policy, recording=msgspec.structs.replace(policy.recording, outbound_notice={}))
        [english] = filling(same, None, REFERENCES).lists["languages"]
        assert english["outbound_notice"] == english["notice"]

    @pytest.mark.parametrize("council", COUNCILS)
    def test_nobody_who_is_called_is_thanked_for_calling(self, council: str) -> None:
        policy = load_policy(POLICIES / f"{council}.toml")
        assert policy.recording.outbound_notice.keys() == policy.recording.notice.keys()
        said = " ".join(policy.recording.outbound_notice.values())
        assert not {word for word in ("calling", "Welcome", "ffonio") if word in said}


class TestOtherWaysIn:
    """Transfers to a queue and callbacks: Connect leaves the number that was dialled empty (DescribeContact)."""

    @pytest.mark.parametrize("flow", ["inbound", "outbound-whisper"])
    def test_the_line_that_an_earlier_flow_found_counts_where_no_number_was_dialled(self, flow: str) -> None:
        numbers = {"Planning": "+441443281130"}
        for line, recorded in (("Planning", True), ("Somewhere else", False), ("", False)):
            call = Call("c-1", dialled="", attributes={"line": line} if line else {})
            runner(FlowSurroundings(), flows("rhondda-cynon-taf", **numbers)).run(flow, call)
            assert call.records_agent is recorded, line

    def test_an_outbound_call_from_an_excluded_line_is_neither_announced_nor_recorded(self) -> None:
        numbers = {"Direct_dial_to_named_staff": "+441823355000"}
        for caller_number, recorded in (("+441823355000", False), ("+443001232224", True)):
            call = Call("c-1", dialled=caller_number)
            run = runner(FlowSurroundings(), flows("somerset", **numbers)).run("outbound-whisper", call)
            assert call.records_agent is recorded
            assert bool(run.spoken) is recorded


class TestWhatIsNotRecorded:
    def test_a_line_that_the_policy_excludes_is_not_recorded_and_hears_no_notice(self) -> None:
        policy = load_policy(POLICIES / "somerset.toml")
        call = Call("c-1", attributes={"line": policy.recording.lines_not_recorded[0]})
        run = runner(FlowSurroundings(), flows("somerset")).run("inbound", call)
        assert not call.records_agent
        assert policy.recording.notice["en"] not in run.spoken

    def test_the_dialled_number_tells_the_line(self) -> None:
        numbers = {"Direct_dial_to_named_staff": "+441823355000"}
        for dialled, recorded in (("+441823355000", False), ("+443001232224", True)):
            call = Call("c-1", dialled=dialled)
            runner(FlowSurroundings(), flows("somerset", **numbers)).run("inbound", call)
            assert call.records_agent is recorded

    def test_only_the_listed_lines_of_a_council_that_lists_them_are_recorded(self) -> None:
        for line, recorded in (("Planning", True), ("Somewhere else", False), ("", False)):
            call = Call("c-1", attributes={"line": line})
            runner(FlowSurroundings(), flows("rhondda-cynon-taf")).run("inbound", call)
            assert call.records_agent is recorded, line

    def test_a_queue_that_the_policy_excludes_is_not_recorded(self) -> None:
        for queue, recorded in (("Back office", False), ("Front desk", True)):
            call = Call("c-1", queue_name=queue)
            run = runner(FlowSurroundings(), flows("somerset")).run("inbound", call)
            assert call.records_agent is recorded
            assert run.ended_by == "queued"

    def test_an_outbound_call_from_an_excluded_queue_is_not_recorded(self) -> None:
        call = Call("c-1", queue_name="Back office")
        assert runner(FlowSurroundings(), flows("somerset")).run("outbound-whisper", call).spoken == []
        assert not call.records_agent

    def test_a_queue_whose_chats_must_not_be_stored_takes_none(self) -> None:
        call = Call("c-1", channel="CHAT", queue_name="Housing")
        run = runner(FlowSurroundings(), flows("powys")).run("inbound", call)
        assert run.ended_by == "disconnected"
        assert "telephone calls only" in run.spoken[-1]
        call = Call("c-2", channel="VOICE", queue_name="Housing")
        assert runner(FlowSurroundings(), flows("powys")).run("inbound", call).ended_by == "queued"


class TestLanguages:
    def test_the_caller_chooses_and_is_spoken_to_in_that_language(self) -> None:
        call, run, world = call_of("powys", Given(keys=["2", "2", "1"]))
        assert (call.attributes["language"], call.language_code, call.voice) == ("cy", "cy-GB", "Gwyneth")
        assert any(sentence.startswith("Hoffech chi i ni anfon neges destun") for sentence in run.spoken)
        assert world.attributes["language"] == "cy"

    def test_without_a_choice_the_first_language_of_the_notice_is_spoken(self) -> None:
        call, _, _ = call_of("powys")
        assert call.attributes["language"] == next(iter(load_policy(POLICIES / "powys.toml").recording.notice))

    def test_a_council_with_one_language_asks_nothing(self) -> None:
        call, run, _ = call_of("barnet")
        assert not run.went_through("choose-language")
        assert call.language_code == "en-GB"

    def test_a_language_without_a_voice_is_refused_at_synthesis(self) -> None:
        policy = load_policy(POLICIES / "barnet.toml")
        recording = msgspec.structs.replace(policy.recording, notice={"pl": "Rozmowy nagrywamy."})
        with pytest.raises(RefusalError, match=r"recording\.notice\.pl"):
            filling(msgspec.structs.replace(policy, recording=recording, messaging=None), None, {})


class TestSettings:
    def test_a_line_that_the_policy_does_not_name_is_refused(self) -> None:
        settings = ContactFlowSettings(queue_arn=QUEUE, line_numbers={"Planing": "+442083592000"})
        with pytest.raises(RefusalError, match="'Planing'"):
            filling(load_policy(POLICIES / "rhondda-cynon-taf.toml"), settings, {})

    def test_a_certificate_that_cannot_be_read_is_refused(self) -> None:
        keypad = Keypad(function_arn="arn", encryption_key_id="key", certificate="absent.pem")
        settings = ContactFlowSettings(queue_arn=QUEUE, card_entry=keypad)
        with pytest.raises(RefusalError, match=r"absent\.pem"):
            filling(load_policy(POLICIES / "barnet.toml"), settings, {})

    def test_the_certificate_is_part_of_the_entry_that_it_encrypts(self) -> None:
        step = flows("barnet")["payment"].actions["payment-number-en"]
        assert step.parameters["InputEncryption"]["Key"] == (ROOT / CERTIFICATE).read_text(encoding="ascii")

    def test_a_missing_value_is_refused_by_name(self) -> None:
        filled = filling(load_policy(POLICIES / "barnet.toml"), None, {})
        with pytest.raises(TemplateError, match="queue_arn"):
            fill(template("inbound"), Filling(filled.values, filled.lists, frozenset()))


def test_the_text_on_offer_needs_no_values_and_has_the_newest_wording() -> None:
    offer = text_offer(load_policy(POLICIES / "barnet.toml"))
    assert offer is not None
    assert (offer.purpose, offer.wording_version, offer.template) == (
        "signposting",
        "signposting-2026-11",
        "online_services",
    )


def test_a_council_without_text_messages_asks_for_no_consent() -> None:
    assert "sms-consent" not in flows("somerset")
    assert "text-message" not in flows("somerset")["inbound"].actions


def test_no_finished_flow_holds_a_placeholder_or_a_directive() -> None:
    for council in COUNCILS:
        settings = ContactFlowSettings(queue_arn=QUEUE, card_entry=KEYPAD)
        filled = filling(load_policy(POLICIES / f"{council}.toml"), settings, REFERENCES)
        for name in flows(council):
            text = json.dumps(fill(template(name), filled))
            for leftover in ("{{", '"repeat"', '"when"', '"then"'):
                assert leftover not in text


def test_the_flow_cache_gives_whole_flows() -> None:
    assert all(isinstance(flow, Flow) and flow.start in flow.actions for flow in flows("powys").values())
