"""Views of agent guides: what agents meet is published, and an edit that was only saved is read as ``ID:$SAVED``.

Source: Amazon Connect API reference, DescribeView ("If it is not supplied, then $LATEST is assumed for customer managed
views and an error is returned if there is no published content available") and UpdateViewContent.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from simulator.aws.cloudformation.declaration import Identity
from simulator.aws.connect.errors import not_found
from simulator.aws.connect.flows.book import SAVED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from simulator.aws.cloudformation.declaration import Declaration
    from simulator.aws.cloudformation.resource import DeployContext, Resource, ResourceProvider

VIEW: Final = "AWS::Connect::View"
_PUBLISHED: Final = "PUBLISHED"


@dataclass
class View:
    """A view: its content as ``Template``, which is JSON as text, and ``Actions``."""

    arn: str
    name: str
    published: Mapping[str, Any]
    saved: Mapping[str, Any]


class Views:
    """The views of an instance by their ids."""

    def __init__(self) -> None:
        self._by_id: dict[str, View] = {}
        self.operations: Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "DescribeView": self._describe,
            "UpdateViewContent": self._update,
        }

    def creator(self, named: ResourceProvider) -> ResourceProvider:
        """Return what publishes a template's view; ``named`` gives it its ARN, as to any record."""

        def create(site: DeployContext, declared: Declaration) -> Identity:
            identity = named(site, declared)
            content = _content(declared)
            identifier = identity.ref.rpartition("/")[2]
            self._by_id[identifier] = View(identity.ref, str(declared.properties["Name"]), content, content)
            return Identity(identity.ref, identity.attributes, lambda: self._by_id.pop(identifier, None))

        return create

    def change(self, _: DeployContext, before: Resource, declared: Declaration) -> Identity:
        """Publish what a template says now."""
        view, _qualifier = self._find(before.identity.ref)
        view.published = view.saved = _content(declared)
        return before.identity

    def _find(self, reference: str) -> tuple[View, str]:
        identifier, _, qualifier = reference.rpartition("/")[2].partition(":")
        if identifier not in self._by_id:
            raise not_found(f"The view {identifier}")
        return self._by_id[identifier], qualifier

    def _describe(self, parameters: dict[str, Any]) -> dict[str, Any]:
        view, qualifier = self._find(parameters["ViewId"])
        saved = qualifier == SAVED
        return {
            "View": {
                "Id": view.arn.rpartition("/")[2],
                "Arn": view.arn,
                "Name": view.name,
                "Status": "SAVED" if saved else _PUBLISHED,
                "Type": "CUSTOMER_MANAGED",
                "Content": dict(view.saved if saved else view.published),
            }
        }

    def _update(self, parameters: dict[str, Any]) -> dict[str, Any]:
        view, _ = self._find(parameters["ViewId"])
        view.saved = {**view.saved, **parameters["Content"]}
        if parameters["Status"] == _PUBLISHED:
            view.published = view.saved
        return self._describe(parameters)


def _content(declared: Declaration) -> dict[str, Any]:
    properties = declared.properties
    return {"Template": json.dumps(properties["Template"]), "Actions": list(properties["Actions"])}
