"""One Lambda function of steward: what all of them share, written once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.config import ROOT
from infra.parts.acceptance import accept
from infra.parts.access.role_policy import RolePolicy
from infra.parts.logs import LOG_RETENTION
from infra.parts.naming import role_of_function
from infra.parts.removal import RETAINED
from infra.refusal import RefusalError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_sqs as sqs

    from infra.parts.alarms import Alarms

POLICY_FILE = "/opt/policy/policy.json"
"""Where the policy layer puts the compiled policy."""

NOT_CODE = ["**/__pycache__", "**/*.pyc", "**/.DS_Store"]


class Runtime(Construct):
    """The layers and settings that every function of a stack shares."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        prefix: str,
        environment_name: str,
        layers: Mapping[str, lambda_.Code],
        logs_key: kms.IKey,
        alarms: Alarms,
    ) -> None:
        """``layers`` by name: each is the same for Python 3.13 on arm64."""
        super().__init__(scope, construct_id)
        self.prefix = prefix
        self.environment_name = environment_name
        self.logs_key = logs_key
        self.alarms = alarms
        self.layers = [
            lambda_.LayerVersion(
                self,
                f"{name.capitalize()}Layer",
                code=code,
                compatible_runtimes=[lambda_.Runtime.PYTHON_3_13],
                compatible_architectures=[lambda_.Architecture.ARM_64],
                description=f"steward: {name}",
            )
            for name, code in layers.items()
        ]


class StewardFunction(Construct):
    """A function from ``functions/<folder>``: Python 3.13 on arm64, its own role, its own log group."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        runtime: Runtime,
        folder: str,
        description: str,
        environment: Mapping[str, str],
        timeout: cdk.Duration,
        memory_mb: int = 512,
        role_name: str | None = None,
        failed_runs: sqs.IQueue | None = None,
    ) -> None:
        """``failed_runs`` receives what an asynchronous invocation could not do; a queue's own work has its own."""
        super().__init__(scope, construct_id)
        source = ROOT / "functions" / folder
        if not (source / "handler.py").is_file():
            raise RefusalError(f"functions/{folder}/handler.py: the function {folder} has no handler")
        self.folder = folder
        self.log_group = logs.LogGroup(
            self,
            "Log",
            retention=LOG_RETENTION,
            encryption_key=runtime.logs_key,
            removal_policy=RETAINED,
        )
        self.role = iam.Role(
            self,
            "Role",
            role_name=role_name or role_of_function(runtime.prefix, folder),
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description=f"What {folder} may do",
        )
        self.rights = RolePolicy(self, "Rights", role=self.role, description=f"What {folder} may do")
        self.allow("WriteItsLog", ["logs:CreateLogStream", "logs:PutLogEvents"], [self.log_group.log_group_arn])
        if failed_runs:
            self.allow("ReportFailedRuns", ["sqs:SendMessage"], [failed_runs.queue_arn])
        self.function = lambda_.Function(
            self,
            "Function",
            function_name=f"{runtime.prefix}-{folder}",
            description=description,
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.ARM_64,
            handler="handler.handler",
            code=lambda_.Code.from_asset(str(source), exclude=NOT_CODE, ignore_mode=cdk.IgnoreMode.GLOB),
            layers=runtime.layers,
            # What it may do is written here in full; the library adds nothing to it.
            role=self.role.without_policy_updates(),
            log_group=self.log_group,
            logging_format=lambda_.LoggingFormat.TEXT,
            timeout=timeout,
            memory_size=memory_mb,
            dead_letter_queue=failed_runs,
            environment={
                "POLICY_FILE": POLICY_FILE,
                "POWERTOOLS_SERVICE_NAME": folder,
                "STEWARD_ENVIRONMENT": runtime.environment_name,
                **environment,
            },
        )
        # Lambda tests the right to send to the queue of failed runs when it makes the function. (The library would have
        # it wait for the role alone, which the property says already.)
        resource = self.function.node.default_child
        if isinstance(resource, cdk.CfnResource) and isinstance(self.rights.node.default_child, cdk.CfnElement):
            resource.add_override("DependsOn", [cdk.Stack.of(self).get_logical_id(self.rights.node.default_child)])
        self.timeout = timeout
        self._accept_findings(scheduled=failed_runs is not None)
        runtime.alarms.add(
            self,
            "Errors",
            metric=self.function.metric_errors(period=cdk.Duration.minutes(5), statistic="Sum"),
            threshold=1,
            says=f"{folder} ended with an error",
        )
        runtime.alarms.add(
            self,
            "Throttles",
            metric=self.function.metric_throttles(period=cdk.Duration.minutes(5), statistic="Sum"),
            threshold=1,
            says=f"{folder} was refused for want of concurrency",
        )
        runtime.alarms.add(
            self,
            "Duration",
            metric=self.function.metric_duration(period=cdk.Duration.minutes(5), statistic="Maximum"),
            threshold=timeout.to_milliseconds() * 0.8,
            says=f"{folder} took more than four fifths of its time",
        )

    def go_on(self, sid: str, queue: sqs.IQueue) -> None:
        """Let it put messages into the queue that it works through: for what takes several runs, or is looked at later.

        Lambda takes that for a loop and stops it after some sixteen rounds, unless it is told that it is meant:
        https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
        """
        self.allow(sid, ["sqs:SendMessage"], [queue.queue_arn])
        resource = self.function.node.default_child
        if isinstance(resource, cdk.CfnResource):
            resource.add_property_override("RecursiveLoop", "Allow")

    def keep_warm(self, environments: int) -> lambda_.Alias:
        """Keep so many execution environments ready, and return the alias by which alone they are reached."""
        return lambda_.Alias(
            self,
            "InCall",
            alias_name="in-call",
            version=self.function.current_version,
            provisioned_concurrent_executions=environments,
        )

    def _accept_findings(self, *, scheduled: bool) -> None:
        accept(
            self.function,
            "Python 3.13 is supported until mid-2029 and starts a fifth faster than 3.14, while a caller waits",
            "AwsSolutions-L1",
            "Serverless-LambdaLatestVersion",
        )
        accept(
            self.function,
            "It talks to AWS's own endpoints only, by TLS and with its own role, and needs no private network; a VPC"
            " would add a way out of the account that is not there now",
            "NIST.800.53.R5-LambdaInsideVPC",
            "PCI.DSS.321-LambdaInsideVPC",
        )
        accept(
            self.function,
            "Its concurrency is bounded where its work comes from (the event source's maximum concurrency, one daily"
            " schedule); a reservation cannot be deployed in an account with the initial quota",
            "NIST.800.53.R5-LambdaConcurrency",
        )
        accept(
            self.function,
            "Contact ids, case references and request ids in the structured log join the steps; X-Ray's rights can only"
            " be granted on every resource",
            "Serverless-LambdaTracing",
        )
        if not scheduled:
            accept(
                self.function,
                "It is not invoked asynchronously: the queue, stream or flow in front of it keeps what failed",
                "NIST.800.53.R5-LambdaDLQ",
                "Serverless-LambdaDLQ",
            )

    def allow(
        self,
        sid: str,
        actions: list[str],
        resources: list[str],
        *,
        conditions: Mapping[str, object] | None = None,
        because: str = "",
    ) -> None:
        """Grant exactly that, as :meth:`infra.parts.access.role_policy.RolePolicy.allow` does."""
        self.rights.allow(sid, actions, resources, conditions=conditions, because=because)
