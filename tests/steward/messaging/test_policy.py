"""The policy's texts promise only ways to stop that work."""

from __future__ import annotations

import msgspec
import pytest

from steward.policy.checking.texts import messaging_findings
from steward.policy.messaging import Messaging
from tests.steward.messaging.fixture import POLICY


def findings(text: str, *, replies: bool) -> list[tuple[str, str]]:
    template = {"purpose": "signposting", "text": {"en": text}}
    messaging = msgspec.convert(POLICY | {"templates": {"hello": template}, "replies": replies}, Messaging)
    return [(finding.path, finding.message) for finding in messaging_findings(messaging, ["en"])]


@pytest.mark.parametrize("text", ["Hello. Reply STOP to stop.", "Hello. STOP?"])
def test_a_sender_that_cannot_be_answered_may_not_ask_for_stop(text: str) -> None:
    assert findings(text, replies=False) == [
        ("messaging.templates.hello.text.en", "asks for STOP, and messaging.replies says that nobody can answer")
    ]
    assert findings(text, replies=True) == []


def test_another_way_to_stop_may_be_named_by_any_sender() -> None:
    assert findings("Hello. To stop our texts, call 020 8359 2000.", replies=False) == []
