"""The flows and modules of a deployment, as a running flow finds them: by ARN."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flowlint.document import Flow, parse_flow

FLOW_TYPES = ("AWS::Connect::ContactFlow", "AWS::Connect::ContactFlowModule")
ALIAS_TYPE = "AWS::Connect::ContactFlowModuleAlias"


@dataclass(frozen=True, slots=True)
class Deployed:
    """One flow or module."""

    name: str
    arn: str
    flow: Flow


class FlowLibrary:
    """Finds flows by ARN, name or the end of the name (``inbound`` for ``live-steward-inbound``)."""

    def __init__(self, flows: Iterable[Deployed], aliases: Mapping[str, str] | None = None) -> None:
        """``aliases``: the references to aliases by their ids, each with the module of which it runs a version."""
        self._flows = tuple(flows)
        self._aliases = aliases or {}

    @classmethod
    def of_resources(cls, resources: Iterable[tuple[str, str, Mapping[str, Any]]]) -> FlowLibrary:
        """Read the flows among a deployment's resources, each given as type, ARN and resolved properties."""
        everything = tuple(resources)
        flows = [
            Deployed(
                str(properties["Name"]), arn, parse_flow(str(properties["Content"]), source=str(properties["Name"]))
            )
            for kind, arn, properties in everything
            if kind in FLOW_TYPES
        ]
        aliases = {
            f"{properties['ContactFlowModuleId']}:{arn.rpartition('/')[2]}": str(properties["ContactFlowModuleId"])
            for kind, arn, properties in everything
            if kind == ALIAS_TYPE
        }
        return cls(flows, aliases)

    def find(self, name: str) -> Deployed:
        """Return that flow, also by an alias's id; raise KeyError with the names there are."""
        name = self._aliases.get(name, name)
        for each in self._flows:
            if name in (each.arn, each.name) or each.arn.endswith(f"/{name}") or each.name.endswith(f"-{name}"):
                return each
        known = ", ".join(sorted(each.name for each in self._flows))
        raise KeyError(f"no flow {name!r} is deployed; there are: {known or 'none'}")
