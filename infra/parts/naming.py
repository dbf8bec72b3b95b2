"""Stacks whose logical ids are what the construct tree says, without hashes."""

from __future__ import annotations

import re

import aws_cdk as cdk

_NOT_SAID = {"Resource", "Default"}


def role_of_function(prefix: str, folder: str) -> str:
    """Return the name of the role of the function in that folder: policies of stores name it before it exists."""
    return f"{prefix}-{folder.replace('_', '-')}"


class NamedStack(cdk.Stack):
    """A stack in which ``holds/PlaceHold/Function`` has the logical id ``PlaceHoldFunction``.

    Parts in lower case only group and are not said. People read these ids in the console, in alarms and in tests;
    CDK refuses a template in which two are the same.
    """

    def _allocate_logical_id(self, cfn_element: cdk.CfnElement) -> str:
        path = cfn_element.node.path.removeprefix(f"{self.node.path}/")
        parts = [re.sub(r"[^A-Za-z0-9]", "", part) for part in path.split("/") if part not in _NOT_SAID]
        return "".join(part for part in parts if not part[:1].islower())
