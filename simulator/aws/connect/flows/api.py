"""What the API answers about flows, modules and queues, in the shapes of botocore's model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.aws.connect.errors import invalid_request, not_found
from simulator.aws.connect.flows.book import SAVED, digest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from simulator.aws.connect.flows.book import Flow, Flows

Answer = dict[str, Any]


class FlowOperations:
    """Reads flows as anybody may, and changes them as somebody in the console does."""

    def __init__(
        self,
        flows: Flows,
        queues: Mapping[str, Answer],
        page: Callable[[str, Sequence[Answer], str, dict[str, Any]], Answer],
    ) -> None:
        """``queues`` are those of the instance by id; ``page`` cuts a list into pages."""
        self._flows = flows
        self._queues = queues
        self._page = page
        self.operations: Mapping[str, Callable[[dict[str, Any]], Answer]] = {
            "ListContactFlows": self._list_flows,
            "DescribeContactFlow": self._describe_flow,
            "UpdateContactFlowContent": self._update_flow,
            "ListContactFlowModules": self._list_modules,
            "DescribeContactFlowModule": self._describe_module,
            "UpdateContactFlowModuleContent": self._update_module,
            "ListContactFlowModuleVersions": self._list_versions,
            "ListContactFlowModuleAliases": self._list_aliases,
            "UpdateContactFlowModuleAlias": self._move_alias,
            "ListQueues": self._list_queues,
            "DescribeQueue": self._describe_queue,
        }

    def _list_flows(self, parameters: dict[str, Any]) -> Answer:
        items = [
            {
                "Id": one.id,
                "Arn": one.arn,
                "Name": one.name,
                "ContactFlowType": one.kind,
                "ContactFlowState": "ACTIVE",
                "ContactFlowStatus": _status(one),
            }
            for one in self._flows.of_kind(modules=False)
        ]
        return self._page("ListContactFlows", items, "ContactFlowSummaryList", parameters)

    def _describe_flow(self, parameters: dict[str, Any]) -> Answer:
        flow, qualifier = self._flows.find(parameters["ContactFlowId"], module=False)
        described = {**_described(flow, qualifier, "FlowContentSha256"), "Type": flow.kind}
        return {"ContactFlow": described}

    def _update_flow(self, parameters: dict[str, Any]) -> Answer:
        _edit(*self._flows.find(parameters["ContactFlowId"], module=False), parameters["Content"])
        return {}

    def _list_modules(self, parameters: dict[str, Any]) -> Answer:
        items = [
            {"Id": one.id, "Arn": one.arn, "Name": one.name, "State": "ACTIVE"}
            for one in self._flows.of_kind(modules=True)
        ]
        return self._page("ListContactFlowModules", items, "ContactFlowModulesSummaryList", parameters)

    def _describe_module(self, parameters: dict[str, Any]) -> Answer:
        module, qualifier = self._flows.find(parameters["ContactFlowModuleId"], module=True)
        return {"ContactFlowModule": _described(module, qualifier, "FlowModuleContentSha256")}

    def _update_module(self, parameters: dict[str, Any]) -> Answer:
        _edit(*self._flows.find(parameters["ContactFlowModuleId"], module=True), parameters["Content"])
        return {}

    def _list_versions(self, parameters: dict[str, Any]) -> Answer:
        module, _ = self._flows.find(parameters["ContactFlowModuleId"], module=True)
        items = [{"Arn": f"{module.arn}:{number}", "Version": number} for number in sorted(module.versions)]
        return self._page("ListContactFlowModuleVersions", items, "ContactFlowModuleVersionSummaryList", parameters)

    def _list_aliases(self, parameters: dict[str, Any]) -> Answer:
        module, _ = self._flows.find(parameters["ContactFlowModuleId"], module=True)
        items = [
            {"Arn": f"{module.arn}:{one.id}", "AliasId": one.id, "AliasName": one.name, "Version": one.version}
            for one in module.aliases.values()
        ]
        return self._page("ListContactFlowModuleAliases", items, "ContactFlowModuleAliasSummaryList", parameters)

    def _move_alias(self, parameters: dict[str, Any]) -> Answer:
        module, _ = self._flows.find(parameters["ContactFlowModuleId"], module=True)
        alias = module.aliases.get(parameters["AliasId"])
        if alias is None:
            raise not_found(f"The alias {parameters['AliasId']}")
        version = int(parameters.get("ContactFlowModuleVersion") or alias.version)
        if version not in module.versions:
            raise not_found(f"The version {version} of {module.id}")
        alias.version, alias.name = version, str(parameters.get("Name") or alias.name)
        return {}

    def _list_queues(self, parameters: dict[str, Any]) -> Answer:
        items = [
            {"Id": identifier, "Arn": one["QueueArn"], "Name": one["Name"], "QueueType": "STANDARD"}
            for identifier, one in self._queues.items()
        ]
        return self._page("ListQueues", items, "QueueSummaryList", parameters)

    def _describe_queue(self, parameters: dict[str, Any]) -> Answer:
        queue = self._queues.get(parameters["QueueId"])
        if queue is None:
            raise not_found(f"The queue {parameters['QueueId']}")
        return {"Queue": queue}


def _edit(flow: Flow, qualifier: str, content: str) -> None:
    if qualifier == SAVED:
        flow.save(content)
    elif qualifier:
        raise invalid_request("A version cannot be changed")
    else:
        flow.publish(content)


def _status(flow: Flow) -> str:
    return "SAVED" if flow.published is None else "PUBLISHED"


def _described(flow: Flow, qualifier: str, checksum: str) -> Answer:
    content = flow.content(qualifier)
    version = {"Version": int(qualifier)} if qualifier.isdigit() else {}
    return {
        "Arn": flow.arn,
        "Id": flow.id,
        "Name": flow.name,
        "State": "ACTIVE",
        "Status": "SAVED" if qualifier == SAVED else _status(flow),
        "Content": content,
        checksum: digest(content),
        **version,
    }
