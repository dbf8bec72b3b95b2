"""The environment's own stacks, and names that an earlier attempt left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cli.doctor.findings import fine, note, stop
from cli.doctor.reading import AbsentError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cli.doctor.expected import Declared, Plan
    from cli.doctor.findings import Line
    from cli.doctor.reading import Account

ACTIONS: Final = (
    "cloudformation:DescribeStacks",
    "cloudformation:ListStackResources",
    "ssm:GetParameter",
    "events:DescribeEventBus",
    "iam:GetRole",
    "lambda:GetFunctionConfiguration",
    "sqs:GetQueueUrl",
    "scheduler:GetScheduleGroup",
    "sms-voice:DescribeOptOutLists",
    "sms-voice:DescribeConfigurationSets",
)

_ALREADY: Final[dict[str, tuple[str, str, str]]] = {
    "AWS::IAM::Role": ("iam", "GetRole", "RoleName"),
    "AWS::Lambda::Function": ("lambda", "GetFunctionConfiguration", "FunctionName"),
    "AWS::SQS::Queue": ("sqs", "GetQueueUrl", "QueueName"),
    "AWS::SSM::Parameter": ("ssm", "GetParameter", "Name"),
    "AWS::Events::EventBus": ("events", "DescribeEventBus", "Name"),
    "AWS::Scheduler::ScheduleGroup": ("scheduler", "GetScheduleGroup", "Name"),
    "AWS::SMSVOICE::OptOutList": ("pinpoint-sms-voice-v2", "DescribeOptOutLists", "OptOutListNames"),
    "AWS::SMSVOICE::ConfigurationSet": (
        "pinpoint-sms-voice-v2",
        "DescribeConfigurationSets",
        "ConfigurationSetNames",
    ),
}
"""How to ask for a resource by the name that our templates give it."""


def state(account: Account, plan: Plan) -> Iterator[Line]:
    """See that each stack is absent or in a state from which it can be deployed."""
    for name in plan.stacks:
        found = _stack(account, name)
        if found is None:
            yield fine("stacks", f"{name} is not there yet: {len(_declared(plan, name))} resources will be made")
            continue
        status, protected = str(found["StackStatus"]), bool(found.get("EnableTerminationProtection"))
        if status.endswith("_IN_PROGRESS"):
            yield stop("stacks", f"{name} is being deployed ({status})", "wait until it has ended")
        elif status == "ROLLBACK_COMPLETE" and protected:
            yield stop(
                "stacks",
                f"{name} failed when it was first made, has to be deleted first, and is protected against that",
                "aws cloudformation update-termination-protection --no-enable-termination-protection"
                f" --stack-name {name}",
            )
        elif status in {"ROLLBACK_FAILED", "DELETE_FAILED", "UPDATE_ROLLBACK_FAILED"}:
            yield stop("stacks", f"{name} is in the state {status}", f"CloudFormation console, {name}, Events")
        elif not protected:
            wanted = plan.deployment.environment.protected
            mend = "the next deployment protects it" if wanted else "set `protected` to true and deploy again"
            yield note("stacks", f"{name} is not protected against deletion", mend)
        else:
            yield fine("stacks", f"{name}: {status}")


def left_over(account: Account, plan: Plan) -> Iterator[Line]:
    """Look for names of ours that exist outside our stacks: CloudFormation would refuse to make them."""
    ours = own_resources(account, plan)
    for kind, (service, operation, parameter) in _ALREADY.items():
        for declared in plan.of_type(kind):
            if not declared.name or declared.name in ours:
                continue
            value: Any = [declared.name] if parameter.endswith("s") else declared.name
            try:
                account.read(service, operation, **{parameter: value})
            except AbsentError:
                continue
            yield stop(
                "names",
                f"{declared.name} ({kind}) is there and belongs to none of the environment's stacks",
                _mend(plan, declared),
            )


def _mend(plan: Plan, declared: Declared) -> str:
    """Say how a name of ours becomes free, or the stack's own.

    A change set takes over what has a name in the template and outlives its stack:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources-automatically.html
    """
    if not declared.outlives:
        return "delete it"
    take_over = f"make deploy ENVIRONMENT={plan.deployment.name} CDK_OPTIONS=--import-existing-resources"
    return f"delete it, or let the deployment take it over as it is: {take_over}"


def own_resources(account: Account, plan: Plan) -> frozenset[str]:
    """Return the physical ids of everything in the environment's stacks, and the parts of composed ones."""
    found: set[str] = set()
    for name in plan.stacks:
        try:
            for one in account.pages("cloudformation", "ListStackResources", "StackResourceSummaries", StackName=name):
                physical = str(one.get("PhysicalResourceId", ""))
                # A queue's is its address, which ends with its name.
                found |= {physical, *physical.split("|"), physical.rpartition("/")[2]}
        except AbsentError:
            continue
    return frozenset(found)


def _stack(account: Account, name: str) -> Mapping[str, Any] | None:
    try:
        found: Mapping[str, Any] = account.read("cloudformation", "DescribeStacks", StackName=name)["Stacks"][0]
    except AbsentError:
        return None
    return found


def _declared(plan: Plan, stack: str) -> list[str]:
    return [one.logical_id for one in plan.resources if one.stack == stack]
