"""Whether the account has room for the functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cli.doctor.checks.stacks import own_resources
from cli.doctor.findings import fine, note, stop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.doctor.expected import Plan
    from cli.doctor.findings import Line
    from cli.doctor.reading import Account

ACTIONS: Final = (
    "cloudformation:ListStackResources",
    "connect:ListContactFlowModules",
    "connect:ListContactFlows",
    "connect:ListEvaluationForms",
    "lambda:GetAccountSettings",
    "servicequotas:ListAWSDefaultServiceQuotas",
    "servicequotas:ListServiceQuotas",
)

_LISTED_BY: Final = {
    "AWS::Connect::ContactFlow": ("ListContactFlows", "ContactFlowSummaryList"),
    "AWS::Connect::ContactFlowModule": ("ListContactFlowModules", "ContactFlowModulesSummaryList"),
    "AWS::Connect::EvaluationForm": ("ListEvaluationForms", "EvaluationFormSummaryList"),
}
"""How to list what counts towards each quota, and the member of the answer."""

IN_CALLS: Final = 10
"""Executions at once that contact flows may need beside the queues: payments, consents and texts in a busy minute."""

_QUOTA_OF: Final = {
    "AWS::Connect::ContactFlow": "Flows per instance",
    "AWS::Connect::ContactFlowModule": "Modules per instance",
    "AWS::Connect::EvaluationForm": "Evaluation forms per instance",
}
"""The names that Service Quotas gives (https://docs.aws.amazon.com/connect/latest/adminguide/
amazon-connect-service-limits.html); a quota of another name is not found, and that is said."""


def concurrency(account: Account, plan: Plan) -> Iterator[Line]:
    """See that queues and calls together stay below the account's concurrent executions (new accounts have 10)."""
    limit = account.read("lambda", "GetAccountSettings")["AccountLimit"]
    free = int(limit["UnreservedConcurrentExecutions"])
    feeds = sum(
        int(one.properties.get("ScalingConfig", {}).get("MaximumConcurrency", 1))
        for one in plan.of_type("AWS::Lambda::EventSourceMapping")
    )
    warm = sum(
        int(one.properties.get("ProvisionedConcurrencyConfig", {}).get("ProvisionedConcurrentExecutions", 0))
        for one in plan.resources
    )
    feeds += warm
    if free < feeds + IN_CALLS:
        yield stop(
            "capacity",
            f"Lambda may run {free} functions at once; the queues take up to {feeds} (what is kept warm included), and"
            f" calls need {IN_CALLS} more",
            "Service Quotas, AWS Lambda, Concurrent executions: ask for 1,000",
        )
    else:
        yield fine("capacity", f"Lambda may run {free} functions at once; queues and calls need {feeds + IN_CALLS}")


def quotas(account: Account, plan: Plan) -> Iterator[Line]:
    """See that the instance has room for the flows, modules and forms that are going to be made."""
    values = _quotas(account, "ListServiceQuotas")
    defaults = _quotas(account, "ListAWSDefaultServiceQuotas")
    instance = plan.deployment.environment.instance_arn.rpartition("/")[2]
    ours, counts = own_resources(account, plan), plan.counts()
    for kind, name in _QUOTA_OF.items():
        if not counts[kind]:
            continue
        if name in values:
            operation, member = _LISTED_BY[kind]
            there = [
                one
                for one in account.pages("connect", operation, member, InstanceId=instance)
                if not {str(value) for value in one.values()} & ours
            ]
            usual = f" (by default {defaults[name]:.0f})" if name in defaults else ""
            says = f"{name}: {values[name]:.0f}{usual}; the instance has {len(there)} of its own, and this environment"
            if len(there) + counts[kind] > values[name]:
                yield stop(
                    "capacity", f"{says} needs {counts[kind]}", f"Service Quotas, Amazon Connect, {name}: ask for more"
                )
            else:
                yield note("capacity", f"{says} takes {counts[kind]}")
        else:
            yield note("capacity", f"Service Quotas names no `{name}`; this environment takes {counts[kind]}")


def _quotas(account: Account, operation: str) -> dict[str, float]:
    """Return the values of the quotas of Amazon Connect by their names."""
    found = account.pages("service-quotas", operation, "Quotas", ServiceCode="connect")
    return {str(one["QuotaName"]): float(one["Value"]) for one in found}
