"""The stateless stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler

from infra.controls.comparing import LiveConfiguration
from infra.controls.contact_flows import ContactFlows, FlowFunctions
from infra.controls.contact_records import ContactRecordControls
from infra.controls.context import Controls
from infra.controls.decisions import Decisions
from infra.controls.holds.card_data import CardDataRemoval
from infra.controls.holds.complaint_form import ComplaintForm
from infra.controls.holds.evidence_guard import EvidenceGuard
from infra.controls.holds.lost_orders import LostOrders
from infra.controls.holds.maintenance import HoldMaintenance
from infra.controls.holds.path import HoldPath
from infra.controls.holds.unmatched import UnmatchedEvents
from infra.controls.listening import WhoMayListen
from infra.controls.messaging import MessagingControls
from infra.controls.payments import PaymentControls
from infra.controls.reading import WhoRead
from infra.controls.redriving import Redriving
from infra.controls.rights.erasing import ErasureOrders
from infra.controls.rights.everything import PeoplesRights
from infra.controls.staff_roles import StaffRoles
from infra.controls.statements import MonthlyStatement
from infra.controls.watching import Watching
from infra.parts.access.closing import close_queues
from infra.parts.alarms import Alarms
from infra.parts.functions import Runtime
from infra.parts.naming import NamedStack
from infra.parts.queues import DeadLetters

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import Construct

    from infra.config import Deployment
    from infra.stores.stack import StoresStack
    from steward.policy.model import Policy


class ControlsStack(NamedStack):
    """Everything that acts. It can be deleted and deployed again without losing a record."""

    def __init__(
        self,
        scope: Construct,
        *,
        deployment: Deployment,
        policy: Policy,
        stores: StoresStack,
        layers: Mapping[str, lambda_.Code],
    ) -> None:
        environment = deployment.environment
        super().__init__(
            scope,
            f"{deployment.prefix}-controls",
            description=f"steward: makes {policy.council.name} keep its privacy notice",
            env=cdk.Environment(account=environment.account, region=environment.region),
        )
        self.alarms = alarms = Alarms(
            self,
            "alarms",
            environment=deployment.name,
            runbook=environment.runbook_url,
            key=stores.keys.operations,
            email=environment.operations_email,
        )
        controls = Controls(
            deployment=deployment,
            policy=policy,
            stores=stores,
            runtime=Runtime(
                self,
                "runtime",
                prefix=deployment.prefix,
                environment_name=deployment.name,
                layers=layers,
                logs_key=stores.keys.operations,
                alarms=alarms,
            ),
            alarms=alarms,
            undelivered=DeadLetters(
                self,
                "UndeliveredEvents",
                alarms=alarms,
                says="events could not be delivered to their queue",
                of_events=True,
            ),
            failed_runs=DeadLetters(self, "FailedRuns", alarms=alarms, says="a scheduled run failed"),
            schedules=scheduler.CfnScheduleGroup(self, "Schedules", name=f"{deployment.prefix}-daily"),
        )
        hold_path = HoldPath(self, "holds", controls=controls)
        EvidenceGuard(self, "evidence-guard", controls=controls)
        card_data = CardDataRemoval(self, "card-data", controls=controls, hold_path=hold_path)
        erasures = ErasureOrders(self, "ErasureOrders", controls=controls) if stores.rights else None
        decisions = Decisions(
            self, "decisions", controls=controls, hold_path=hold_path, card_data=card_data, erasures=erasures
        )
        LostOrders(self, "lost-orders", controls=controls, hold_path=hold_path, card_data=card_data)
        HoldMaintenance(self, "hold-maintenance", controls=controls, hold_path=hold_path)
        ComplaintForm(self, "complaint-form", instance_arn=environment.instance_arn)
        payments = messaging = None
        if stores.payment_register:
            payments = PaymentControls(self, "payments", controls=controls, register=stores.payment_register)
        if stores.messaging and policy.messaging:
            messaging = MessagingControls(
                self, "messaging", controls=controls, stores=stores.messaging, messaging=policy.messaging
            )
        ContactFlows(
            self,
            "flows",
            controls=controls,
            functions=FlowFunctions(
                control_recording=payments.control_recording if payments else None,
                record_consent=messaging.record_consent if messaging else None,
                send_sms=messaging.send_sms if messaging else None,
                sign_flag=hold_path.signed_flags.function if hold_path.signed_flags else None,
            ),
        )
        if stores.contact_records:
            ContactRecordControls(
                self, "contact-records", controls=controls, records=stores.contact_records, hold_path=hold_path
            )
        rights = None
        if stores.rights and erasures:
            rights = PeoplesRights(
                self, "rights", controls=controls, rights=stores.rights, hold_path=hold_path, erasures=erasures
            )
        statement = MonthlyStatement(self, "statements", controls=controls, hold_requests=hold_path.requests.queue)
        configuration = LiveConfiguration(self, "configuration", controls=controls)
        if policy.access:
            WhoMayListen(self, "listening", controls=controls)
        if stores.read_trail and stores.rights:
            WhoRead(self, "reading", controls=controls, rights=stores.rights, trail=stores.read_trail)
        # After every rule of the own bus, because it takes what they leave.
        UnmatchedEvents(self, "unmatched", controls=controls, told_by=hold_path.requests)
        # After every queue, because it brings back what any of them could not do.
        redriving = Redriving(self, "redriving", controls=controls)
        Watching(self, "watching", controls=controls, records=stores.contact_records)
        # Last: engineers see what any of the queues above could not do, and the queues take from nobody else.
        StaffRoles(
            self,
            "people",
            controls=controls,
            decisions=decisions,
            redrive=redriving.function,
            compare=configuration.compare,
            write=statement.write,
            rights=rights,
        )
        close_queues([self, stores])
