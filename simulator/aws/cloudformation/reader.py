"""moto's CloudFormation, completed: it reads the templates, and creates what the embedded AWS's creators create.

moto has no Connect, SMSVOICE or Scheduler resources and ignores much of a bucket: versions, lock, lifecycle, events. It
skips a type that it does not know with a warning, creates what a reference leads to before what that depends on, and
never ends on resources that refer to each other. CloudFormation refuses such templates, and so does this. What fails is
taken back (``simulator.aws.cloudformation.rollback``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from moto.cloudformation import models, parsing
from moto.cloudformation.exceptions import UnformattedGetAttTemplateException, ValidationError

from simulator.aws.cloudformation.declaration import Declaration
from simulator.aws.cloudformation.order import after_what_they_name, names_in, naming
from simulator.aws.cloudformation.resource import Resource, TemplateError
from simulator.aws.cloudformation.rollback import Event, stays
from simulator.aws.cloudformation.taken import told_apart

if TYPE_CHECKING:
    from simulator.aws.cloudformation.declaration import Identity
    from simulator.aws.cloudformation.resource import DeployContext, ResourceChanger, ResourceFinder, ResourceProvider


@dataclass(frozen=True)
class Making:
    """How resources are made, changed and found, and those that were."""

    site: DeployContext
    creators: Mapping[str, ResourceProvider]
    changers: Mapping[str, ResourceChanger]
    finders: Mapping[str, ResourceFinder]
    created: list[Resource] = field(default_factory=list)
    importing: dict[str, Mapping[str, str]] = field(default_factory=dict)
    """What is taken over as it is by the change that is under way, by logical id, with its identifier."""


@contextmanager
def completed(making: Making, *, others: Mapping[str, Any] | None = None) -> Iterator[list[Resource]]:
    """Let moto's CloudFormation make resources so for a while, and of its own types none but the ``others``.

    Yields the list to which each resource is added that moto did not create itself.
    """
    kinds: dict[str, Any] = {**(others or {}), **{name: _Kind(name, making) for name in making.creators}}

    def find(name: str) -> Any:  # noqa: ANN401 - one of moto's classes, or a kind in its place
        if name not in kinds:
            raise ValidationError(name, f"Template format error: Unrecognized resource types: [{name}]")
        return kinds[name]

    with patch.object(parsing, "resource_class_from_type", find), patch.object(models, "ResourceMap", Resources):
        yield making.created


class Resources(parsing.ResourceMap):
    """The resources of one stack, each created when it is first asked for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - moto's signature
        super().__init__(*args, **kwargs)
        self._creating: list[str] = []

    def __getitem__(self, key: str) -> Any:  # noqa: ANN401 - a created resource, or the value of a parameter
        """Return what a logical id or pseudo parameter stands for.

        Raises ``TemplateError`` for what the template does not declare, for a circle, and for what cannot be created.
        """
        if key in self._parsed_resources:
            return self._parsed_resources[key]
        declared = self._resource_json_map.get(key)
        if declared is None:
            raise TemplateError(f"the stack {self['AWS::StackName']} refers to {key!r}, which it does not declare")
        if key in self._creating:
            raise TemplateError(f"resources refer to each other in a circle: {' -> '.join([*self._creating, key])}")
        self._creating.append(key)
        try:
            needs = declared.get("DependsOn", [])
            for needed in [needs] if isinstance(needs, str) else needs:
                _ = self[needed]
            return super().__getitem__(key)
        except TemplateError:
            raise
        except Exception as error:
            # Whatever a creation raises is the stack's failure, and is told with the resource's name.
            raise TemplateError(f"{key} ({declared['Type']}): {error}") from error
        finally:
            self._creating.pop()

    def create(self, template: dict[str, Any]) -> bool:
        """Create every resource in the order of the template.

        Raises ``TemplateError`` if one cannot be created; what was created before is taken back. moto's own would copy
        the template to find an order, and then create nothing that is not there.
        """
        self._template = template
        self._resource_json_map = template["Resources"]
        before = self.made
        try:
            return all([self[key].is_created() for key in self])  # noqa: C419 -- all of them, whatever one says
        except TemplateError:
            self.take_back(before)
            raise

    def update(self, template: dict[str, Any], parameters: dict[str, Any] | None = None) -> None:
        """Create what is new, change what differs, and remove what is declared no longer, in CloudFormation's order.

        What is new is created first, unless it names something that changes: a version of a module is made of what the
        module is then. Raises ``TemplateError`` if anything fails; what was created by this change is taken back, and
        what was changed before stays changed.
        """
        difference = self.build_resource_diff(template, parameters)
        before, declared = self.made, self._resource_json_map
        self._template = template
        self._resource_json_map = template["Resources"]
        if parameters:
            self.input_parameters = parameters
        self.load()
        order = after_what_they_name(template["Resources"])
        waits = naming(template["Resources"], order, frozenset(difference["Modify"]))
        try:
            for key in difference["Add"]:
                if key not in waits:
                    _ = self[key]
            self._change(order, frozenset(difference["Modify"]), template["Resources"])
        except TemplateError:
            self.take_back(before)
            self._resource_json_map = declared
            raise
        for key in difference["Remove"]:
            self._remove(key, declared[key], "deletion")

    def _change(self, order: Sequence[str], differing: frozenset[str], declared: Mapping[str, Any]) -> None:
        """Change what differs, create what waited for it, and renew what names what another took the place of.

        A template may say the same of a function as before while the layer that it names is another version now.
        """
        place = {"account_id": self._account_id, "region_name": self._region_name}
        renewed: set[str] = set()
        for key in order:
            if key not in self._parsed_resources:
                _ = self[key]
                continue
            if key not in differing and not renewed & names_in(declared[key]):
                continue
            before = self._parsed_resources[key]
            changed = parsing.parse_and_update_resource(key, declared[key], self, **place)
            self._parsed_resources[key] = changed
            if isinstance(changed, _Created) and changed.resource.identity != before.resource.identity:
                renewed.add(key)

    def delete(self) -> None:
        """Remove what does not stay when its stack goes, the last that was made first."""
        for key in [key for key in reversed(self._parsed_resources) if key in self._resource_json_map]:
            self._remove(key, self._resource_json_map[key], "deletion")

    @property
    def made(self) -> frozenset[str]:
        """The logical ids of what was made so far, among other names."""
        return frozenset(self._parsed_resources)

    def take_back(self, before: frozenset[str]) -> None:
        """Undo the creation of what was made since, the last first."""
        made = [key for key in reversed(self._parsed_resources) if key not in before]
        for key in [key for key in made if key in self._resource_json_map]:
            self._remove(key, self._resource_json_map[key], "failed creation")

    def _remove(self, key: str, declared: Mapping[str, Any], event: Event) -> None:
        resource = self._parsed_resources.pop(key, None)
        if resource is not None and not stays(declared, event):
            self._delete_resource(resource, dict(declared))


class _Created:
    """A created resource as moto's CloudFormation keeps it; moto adds its logical id and its type."""

    def __init__(self, resource: Resource, making: Making) -> None:
        self.physical_resource_id = resource.identity.ref
        self.resource = resource
        self._making = making
        making.site.taken.take(resource.declaration, resource.identity)
        making.created.append(resource)

    def get_cfn_attribute(self, name: str) -> object:
        if name not in self.resource.identity.attributes:
            raise UnformattedGetAttTemplateException
        return self.resource.identity.attributes[name]

    def is_created(self) -> bool:
        return True

    def delete(self, _: str, __: str) -> None:
        self.resource.identity.remove()
        self.forget()

    def forget(self) -> None:
        self._making.site.taken.give_back(self.resource.declaration, self.resource.identity)
        # By identity: two resources of two stacks may be declared alike.
        self._making.created[:] = [one for one in self._making.created if one is not self.resource]


class _Kind:
    """A resource type as moto's CloudFormation asks for it (``moto.core.common_models.CloudFormationModel``)."""

    def __init__(self, name: str, making: Making) -> None:
        self._name = name
        self._making = making

    def has_cfn_attr(self, _: str) -> bool:
        """Leave the judgement of an output's attribute to the creation."""
        return True

    def create_from_cloudformation_json(
        self, _: str, resource: Mapping[str, Any], __: str, ___: str, **given: str
    ) -> _Created:
        # arn:aws:cloudformation:REGION:ACCOUNT:stack/NAME/ID
        stack = given["StackId"].split("/")[1]
        declared = Declaration(stack, given["LogicalId"], self._name, _stated(resource.get("Properties") or {}))
        site = self._making.site
        identifier = self._making.importing.get(declared.logical_id)
        if identifier is not None:
            if self._name not in self._making.finders:
                raise TemplateError(f"ResourceTypes [{self._name}] are not supported for Import")
            return _Created(Resource(declared, self._making.finders[self._name](site, identifier)), self._making)
        problem = site.taken.why_not(declared)
        if problem:
            raise TemplateError(f"{declared.logical_id} ({self._name}): {problem}")
        return _Created(Resource(declared, self._making.creators[self._name](site, declared)), self._making)

    def update_from_cloudformation_json(
        self, original_resource: _Created, cloudformation_json: Mapping[str, Any], **_: object
    ) -> _Created:
        before = original_resource.resource
        old = before.declaration
        new = Declaration(old.stack, old.logical_id, self._name, _stated(cloudformation_json.get("Properties") or {}))
        if told_apart(old) != told_apart(new):
            raise TemplateError(f"{new.logical_id} ({self._name}) would be replaced, which is not done here")
        identity = before.identity if new == old else self._changed(before, new)
        original_resource.forget()
        return _Created(Resource(new, identity), self._making)

    def _changed(self, before: Resource, new: Declaration) -> Identity:
        if self._name not in self._making.changers:
            raise TemplateError(f"{new.logical_id} ({self._name}) is created here and never changed")
        return self._making.changers[self._name](self._making.site, before, new)


def _stated(value: Any) -> Any:  # noqa: ANN401 - decoded JSON in, decoded JSON out
    """Return it without what ``AWS::NoValue`` takes away, which moto leaves in lists."""
    if isinstance(value, list):
        return [_stated(item) for item in value if item is not None]
    if isinstance(value, Mapping):
        return {key: _stated(item) for key, item in value.items()}
    return value
