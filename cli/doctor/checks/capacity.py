"""Whether the account has room for the functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cli.doctor.findings import fine, note, stop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.doctor.expected import Plan
    from cli.doctor.findings import Line
    from cli.doctor.reading import Account

ACTIONS: Final = ("lambda:GetAccountSettings", "servicequotas:ListServiceQuotas")

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
    if free < feeds + IN_CALLS:
        yield stop(
            "capacity",
            f"Lambda may run {free} functions at once; the queues take up to {feeds}, and calls need {IN_CALLS} more",
            "Service Quotas, AWS Lambda, Concurrent executions: ask for 1,000",
        )
    else:
        yield fine("capacity", f"Lambda may run {free} functions at once; queues and calls need {feeds + IN_CALLS}")


def quotas(account: Account, plan: Plan) -> Iterator[Line]:
    """Say how many flows, modules and forms the instance may have."""
    values = {
        one["QuotaName"]: one["Value"]
        for one in account.pages("service-quotas", "ListServiceQuotas", "Quotas", ServiceCode="connect")
    }
    counts = plan.counts()
    for kind, name in _QUOTA_OF.items():
        if not counts[kind]:
            continue
        if name in values:
            yield note("capacity", f"{name}: {values[name]:.0f}, of which this environment takes {counts[kind]}")
        else:
            yield note("capacity", f"Service Quotas names no `{name}`; this environment takes {counts[kind]}")
