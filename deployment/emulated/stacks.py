"""What moto's stacks lack when the CDK command line deploys them, by change set and one after the other.

- A stack that a change set creates sees no other stack's exports and publishes none of its own.
- A failure is an error of the request: AWS takes back what was created, and the stack says so (``ROLLBACK_COMPLETE``).
- A stack cannot be protected against deletion once it exists, and a protected one can be deleted.
- Nothing that exists can be imported.
- A parameter that keeps its previous value and names one of Parameter Store is looked up by the value that it had.
- Change sets of several stacks are taken for one if they have one name (``deployment.emulated.change_sets``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final
from unittest.mock import patch

from moto.cloudformation import parsing
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import ChangeSet, CloudFormationBackend, Event, Stack, cloudformation_backends
from moto.cloudformation.parsing import OutputMap, ResourceMap
from moto.cloudformation.responses import CloudFormationResponse
from moto.core.responses import ActionResult
from moto.ssm.models import ssm_backends

from deployment.emulated import change_sets
from simulator.aws.cloudformation.resource import TemplateError

if TYPE_CHECKING:
    from simulator.aws.cloudformation.reader import Making

IDENTIFIERS: Final[Mapping[str, tuple[str, ...]]] = {
    "AWS::Connect::InstanceStorageConfig": ("InstanceArn", "AssociationId", "ResourceType"),
    "AWS::S3::Bucket": ("BucketName",),
    "AWS::S3::BucketPolicy": ("Bucket",),
}
"""By what an import finds a resource: each type's ``primaryIdentifier`` in its CloudFormation schema."""

_STACK: Final = "AWS::CloudFormation::Stack"

_apply = ChangeSet.apply
_create_change_set = CloudFormationBackend.create_change_set
_delete_stack = CloudFormationBackend.delete_stack
_parse_ssm_parameter = ResourceMap.parse_ssm_parameter
_answer_change_set = CloudFormationResponse.create_change_set
_answer_summary = CloudFormationResponse.get_template_summary


@contextmanager
def complete_stacks(making: Making) -> Iterator[None]:
    """Let stacks import, export, fail, be protected and take over what exists for a while."""
    imports: dict[str, dict[str, Mapping[str, str]]] = {}

    def answer_change_set(request: CloudFormationResponse) -> ActionResult:
        """Answer ``CreateChangeSet``, and remember what it is to import."""
        wanted = request._get_param("ResourcesToImport", []) or []  # noqa: SLF001 - as moto's own do
        answer = _answer_change_set(request)
        identifier = str(answer.result["Id"])  # type: ignore[index]
        imports[identifier] = {str(one["LogicalResourceId"]): one["ResourceIdentifier"] for one in wanted}
        return answer

    def execute(backend: CloudFormationBackend, change_set_name: str, stack_name: str | None = None) -> None:
        found = [
            one
            for identifier, one in backend.change_sets.items()
            if identifier == change_set_name
            or (one.change_set_name == change_set_name and stack_name in (None, one.stack_name, one.stack_id))
        ]
        if not found:
            raise change_sets.ChangeSetNotFound(change_set_name)
        change_set = found[-1]
        change_sets.forget(backend, change_set.stack_id, but=change_set.change_set_id)
        making.importing.clear()
        making.importing.update(imports.get(change_set.change_set_id, {}))
        try:
            _carry_out(change_set, making)
        finally:
            making.importing.clear()

    with (
        patch.object(CloudFormationBackend, "create_change_set", _accept),
        patch.object(CloudFormationBackend, "execute_change_set", execute),
        patch.object(CloudFormationBackend, "delete_stack", _delete),
        patch.object(ResourceMap, "parse_ssm_parameter", _looked_up),
        patch.object(CloudFormationResponse, "create_change_set", answer_change_set),
        patch.object(CloudFormationResponse, "describe_change_set", change_sets.describe),
        patch.object(CloudFormationResponse, "delete_change_set", change_sets.delete),
        patch.object(CloudFormationResponse, "get_template_summary", _summary),
        patch.object(CloudFormationResponse, "update_termination_protection", _protect, create=True),
    ):
        yield


def _accept(backend: CloudFormationBackend, *given: Any, **named: Any) -> tuple[str, str]:  # noqa: ANN401 - moto's signature
    """Create a change set; moto knows imports only into a stack that is not there yet."""
    importing = named["change_set_type"] == "IMPORT"
    if importing and any(
        one.name == named["stack_name"] and one.status != "REVIEW_IN_PROGRESS" for one in backend.stacks.values()
    ):
        named["change_set_type"] = "UPDATE"
    for one in Stack.parse_template(named["template"]).get("Resources", {}).values():
        # Raises ValidationError for a type that nobody knows, as the request's own error.
        parsing.resource_class_from_type(str(one["Type"]))
    identifier, stack = _create_change_set(backend, *given, **named)
    if importing:
        backend.change_sets[identifier].change_set_type = "IMPORT"
    return identifier, stack


def _looked_up(resources: ResourceMap, value: str, value_type: str) -> str:
    """Look up a parameter of Parameter Store; what has been looked up before is what it is.

    ``UsePreviousValue``: the stack keeps the value that it has for the parameter, which is a name;
    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Parameter.html
    """
    store = ssm_backends[resources._account_id][resources._region_name]  # noqa: SLF001 - as moto's own do
    return value if store.get_parameter(value) is None else _parse_ssm_parameter(resources, value, value_type)


def _carry_out(change_set: ChangeSet, making: Making) -> None:
    """Do what a change set says. What fails is no error of the request: the stack says so when it is asked.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html
    """
    stack, kind = change_set.stack, change_set.change_set_type
    before = stack.resource_map.made  # type: ignore[attr-defined]
    first = stack.status == "REVIEW_IN_PROGRESS"
    stack._add_stack_event(f"{kind}_IN_PROGRESS", resource_status_reason="User Initiated")  # noqa: SLF001 - as moto's own do
    try:
        if kind == "IMPORT":
            _may_be_imported(change_set, making)
        _apply_with_exports(change_set)
    except Exception as error:  # noqa: BLE001 - whatever fails is the stack's failure, and told as such
        stack.resource_map.take_back(before)  # type: ignore[attr-defined]
        stack.events.append(_failure(stack, str(getattr(error, "message", error)), kind))
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html, "Stack status codes"
        after = {"CREATE": "ROLLBACK_COMPLETE", "UPDATE": "UPDATE_ROLLBACK_COMPLETE"}.get(
            kind, "IMPORT_ROLLBACK_COMPLETE"
        )
        stack.status = "REVIEW_IN_PROGRESS" if kind == "IMPORT" and first else after
        if first:
            # Nothing of it is left but its name: no output refers to anything any more.
            stack.template_dict = {"Resources": {}}
            stack.output_map = OutputMap(stack.resource_map, stack.template_dict, stack.stack_id)
        stack.template = change_set.template if first else stack.template
        change_set.execution_status = "EXECUTE_FAILED"
        stack._add_stack_event(after)  # noqa: SLF001
        return
    change_set.execution_status = "EXECUTE_COMPLETE"
    stack.status = f"{kind}_COMPLETE"
    stack.template = change_set.template
    stack._add_stack_event(stack.status)  # noqa: SLF001


def _failure(stack: Stack, why: str, kind: str) -> Event:
    logical_id, _, _ = why.partition(" ")
    return Event(
        stack_id=stack.stack_id,
        stack_name=stack.name,
        logical_resource_id=logical_id or stack.name,
        physical_resource_id="",
        resource_type=_STACK,
        resource_status=f"{kind}_FAILED",
        resource_status_reason=why,
        resource_properties=None,
    )


def _may_be_imported(change_set: ChangeSet, making: Making) -> None:
    """Refuse what CloudFormation refuses of an import.

    "Each resource to import must have a DeletionPolicy attribute"; "You can't create, update, or delete resources
    during an import operation": https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources.html
    """
    for change in change_set.changes:
        if change.action != "Add" or change.logical_resource_id not in making.importing:
            raise TemplateError(
                "As part of the import operation, you cannot modify or add resources: " + change.logical_resource_id
            )
        if "DeletionPolicy" not in change_set.template_dict["Resources"][change.logical_resource_id]:
            raise TemplateError(f"{change.logical_resource_id}: resources to import must have a DeletionPolicy")


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


def _delete(backend: CloudFormationBackend, name_or_stack_id: str) -> None:
    """Delete a stack that is not protected."""
    for stack in backend.stacks.values():
        if name_or_stack_id in (stack.name, stack.stack_id) and stack.enable_termination_protection:
            raise ValidationError(
                message=f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled"
            )
    for stack in [one for one in backend.stacks.values() if name_or_stack_id in (one.name, one.stack_id)]:
        change_sets.forget(backend, stack.stack_id)
    _delete_stack(backend, name_or_stack_id)


def _summary(request: CloudFormationResponse) -> ActionResult:
    """Answer ``GetTemplateSummary`` with what an import asks for, which moto leaves out."""
    answer = _answer_summary(request)
    result: dict[str, Any] = answer.result  # type: ignore[assignment]
    by_type: dict[str, list[str]] = {}
    for name, one in result.get("Resources", {}).items():
        by_type.setdefault(str(one["Type"]), []).append(str(name))
    summaries = [
        {"ResourceType": kind, "LogicalResourceIds": by_type[kind], "ResourceIdentifiers": list(identifiers)}
        for kind, identifiers in IDENTIFIERS.items()
        if kind in by_type
    ]
    return ActionResult({**result, "ResourceIdentifierSummaries": summaries})


def _protect(request: CloudFormationResponse) -> ActionResult:
    """Answer ``UpdateTerminationProtection``."""
    stack = request.cloudformation_backend.get_stack(request._get_param("StackName"))  # noqa: SLF001 - as moto's own do
    stack.enable_termination_protection = str(request._get_param("EnableTerminationProtection")).lower() == "true"  # noqa: SLF001
    return ActionResult({"StackId": stack.stack_id})
