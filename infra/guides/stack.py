"""The guide by which an agent records a request that a caller makes: a stack of its own, able to fail alone.

The controls are near the 500 resources that CloudFormation lets a stack have, so it has its own layers too: a layer of
another stack could not be changed while this one uses it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_connect as connect
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_

from infra.contact_flows.filling import FOLDER, filling
from infra.contact_flows.template import fill
from infra.parts.functions import Runtime, StewardFunction
from infra.parts.naming import NamedStack
from infra.refusal import RefusalError
from steward.names import INTAKE, RIGHTS_SOURCE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import Construct

    from infra.config import Deployment, Environment
    from infra.parts.alarms import Alarms
    from infra.stores.rights import RightsStore
    from infra.stores.stack import StoresStack
    from steward.policy.model import Policy

CALL_TIMEOUT = cdk.Duration.seconds(7)
"""A flow waits for eight seconds."""

RECEIVED = "Subject Request Received"
RIGHTS = ["access", "rectification", "erasure", "restriction", "objection"]
VIEWS = {"request": [*RIGHTS, "close"], "request-received": ["close"]}
"""The guide's views and what an agent can do in each."""


def refuse_without_register(environment: Environment, policy: Policy) -> None:
    """Raise ``RefusalError`` for a guide whose requests nobody would record."""
    if environment.request_guide and policy.subject_rights is None:
        raise RefusalError("request_guide: the policy has no section subject_rights, so nobody would record a request")


class RequestGuideStack(NamedStack):
    """The guide, its views, and the one function behind it."""

    def __init__(
        self,
        scope: Construct,
        *,
        deployment: Deployment,
        policy: Policy,
        stores: StoresStack,
        rights: RightsStore,
        alarms: Alarms,
        layers: Mapping[str, lambda_.Code],
    ) -> None:
        environment = deployment.environment
        super().__init__(
            scope,
            f"{deployment.prefix}-request-guide",
            description="steward: a guide for agents to whom a caller makes a request about their data",
            env=cdk.Environment(account=environment.account, region=environment.region),
        )
        runtime = Runtime(
            self,
            "runtime",
            prefix=deployment.prefix,
            environment_name=deployment.name,
            layers=layers,
            logs_key=stores.keys.operations,
            alarms=alarms,
        )
        start = self._function(runtime, stores, rights)
        instance = environment.instance_arn
        association = connect.CfnIntegrationAssociation(
            self,
            "StartRequestAssociation",
            instance_id=instance,
            integration_type="LAMBDA_FUNCTION",
            integration_arn=start.function.function_arn,
        )
        start.function.add_permission(
            "InvokedByFlows",
            principal=iam.ServicePrincipal("connect.amazonaws.com"),
            source_account=environment.account,
            source_arn=instance,
        )
        references = {"start_request": start.function.function_arn}
        for name, actions in VIEWS.items():
            view = connect.CfnView(
                self,
                f"{name.title().replace('-', '')}View",
                instance_arn=instance,
                name=f"{deployment.prefix}-{name}",
                template=json.loads((FOLDER / "views" / f"{name}.json").read_text(encoding="utf-8")),
                actions=actions,
            )
            references[f"{name.replace('-', '_')}_view"] = view.attr_view_arn
        template = json.loads((FOLDER / "request-guide.json").read_text(encoding="utf-8"))
        guide = connect.CfnContactFlow(
            self,
            "RequestGuide",
            instance_arn=instance,
            name=f"{deployment.prefix}-request-guide",
            description="Records a request about their own data that a caller makes",
            type="CONTACT_FLOW",
            content=self.to_json_string(fill(template, filling(policy, environment.contact_flows, references))),
            state="ACTIVE",
        )
        guide.node.add_dependency(association)
        cdk.CfnOutput(
            self, "RequestGuideFlow", value=guide.attr_contact_flow_arn, description="For flows that start it"
        )

    def _function(self, runtime: Runtime, stores: StoresStack, rights: RightsStore) -> StewardFunction:
        start = StewardFunction(
            self,
            "StartRequest",
            runtime=runtime,
            folder="start_request",
            description="Receives a request of a person who makes it during a call",
            environment={"OWN_BUS": stores.bus.event_bus_name, "RIGHTS_BUCKET": rights.bucket.bucket_name},
            timeout=CALL_TIMEOUT,
            # More memory is more processor, and an agent waits with a caller on the line.
            memory_mb=1024,
        )
        start.allow(
            "HandInWhoAsks",
            ["s3:GetObject", "s3:PutObject"],
            [rights.bucket.arn_for_objects(f"{INTAKE}CALL-*")],
            because="each request has an intake of its own",
        )
        start.allow("UseStoresKey", ["kms:Decrypt", "kms:GenerateDataKey"], [rights.key.key_arn])
        start.allow(
            "StateThatItWasReceived",
            ["events:PutEvents"],
            [stores.bus.event_bus_arn],
            conditions={"StringEquals": {"events:source": RIGHTS_SOURCE, "events:detail-type": RECEIVED}},
        )
        runtime.alarms.add(
            self,
            "GuideRequestFailed",
            metric=runtime.alarms.counted("start_request", "GuideRequestFailed"),
            threshold=1,
            says="a request that a caller made could not be recorded; the adviser was told so",
        )
        return start
