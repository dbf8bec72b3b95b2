"""A small world for flows: functions that answer as told, and a record of everything asked of them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from flowlint.document import Flow, parse_flow
from infra.config import ROOT
from infra.contact_flows.filling import FOLDER, filling
from infra.contact_flows.settings import ContactFlowSettings, Keypad, PaymentLine
from infra.contact_flows.template import fill
from simulator.flow_runner import Deployed, FlowLibrary, FlowRunner, InvocationFailure
from simulator.flow_runner.ports import InvocationResult
from steward.policy.load import load_policy

if TYPE_CHECKING:
    from collections.abc import Mapping

POLICIES = ROOT / "policies"
INSTANCE = "arn:aws:connect:eu-west-2:111122223333:instance/8c1b4f1e-2d3a-4b5c-9d6e-7f8091a2b3c4"
QUEUE = f"{INSTANCE}/queue/5cba7cbf-1ecb-4b6d-b8bd-fe91079b3fc8"
REFERENCES = {
    name: f"arn:{name}"
    for name in (
        "control_recording",
        "record_consent",
        "send_sms",
        "payment_module",
        "sms_consent_module",
        "payment_guide",
        "ready_view",
        "paused_view",
    )
}
PROVIDER = "arn:aws:lambda:eu-west-2:111122223333:function:payment-provider"
CERTIFICATE = "tests/support/certificate.pem"
KEYPAD = Keypad(
    function_arn=PROVIDER, encryption_key_id="8c1b4f1e-2d3a-4b5c-9d6e-7f8091a2b3c4", certificate=CERTIFICATE
)
PAYMENT_LINE = PaymentLine(telephone="+442071838750")
TRANSFER_NUMBER = "+442071838750"
ARNS = {"payment": "arn:payment_module", "sms-consent": "arn:sms_consent_module", "payment-guide": "arn:payment_guide"}

FILES = ("inbound", "outbound-whisper", "payment", "payment-guide", "sms-consent", "transfer-out")
NEEDS = {"payment": "card_entry", "payment-guide": "payments", "sms-consent": "messaging"}


@cache
def flows(council: str, card_entry: Keypad | PaymentLine | None = KEYPAD, **numbers: str) -> dict[str, Flow]:
    """Return the council's finished flows by file name."""
    lines = {line.replace("_", " "): number for line, number in numbers.items()}
    settings = ContactFlowSettings(
        queue_arn=QUEUE, card_entry=card_entry, line_numbers=lines, transfer_numbers=(TRANSFER_NUMBER,)
    )
    filled = filling(load_policy(POLICIES / f"{council}.toml"), settings, REFERENCES)
    return {
        name: parse_flow(json.dumps(fill(template(name), filled)), source=name)
        for name in FILES
        if NEEDS.get(name, "languages") in filled.features
    }


def template(name: str) -> dict[str, Any]:
    written: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return written


@dataclass
class FlowSurroundings:
    """Functions that answer what the test says, by the name at the end of their ARN."""

    answers: dict[str, list[Any]] = field(default_factory=dict)
    seconds: float = 0.5
    invoked: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    recorded: list[tuple[str, str, bool]] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)
    time: datetime = datetime(2026, 11, 21, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def wait(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)

    def invoke(self, function_arn: str, event: Mapping[str, Any]) -> InvocationResult:
        name = function_arn.rpartition(":")[2]
        self.invoked.append((name, event["Details"]["Parameters"]))
        answers = self.answers.get(name, [])
        answer = answers.pop(0) if answers else InvocationFailure("nobody answers")
        return InvocationResult(answer, self.seconds)

    def record(self, contact_id: str, recording_type: str, *, on: bool) -> None:
        self.recorded.append((contact_id, recording_type, on))

    def set_attributes(self, contact_id: str, attributes: Mapping[str, str]) -> None:
        assert contact_id
        self.attributes |= attributes

    def asked(self, name: str) -> list[Mapping[str, Any]]:
        return [parameters for invoked, parameters in self.invoked if invoked == name]


def runner(world: FlowSurroundings, flows_: Mapping[str, Flow]) -> FlowRunner:
    library = FlowLibrary(
        Deployed(f"test-{name}", ARNS.get(name, f"arn:{name}"), flow) for name, flow in flows_.items()
    )
    return FlowRunner(library, world)
