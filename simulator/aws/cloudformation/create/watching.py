"""Alarms, log groups, roles and policies as moto shows them to whoever reads their settings.

Nothing here raises an alarm, keeps a line or allows a call: ``cloudwatch``, ``lambda_`` and ``iam`` do, from the
templates. moto's own models are given each directly; by requests a deployment would take seconds longer.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from moto.cloudwatch.models import cloudwatch_backends
from moto.iam.models import iam_backends
from moto.logs.models import logs_backends

from simulator.aws.cloudformation.create import record_only as records
from simulator.aws.cloudformation.declaration import Identity

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.aws.cloudformation.declaration import Declaration
    from simulator.aws.cloudformation.resource import DeployContext, Resource, ResourceChanger, ResourceProvider

_PARTITION: Final = "aws"
"""moto keeps IAM once for each, as it is the same in every region."""


def _alarm(site: DeployContext, declared: Declaration, name: str) -> Callable[[], object]:
    backend, stated = cloudwatch_backends[site.account][site.region], declared.properties
    backend.put_metric_alarm(
        name=name,
        namespace=stated.get("Namespace", ""),
        metric_name=stated.get("MetricName", ""),
        comparison_operator=stated["ComparisonOperator"],
        evaluation_periods=int(stated["EvaluationPeriods"]),
        period=int(stated.get("Period", 0)),
        threshold=float(stated.get("Threshold", 0)),
        statistic=stated.get("Statistic", ""),
        description=stated.get("AlarmDescription", ""),
        dimensions=list(stated.get("Dimensions", [])),
        alarm_actions=list(stated.get("AlarmActions", [])),
        ok_actions=list(stated.get("OKActions", [])),
        insufficient_data_actions=list(stated.get("InsufficientDataActions", [])),
        datapoints_to_alarm=stated.get("DatapointsToAlarm"),
        treat_missing_data=stated.get("TreatMissingData"),
        actions_enabled=bool(stated.get("ActionsEnabled", True)),
    )
    return lambda: backend.alarms.pop(name, None)


def _log_group(site: DeployContext, declared: Declaration, name: str) -> Callable[[], object]:
    backend, stated = logs_backends[site.account][site.region], declared.properties
    if name not in backend.groups:
        # A group outlives its stack here and there; CloudFormation would give the next one another name.
        backend.create_log_group(name, {}, kmsKeyId=stated.get("KmsKeyId"))
    vars(backend.groups[name]).update(
        kms_key_id=stated.get("KmsKeyId"), retention_in_days=stated.get("RetentionInDays")
    )
    return lambda: backend.groups.pop(name, None)


def _role(site: DeployContext, declared: Declaration, name: str) -> Callable[[], object]:
    backend, stated = iam_backends[site.account][_PARTITION], declared.properties
    trust = json.dumps(stated["AssumeRolePolicyDocument"])
    there = next((one for one in backend.roles.values() if one.name == name), None)
    role: Any = there or backend.create_role(name, trust, "/", stated.get("PermissionsBoundary"), "", [], None)
    vars(role).update(
        assume_role_policy_document=trust, max_session_duration=int(stated.get("MaxSessionDuration", 3600))
    )
    return lambda: backend.roles.pop(role.id, None)


def _policy(site: DeployContext, declared: Declaration, arn: str) -> Callable[[], object]:
    backend, stated = iam_backends[site.account][_PARTITION], declared.properties
    _forget(backend, arn)
    backend.create_policy("", "/", json.dumps(stated["PolicyDocument"]), arn.rpartition("/")[2], [])
    for role in stated.get("Roles", []):
        backend.attach_role_policy(arn, str(role))
    return lambda: _forget(backend, arn)


def _forget(backend: Any, arn: str) -> None:  # noqa: ANN401 - moto's
    policy = backend.managed_policies.pop(arn, None)
    for role in backend.roles.values() if policy else ():
        role.managed_policies.pop(arn, None)


_SHOWN: Final = {
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::IAM::ManagedPolicy": _policy,
    "AWS::IAM::Role": _role,
    "AWS::Logs::LogGroup": _log_group,
}


def _create(site: DeployContext, declared: Declaration) -> Identity:
    made = records.CREATORS[declared.type](site, declared)
    return Identity(made.ref, made.attributes, _SHOWN[declared.type](site, declared, made.ref))


def _change(site: DeployContext, before: Resource, declared: Declaration) -> Identity:
    _SHOWN[declared.type](site, declared, before.identity.ref)
    return before.identity


CREATORS: dict[str, ResourceProvider] = dict.fromkeys(_SHOWN, _create)
CHANGERS: dict[str, ResourceChanger] = dict.fromkeys(_SHOWN, _change)
