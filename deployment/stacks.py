"""What moto's stacks lack when the CDK command line deploys them, by change set and one after the other.

- A stack that a change set creates sees no other stack's exports and publishes none of its own.
- A stack cannot be protected against deletion once it exists.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from moto.cloudformation.models import ChangeSet, cloudformation_backends
from moto.cloudformation.responses import CloudFormationResponse
from moto.core.responses import ActionResult

_apply = ChangeSet.apply


@contextmanager
def complete_stacks() -> Iterator[None]:
    """Let stacks import, export and be protected for a while."""
    protect = patch.object(CloudFormationResponse, "update_termination_protection", _protect, create=True)
    with patch.object(ChangeSet, "apply", _apply_with_exports), protect:
        yield


def _apply_with_exports(change_set: ChangeSet) -> None:
    stack = change_set.stack
    exports = cloudformation_backends[stack.account_id][stack.region_name].exports
    stack.resource_map.cross_stack_resources = exports
    _apply(change_set)
    stack.template_dict = change_set.template_dict
    stack.output_map = stack._create_output_map()  # noqa: SLF001 - as moto's own creation of a stack does
    # moto resolves an output when somebody asks for it: too late to refuse the stack.
    _ = stack.outputs
    exports.update({export.name: export for export in stack.exports})


def _protect(request: CloudFormationResponse) -> ActionResult:
    """Answer ``UpdateTerminationProtection``."""
    stack = request.cloudformation_backend.get_stack(request._get_param("StackName"))  # noqa: SLF001 - as moto's own do
    stack.enable_termination_protection = str(request._get_param("EnableTerminationProtection")).lower() == "true"  # noqa: SLF001
    return ActionResult({"StackId": stack.stack_id})
