"""The modules that flows invoke: the version in force, what the stack froze, and what was edited since."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from cli.doctor.checks.stacks import own_resources
from cli.doctor.findings import fine, note, stop
from cli.doctor.reading import AbsentError
from infra.controls.contact_flows import IN_FORCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cli.doctor.expected import Plan
    from cli.doctor.findings import Line
    from cli.doctor.reading import Account

ACTIONS: Final = (
    "cloudformation:ListStackResources",
    "connect:DescribeContactFlowModule",
    "connect:ListContactFlowModuleAliases",
    "connect:ListContactFlowModules",
)

_CHECK: Final = "flow versions"

_EDITED: Final = (("", "what is published"), (":$SAVED", "a draft that somebody saved"))
"""Suffixes of a module's id: DescribeContactFlowModule in the Amazon Connect API reference."""


def modules(account: Account, plan: Plan) -> Iterator[Line]:
    """See that each module's alias names the version that the stack froze, and say where a later edit differs from it.

    A deployment does not move an alias back that somebody moved: its template is what it was.
    """
    instance = plan.deployment.environment.instance_arn.rpartition("/")[2]
    ours = own_resources(account, plan)
    frozen = {
        one.properties["ContactFlowModuleId"]["Fn::GetAtt"][0]
        for one in plan.of_type("AWS::Connect::ContactFlowModuleAlias")
    }
    wanted = {one.name for one in plan.of_type("AWS::Connect::ContactFlowModule") if one.logical_id in frozen}
    listed = account.pages("connect", "ListContactFlowModules", "ContactFlowModulesSummaryList", InstanceId=instance)
    for one in listed:
        if one["Name"] in wanted and {str(value) for value in one.values()} & ours:
            yield from _module(account, instance, one, ours)


def _module(account: Account, instance: str, listed: Mapping[str, Any], ours: frozenset[str]) -> Iterator[Line]:
    name, module, arn = (str(listed[member]) for member in ("Name", "Id", "Arn"))
    aliases = account.pages(
        "connect",
        "ListContactFlowModuleAliases",
        "ContactFlowModuleAliasSummaryList",
        InstanceId=instance,
        ContactFlowModuleId=module,
    )
    alias = next((one for one in aliases if one["AliasName"] == IN_FORCE), None)
    if alias is None:
        yield stop(_CHECK, f"{name} has no alias {IN_FORCE}, by which flows run it", "deploy again")
        return
    version = alias["Version"]
    froze = [one.rpartition(":")[2] for one in ours if one.startswith(f"{arn}:")]
    if froze and str(version) not in froze:
        yield stop(
            _CHECK,
            f"the alias {IN_FORCE} of {name} names version {version}, which the deployment did not make",
            f"aws connect update-contact-flow-module-alias --instance-id {instance} --contact-flow-module-id {module}"
            f" --alias-id {alias['AliasId']} --name {IN_FORCE} --contact-flow-module-version {max(froze, key=int)}",
        )
        return
    in_force = _content(account, instance, f"{module}:{version}")
    differing = [
        what for suffix, what in _EDITED if _content(account, instance, f"{module}{suffix}") not in (None, in_force)
    ]
    for what in differing:
        yield note(
            _CHECK,
            f"{what} of {name} differs from version {version}, which is in force: an edit that no caller meets yet",
            "Connect console, Modules: see what it is, before anybody moves the alias",
        )
    if not differing:
        yield fine(_CHECK, f"version {version} of {name} is in force, and nothing was edited since")


def _content(account: Account, instance: str, module: str) -> Any:  # noqa: ANN401 - decoded JSON
    """Return a module's content without its layout, which the console writes anew; none where there is no such one."""
    try:
        found = account.read("connect", "DescribeContactFlowModule", InstanceId=instance, ContactFlowModuleId=module)
    except AbsentError:
        return None
    content = json.loads(found["ContactFlowModule"]["Content"])
    return {name: value for name, value in content.items() if name != "Metadata"}
