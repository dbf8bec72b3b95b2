"""Change sets, which moto tells apart by their names alone: they belong to a stack, and go with it.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html ("ChangeSetNotFound") and
API_ExecuteChangeSet.html ("CloudFormation deletes all other change sets associated with the stack").
"""

from __future__ import annotations

from moto.cloudformation.exceptions import CloudFormationError
from moto.cloudformation.models import CloudFormationBackend
from moto.cloudformation.responses import CloudFormationResponse
from moto.core.responses import ActionResult, EmptyResult


class ChangeSetNotFound(CloudFormationError):
    """The stack has no change set of that name."""

    code = "ChangeSetNotFound"

    def __init__(self, name: str) -> None:
        super().__init__(f"ChangeSet [{name}] does not exist")


def describe(request: CloudFormationResponse) -> ActionResult:
    """Answer ``DescribeChangeSet``; raise ChangeSetNotFound if the stack has none of that name."""
    backend, name, found = _asked_for(request)
    if not found:
        raise ChangeSetNotFound(name)
    return ActionResult(backend.change_sets[found[-1]])


def delete(request: CloudFormationResponse) -> ActionResult:
    """Answer ``DeleteChangeSet``; one that is not there is deleted already."""
    backend, _, found = _asked_for(request)
    for identifier in found:
        del backend.change_sets[identifier]
    return EmptyResult()


def forget(backend: CloudFormationBackend, stack_id: str, *, but: str = "") -> None:
    """Delete the change sets of a stack, except the one with that id."""
    for identifier in [one for one, made in backend.change_sets.items() if made.stack_id == stack_id and one != but]:
        del backend.change_sets[identifier]


def _asked_for(request: CloudFormationResponse) -> tuple[CloudFormationBackend, str, list[str]]:
    backend = request.cloudformation_backend
    name = str(request._get_param("ChangeSetName"))  # noqa: SLF001 - as moto's own do
    stack = request._get_param("StackName")  # noqa: SLF001
    found = [
        identifier
        for identifier, made in backend.change_sets.items()
        if identifier == name
        or (made.change_set_name == name and (not stack or stack in (made.stack_name, made.stack_id)))
    ]
    return backend, name, found
