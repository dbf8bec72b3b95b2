"""Prompts that read out what the caller keyed in."""

from __future__ import annotations

import pytest

from flowlint.rules.examples.builders import act
from tests.support.flows.builders import bye, findings, say

READ_BACK = "<speak>You keyed in $.StoredCustomerInput.</speak>"


def found(*, switched: str | None, kind: str = "GetParticipantInput") -> set[str]:
    first = "read" if switched is None else "switch"
    actions = [say("start", first)]
    if switched is not None:
        actions.append(act("switch", "UpdateFlowLoggingBehavior", "read", FlowLoggingBehavior=switched))
    actions += [act("read", kind, "bye", SSML=READ_BACK, StoreInput="False"), bye()]
    return {finding.rule for finding in findings(*actions)}


@pytest.mark.parametrize("switched", [None, "Enabled"])
def test_what_was_keyed_in_is_not_read_back_into_a_flow_log(switched: str | None) -> None:
    assert "personal-data-in-a-prompt" in found(switched=switched)


def test_what_was_keyed_in_may_be_read_back_for_confirmation_while_nothing_is_logged() -> None:
    assert "personal-data-in-a-prompt" not in found(switched="Disabled")


def test_a_message_that_asks_for_no_confirmation_may_not() -> None:
    assert "personal-data-in-a-prompt" in found(switched="Disabled", kind="MessageParticipant")
