"""The contact flows, the agent guide's views, and the instance's right to invoke the functions behind them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_connect as connect
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct, IDependable

from infra.contact_flows.filling import FOLDER, filling
from infra.contact_flows.simulated.payments import INITIALIZATION, simulations
from infra.contact_flows.template import Filling, TemplateError, fill
from infra.refusal import RefusalError

if TYPE_CHECKING:
    from infra.contact_flows.settings import ContactFlowSettings
    from infra.controls.context import Controls
    from infra.parts.functions import StewardFunction

VIEWS = {"ready": ["Start payment"], "paused": ["Payment finished"]}
"""The guide's views and what an agent can do in each."""


IN_FORCE = "in-force"
"""The alias of a module's version that flows run."""


@dataclass(frozen=True, kw_only=True)
class FlowFunctions:
    """The functions that flows invoke, as far as the policy has a use for them."""

    control_recording: StewardFunction | None = None
    record_consent: StewardFunction | None = None
    send_sms: StewardFunction | None = None
    sign_flag: StewardFunction | None = None


class ContactFlows(Construct):
    """Every flow that the policy can be kept with; docs/contact-flows.md says what each is for.

    The inbound flow is deployed if the configuration names the queue it leads to. Flows that the council has already
    call the modules instead.
    """

    def __init__(self, scope: Construct, construct_id: str, *, controls: Controls, functions: FlowFunctions) -> None:
        super().__init__(scope, construct_id)
        self._controls = controls
        self._environment = controls.deployment.environment
        self._references: dict[str, str] = {}
        self._after: list[IDependable] = []
        for name, function in (
            ("control_recording", functions.control_recording),
            ("record_consent", functions.record_consent),
            ("send_sms", functions.send_sms),
            ("sign_flag", functions.sign_flag),
        ):
            self._let_flows_invoke(name, function)
        features = self._filling().features
        if "payments" in features:
            for name, actions in VIEWS.items():
                self._view(name, actions)
            guide = self._flow(
                "PaymentGuide", "payment-guide", "CONTACT_FLOW", "Guides an agent through a card payment"
            )
            self._references["payment_guide"] = guide.attr_contact_flow_arn
        if "card_entry" in features:
            payment = self._module("PaymentModule", "payment", "Takes a card payment while nothing is recorded")
            self._references["payment_module"] = self._in_force("PaymentModule", payment)
            if self._environment.contact_flows and self._environment.contact_flows.test_cases:
                self._test_cases(self._environment.contact_flows)
        if "messaging" in features:
            consent = self._module("SmsConsentModule", "sms-consent", "Asks for consent and sends one text message")
            self._references["sms_consent_module"] = self._in_force("SmsConsentModule", consent)
        self._flow(
            "OutboundWhisperFlow", "outbound-whisper", "OUTBOUND_WHISPER", "Records outbound calls, after the notice"
        )
        self._module("TransferOutModule", "transfer-out", "Passes a caller to an outside number, not recorded")
        if self._environment.contact_flows:
            self._flow("InboundFlow", "inbound", "CONTACT_FLOW", "Answers inbound calls and chats")

    def _let_flows_invoke(self, name: str, function: StewardFunction | None) -> None:
        """Associate a function with the instance; without it the designer and the service refuse its ARN."""
        if function is None:
            return
        warm = self._environment.kept_warm
        invoked: lambda_.IFunction = function.keep_warm(warm) if warm else function.function
        arn = invoked.function_arn
        self._references[name] = arn
        title = "".join(part.capitalize() for part in name.split("_"))
        association = connect.CfnIntegrationAssociation(
            self,
            f"{title}Association",
            instance_id=self._environment.instance_arn,
            integration_type="LAMBDA_FUNCTION",
            integration_arn=arn,
        )
        invoked.add_permission(
            "InvokedByFlows",
            principal=iam.ServicePrincipal("connect.amazonaws.com"),
            source_account=self._environment.account,
            source_arn=self._environment.instance_arn,
        )
        self._after.append(association)

    def _view(self, name: str, actions: list[str]) -> None:
        view = connect.CfnView(
            self,
            f"{name.capitalize()}View",
            instance_arn=self._environment.instance_arn,
            name=f"{self._controls.deployment.prefix}-payment-{name}",
            template=json.loads((FOLDER / "views" / f"{name}.json").read_text(encoding="utf-8")),
            actions=actions,
        )
        self._references[f"{name}_view"] = view.attr_view_arn

    def _flow(self, construct_id: str, template: str, flow_type: str, description: str) -> connect.CfnContactFlow:
        flow = connect.CfnContactFlow(
            self,
            construct_id,
            instance_arn=self._environment.instance_arn,
            name=f"{self._controls.deployment.prefix}-{template}",
            description=description,
            type=flow_type,
            content=self._content(template),
            state="ACTIVE",
        )
        flow.node.add_dependency(*self._after)
        return flow

    def _module(self, construct_id: str, template: str, description: str) -> connect.CfnContactFlowModule:
        module = connect.CfnContactFlowModule(
            self,
            construct_id,
            instance_arn=self._environment.instance_arn,
            name=f"{self._controls.deployment.prefix}-{template}",
            description=description,
            content=self._content(template),
            state="ACTIVE",
        )
        module.node.add_dependency(*self._after)
        return module

    def _in_force(self, construct_id: str, module: connect.CfnContactFlowModule) -> str:
        """Freeze what the module is now, and return the reference by which flows invoke exactly that.

        An edit in the console stays a draft until somebody moves the alias. A version cannot change, so another content
        is another resource; it is made, and the alias moved to it, before the earlier one goes. A flow names an alias
        by its id: by its name, Connect stores the flow and runs nothing (administrator guide, "Flow versioning and
        aliasing").
        """
        stack = cdk.Stack.of(self)
        content = json.dumps(stack.resolve(module.content), sort_keys=True)
        version = connect.CfnContactFlowModuleVersion(
            self,
            f"{construct_id}Version{hashlib.sha256(content.encode()).hexdigest()[:8]}",
            contact_flow_module_id=module.attr_contact_flow_module_arn,
            description="As deployed",
        )
        alias = connect.CfnContactFlowModuleAlias(
            self,
            f"{construct_id}Alias",
            contact_flow_module_id=module.attr_contact_flow_module_arn,
            contact_flow_module_version=version.attr_version,
            name=IN_FORCE,
            description="What flows run",
        )
        reference = f"{module.attr_contact_flow_module_arn}:{alias.attr_alias_id}"
        cdk.CfnOutput(self, f"{construct_id}InForce", value=reference, description="For flows of the council's own")
        return reference

    def _test_cases(self, settings: ContactFlowSettings) -> None:
        """Let Connect simulate callers of the payment module, when somebody starts a test case."""
        flow = self._flow(
            "PaymentTestFlow", "payment-test", "CONTACT_FLOW", "Enters the payment module in a simulation"
        )
        for case in simulations(self._filling().values, settings):
            title = "".join(part.capitalize() for part in case.name.split("-"))
            test = connect.CfnTestCase(
                self,
                f"{title}TestCase",
                instance_arn=self._environment.instance_arn,
                name=f"{self._controls.deployment.prefix}-{case.name}",
                description=case.description,
                content=cdk.Stack.of(self).to_json_string(case.content(self._references["control_recording"])),
                entry_point=connect.CfnTestCase.EntryPointProperty(
                    type="VOICE_CALL",
                    voice_call_entry_point_parameters=connect.CfnTestCase.VoiceCallEntryPointParametersProperty(
                        flow_id=flow.attr_contact_flow_arn
                    ),
                ),
                initialization_data=INITIALIZATION,
                status="PUBLISHED",
            )
            test.node.add_dependency(*self._after)

    def _content(self, template: str) -> str:
        content = json.loads((FOLDER / f"{template}.json").read_text(encoding="utf-8"))
        try:
            return cdk.Stack.of(self).to_json_string(fill(content, self._filling()))
        except TemplateError as error:
            raise RefusalError(f"infra/contact_flows/{template}.json: {error}") from error

    def _filling(self) -> Filling:
        return filling(self._controls.policy, self._environment.contact_flows, self._references)
