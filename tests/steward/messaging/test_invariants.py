"""Whatever people decide, whatever fails and wherever it dies: no text without consent, none twice, none unlogged."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from simulator.aws.sms.deliveries import Accepted
from steward.messaging.answers import Status
from tests.steward.messaging.fixture import (
    MOBILE,
    OTHER_MOBILE,
    SENDER,
    Clients,
    Killed,
    MessagingFixture,
    aws_without_network,
)

NUMBERS = st.sampled_from([MOBILE, OTHER_MOBILE])
CONTACTS = st.sampled_from(["contact-1", "contact-2", "contact-3"])
PURPOSES = {"signposting": ("v1", "hello"), "reminders": ("r1", "visit")}
FAULTS = st.tuples(
    st.sampled_from(
        [
            ("kms", "GenerateMac"),
            ("dynamodb", "TransactWriteItems"),
            ("dynamodb", "UpdateItem"),
            ("dynamodb", "PutItem"),
            ("pinpoint-sms-voice-v2", "SendTextMessage"),
            ("dynamodb", "GetItem"),
            ("pinpoint-sms-voice-v2", "DescribeOptedOutNumbers"),
            ("pinpoint-sms-voice-v2", "DeleteOptedOutNumber"),
        ]
    ),
    st.sampled_from(["ReadTimeout", "ConnectTimeout", "ThrottlingException", "InternalServerException"]),
    st.booleans(),
)
ANSWERED = {"ThrottlingException", "ConnectTimeout"}
"""Errors after which AWS has done nothing, so they cannot come after the effect."""


class Messaging(RuleBasedStateMachine):
    """One council's texts."""

    clients: Clients

    @initialize()
    def start(self) -> None:
        self.world = MessagingFixture(self.clients)
        self.faults: list[str] = []
        self.said_sent: dict[str, str] = {}
        self.world.sms.service.accepted = self._accepted(self.world.sms.service.accepted)

    def _accepted(self, follow: Any) -> Any:  # noqa: ANN401 - a callback
        def look(message: Accepted) -> None:
            self.world.wire.open = True
            self._consent_is_in_force(message)
            self.world.wire.open = False
            follow(message)

        return look

    def _consent_is_in_force(self, message: Accepted) -> None:
        """Read the evidence and nothing else: the latest decision for that number and purpose is a consent."""
        number_hash = self.world.texts.hasher.hash(message.to)
        decisions = [
            row
            for row in self.world.decisions()
            if row["number_hash"] == number_hash and row["purpose"] == message.context["purpose"]
        ]
        assert decisions, "a text without any decision"
        assert decisions[-1]["decision"] == "given", "a text after a withdrawal"

    @rule(
        number=NUMBERS,
        contact=CONTACTS,
        purpose=st.sampled_from(sorted(PURPOSES)),
        decision=st.sampled_from(["given", "given", "withdrawn"]),
    )
    def decide(self, number: str, contact: str, purpose: str, decision: str) -> None:
        self.world.wait(seconds=1)
        version = PURPOSES[purpose][0]
        with contextlib.suppress(Killed):
            self.world.consent(decision, contact=contact, number=number, purpose=purpose, wording_version=version)

    @rule(number=NUMBERS, contact=CONTACTS, purpose=st.sampled_from(sorted(PURPOSES)))
    def send(self, number: str, contact: str, purpose: str) -> None:
        self.world.wait(milliseconds=200)
        template = PURPOSES[purpose][1]
        try:
            answer = self.world.send(template, contact=contact, number=number, purpose=purpose, day="Monday")
        except Killed:
            return
        if answer.status is Status.SENT:
            assert self.said_sent.setdefault(f"{contact}/{template}", answer.message_id) == answer.message_id

    @rule(number=NUMBERS)
    def reply_stop(self, number: str) -> None:
        self.world.sms.reply(number, "STOP", SENDER)

    @rule(fault=FAULTS)
    def something_fails(self, fault: tuple[tuple[str, str], str, bool]) -> None:
        (service, operation), error, after_effect = fault
        self.world.wire.faults.add(
            service=service, operation=operation, error=error, after_effect=after_effect and error not in ANSWERED
        )

    @rule(after=st.integers(min_value=1, max_value=4))
    def somebody_dies(self, after: int) -> None:
        self.world.wire.kill_after = after

    @rule(days=st.sampled_from([0, 1, 40]))
    def time_passes(self, days: int) -> None:
        self.world.wait(days=days, minutes=1)

    @rule()
    def the_carrier_answers(self) -> None:
        self.world.wire.faults.clear()
        self.world.wire.kill_after = None
        self.world.deliver()
        logged = {reservation.get("message_id") for reservation in self.world.reservations()}
        assert {message["message_id"] for message in self.world.sms.messages()} <= logged, "a text is not in the log"

    @invariant()
    def no_claim_has_two_texts(self) -> None:
        claims = [message.context["reservation"] for message in self.world.sms.service.messages]
        assert len(claims) == len(set(claims)), "two texts for one contact and template"

    @invariant()
    def what_was_said_to_be_sent_was_accepted(self) -> None:
        assert set(self.said_sent.values()) <= {message["message_id"] for message in self.world.sms.messages()}


def run(examples: int, steps: int) -> None:
    with aws_without_network() as clients:
        Messaging.clients = clients
        run_state_machine_as_test(
            Messaging,
            settings=settings(
                max_examples=examples,
                stateful_step_count=steps,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )


def test_the_invariants_hold() -> None:
    run(examples=15, steps=12)


@pytest.mark.prove
def test_the_invariants_hold_for_long() -> None:
    run(examples=200, steps=30)
