"""The Connect instance: its state, its switches, and the names in it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from cli.doctor.checks.stacks import own_resources
from cli.doctor.findings import fine, note, stop
from cli.doctor.reading import AbsentError
from infra.contact_flows.settings import PaymentLine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.doctor.expected import Plan
    from cli.doctor.findings import Line
    from cli.doctor.reading import Account

ACTIONS: Final = (
    "connect:DescribeInstance",
    "connect:ListInstanceAttributes",
    "connect:ListContactFlows",
    "connect:ListContactFlowModules",
    "connect:ListViews",
    "connect:ListEvaluationForms",
    "connect:ListRules",
    "connect:ListLambdaFunctions",
    "connect:DescribeQueue",
    "connect:ListFlowAssociations",
    "connect:ListPhoneNumbersV2",
    "ds:DescribeDirectories",
)
"""``DescribeInstance`` also needs ``ds:DescribeDirectories`` (Service Authorization Reference, Amazon Connect)."""

_SERVICE_ROLE: Final = "AWSServiceRoleForAmazonConnect"

_LISTS: Final[dict[str, tuple[str, str, str, dict[str, Any]]]] = {
    "AWS::Connect::ContactFlow": ("ListContactFlows", "ContactFlowSummaryList", "Name", {}),
    "AWS::Connect::ContactFlowModule": ("ListContactFlowModules", "ContactFlowModulesSummaryList", "Name", {}),
    "AWS::Connect::View": ("ListViews", "ViewsSummaryList", "Name", {"Type": "CUSTOMER_MANAGED"}),
    "AWS::Connect::EvaluationForm": ("ListEvaluationForms", "EvaluationFormSummaryList", "Title", {}),
    "AWS::Connect::Rule": ("ListRules", "RuleSummaryList", "Name", {}),
}
"""How to list a kind of thing, the member of the answer, and the field that has its name."""


def state(account: Account, plan: Plan) -> Iterator[Line]:
    """See that the instance is active and has a service-linked role, to which Connect can add our buckets."""
    try:
        found = account.read("connect", "DescribeInstance", InstanceId=_id(plan))["Instance"]
    except AbsentError:
        yield stop("instance", "there is no such instance in this account and region", "correct instance_arn")
        return
    if found["InstanceStatus"] != "ACTIVE":
        yield stop("instance", f"its state is {found['InstanceStatus']}", "wait until it is ACTIVE")
    if _SERVICE_ROLE not in found.get("ServiceRole", ""):
        yield stop(
            "instance",
            "it has no service-linked role, so Connect cannot be given the right to write into steward's buckets",
            "https://docs.aws.amazon.com/connect/latest/adminguide/migrate-slr.html",
        )
    yield fine("instance", f"{found['InstanceStatus']}, identities by {found['IdentityManagementType']}")


def switches(account: Account, plan: Plan) -> Iterator[Line]:
    """Read the instance's attributes on which something of ours depends."""
    pages = account.pages("connect", "ListInstanceAttributes", "Attributes", InstanceId=_id(plan))
    on = {one["AttributeType"]: one["Value"] == "true" for one in pages}
    if not on.get("CONTACT_LENS"):
        yield stop(
            "instance",
            "Contact Lens is off, and the Complaint form reaches steward through one of its rules",
            "Connect console, the instance, Analytics tools: enable Contact Lens",
        )
    if not on.get("OUTBOUND_CALLS"):
        yield note("instance", "outbound calls are off: the outbound whisper flow will have nothing to do")
    if on.get("EARLY_MEDIA"):
        yield note("instance", "early media is on: what a caller hears before an agent answers is part of the call")
    if on.get("CONTACTFLOW_LOGS"):
        yield note(
            "instance",
            "flow logs are on: a flow of the council's own that takes card digits has to switch them off itself",
            "steward lint-flow names such flows",
        )


def names(account: Account, plan: Plan) -> Iterator[Line]:
    """Look for flows, modules, views, forms and rules that have a name of ours and are not ours."""
    ours = own_resources(account, plan)
    for kind, (operation, member, field, more) in _LISTS.items():
        wanted = {one.name for one in plan.of_type(kind)} - {""}
        if not wanted:
            continue
        for one in account.pages("connect", operation, member, InstanceId=_id(plan), **more):
            identities = {str(value) for value in one.values()}
            if one[field] in wanted and not identities & ours:
                yield stop(
                    "names",
                    f"the instance has a {kind.rpartition('::')[2]} named {one[field]} that none of the environment's"
                    " stacks made",
                    "rename it in the Connect console",
                )


def numbers(account: Account, plan: Plan) -> Iterator[Line]:
    """Say which flows the telephone numbers run: steward's inbound flow is chosen for each by a person."""
    flows = {
        str(one["Id"]): str(one["Name"])
        for one in account.pages("connect", "ListContactFlows", "ContactFlowSummaryList", InstanceId=_id(plan))
    }
    listed = account.pages("connect", "ListPhoneNumbersV2", "ListPhoneNumbersSummaryList", InstanceId=_id(plan))
    known = {str(one["PhoneNumberArn"]).rpartition("/")[2] for one in listed}
    runs: Counter[str] = Counter()
    for one in account.pages(
        "connect",
        "ListFlowAssociations",
        "FlowAssociationSummaryList",
        InstanceId=_id(plan),
        ResourceType="VOICE_PHONE_NUMBER",
    ):
        number, flow = (str(one[member]).rpartition("/")[2] for member in ("ResourceId", "FlowId"))
        if number in known:
            known.discard(number)
            runs[flows.get(flow, flow)] += 1
    for name, count in sorted(runs.items()):
        yield note("numbers", f"{count} telephone numbers run the flow {name}")
    if known:
        yield note("numbers", f"{len(known)} telephone numbers run no flow", "Connect console, Phone numbers")


def card_entry(account: Account, plan: Plan) -> Iterator[Line]:
    """See that the queue exists, and that the payment provider's function is associated before flows name it."""
    settings = plan.deployment.environment.contact_flows
    if settings is None:
        yield note("flows", "no `contact_flows` are configured: no inbound flow is deployed")
        return
    queue = settings.queue_arn.rpartition("/")[2]
    try:
        account.read("connect", "DescribeQueue", InstanceId=_id(plan), QueueId=queue)
    except AbsentError:
        yield stop("flows", f"the instance has no queue {queue}", "correct contact_flows.queue_arn")
    if settings.caller_id is None and (settings.transfer_numbers or isinstance(settings.card_entry, PaymentLine)):
        yield note(
            "flows",
            "no caller_id: a call that is passed to an outside number shows the number that was dialled, and none after"
            " a transfer to a queue or on a callback; providers in the United Kingdom may reject it",
            "set contact_flows.caller_id to a number of the instance",
        )
    function = getattr(settings.card_entry, "function_arn", "")
    if not function:
        return
    associated = set(account.pages("connect", "ListLambdaFunctions", "LambdaFunctions", InstanceId=_id(plan)))
    if function not in associated:
        instance = _id(plan)
        yield stop(
            "flows",
            "the payment provider's function is not associated with the instance, and Connect refuses flows that"
            " invoke such a function",
            f"aws connect associate-lambda-function --instance-id {instance} --function-arn {function}",
        )


def _id(plan: Plan) -> str:
    return plan.deployment.environment.instance_arn.rpartition("/")[2]
