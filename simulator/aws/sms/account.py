"""The SMS service in an embedded AWS: its clock is the agenda, its events go to the bus."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from simulator.aws.sms.backend import current_account, install, sms_voice_backends
from simulator.aws.sms.creators import CREATORS
from simulator.aws.sms.deliveries import USUAL, Accepted, Step, event

if TYPE_CHECKING:
    from simulator.aws.cloudformation.resource import ResourceProvider
    from simulator.aws.sms.service import Settings, SmsService
    from simulator.aws.time.ports import Agenda, Publisher


class SmsAccount:
    """The service in one region. Make it after ``mock_aws`` has started; ``close`` lets go of it."""

    creators: dict[str, ResourceProvider] = CREATORS
    """The resource types of the service."""

    def __init__(self, agenda: Agenda, publisher: Publisher, *, region: str = "eu-west-2") -> None:
        install()
        account = current_account()
        self._agenda = agenda
        self._publisher = publisher
        self._place = {"account": account, "region": region}
        self._plans: dict[str, tuple[Step, ...]] = {}
        self.service: SmsService = sms_voice_backends[account][region].service
        self.service.now = agenda.now
        self.service.accepted = self._follow

    @property
    def settings(self) -> Settings:
        """What the account may do; tests and scenarios change it."""
        return self.service.settings

    def close(self) -> None:
        """Stop publishing events."""
        self.service.accepted = lambda _: None

    def plan(self, to: str, *steps: Step) -> None:
        """Let messages to that number live through those events instead of the usual ones."""
        self._plans[to] = steps

    def reply(self, number: str, text: str, sender: str) -> None:
        """Let a person answer; raise ValueError if the sender cannot be answered."""
        self.service.reply(number, text, sender)

    def messages(self) -> list[dict[str, str]]:
        """Return what the service accepted, in order, as ``state.json`` shows it.

        ``purpose`` and ``contact_id`` are read from the message's ``Context``; ``status`` is the latest event's.
        """
        return [_row(message) for message in self.service.messages]

    def _follow(self, message: Accepted) -> None:
        for step in self._plans.get(message.to, USUAL):
            self._agenda.at(message.at + step.after, self._publication(message, step))

    def _publication(self, message: Accepted, step: Step) -> _Publication:
        return _Publication(self._publisher, message, step, **self._place)


class _Publication:
    """One delivery event, when its moment has come."""

    def __init__(self, publisher: Publisher, message: Accepted, step: Step, *, account: str, region: str) -> None:
        self._publisher = publisher
        self._message = message
        self._step = step
        self._place = {"account": account, "region": region}

    def __call__(self) -> None:
        self._message.status = self._step.status
        moment = self._message.at + max(self._step.after, timedelta(0))
        self._publisher.publish("default", event(self._message, self._step, moment, **self._place))


def _row(message: Accepted) -> dict[str, str]:
    reservation = message.context.get("reservation", "")
    return {
        "at": message.at.isoformat(),
        "to": message.to,
        "body": message.body,
        "purpose": message.context.get("purpose", ""),
        "contact_id": reservation.partition("/")[0],
        "message_id": message.message_id,
        "status": message.status.removeprefix("TEXT_").lower(),
    }
