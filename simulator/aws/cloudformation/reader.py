"""moto's CloudFormation, completed: it reads the templates, and creates what the embedded AWS's creators create.

moto has no Connect, SMSVOICE or Scheduler resources and ignores much of a bucket: versions, lock, lifecycle, events. It
skips a type that it does not know with a warning, creates what a reference leads to before what that depends on, and
never ends on resources that refer to each other. CloudFormation refuses such templates, and so does this.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from moto.cloudformation import models, parsing
from moto.cloudformation.exceptions import UnformattedGetAttTemplateException, ValidationError

from simulator.aws.cloudformation.resource import Declaration, Resource, TemplateError

if TYPE_CHECKING:
    from simulator.aws.cloudformation.resource import DeployContext, Identity, ResourceProvider


@contextmanager
def completed(
    creators: Mapping[str, ResourceProvider], site: DeployContext, *, others: Mapping[str, Any] | None = None
) -> Iterator[list[Resource]]:
    """Let moto's CloudFormation create by these creators for a while, and of its own types none but the ``others``.

    Yields the list to which each resource is added that moto did not create itself.
    """
    created: list[Resource] = []
    kinds: dict[str, Any] = {
        **(others or {}),
        **{name: _Kind(name, made, site, created) for name, made in creators.items()},
    }

    def find(name: str) -> Any:  # noqa: ANN401 - one of moto's classes, or a kind in its place
        if name not in kinds:
            raise ValidationError(name, f"Template format error: Unrecognized resource types: [{name}]")
        return kinds[name]

    with patch.object(parsing, "resource_class_from_type", find), patch.object(models, "ResourceMap", Resources):
        yield created


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
        """Create every resource in the order of the template; raise ``TemplateError``."""
        self._resource_json_map = template["Resources"]
        for key in self:
            _ = self[key]
        return bool(super().create(template))


class _Created:
    """A created resource as moto's CloudFormation keeps it; moto adds its logical id and its type."""

    def __init__(self, identity: Identity) -> None:
        self.physical_resource_id = identity.ref
        self._attributes = identity.attributes

    def get_cfn_attribute(self, name: str) -> object:
        if name not in self._attributes:
            raise UnformattedGetAttTemplateException
        return self._attributes[name]

    def is_created(self) -> bool:
        return True


class _Kind:
    """A resource type as moto's CloudFormation asks for it (``moto.core.common_models.CloudFormationModel``)."""

    def __init__(self, name: str, creator: ResourceProvider, site: DeployContext, created: list[Resource]) -> None:
        self._name = name
        self._creator = creator
        self._site = site
        self._created = created

    def has_cfn_attr(self, _: str) -> bool:
        """Leave the judgement of an output's attribute to the creation."""
        return True

    def create_from_cloudformation_json(
        self, _: str, resource: Mapping[str, Any], __: str, ___: str, **given: str
    ) -> _Created:
        # arn:aws:cloudformation:REGION:ACCOUNT:stack/NAME/ID
        stack = given["StackId"].split("/")[1]
        declaration = Declaration(stack, given["LogicalId"], self._name, _stated(resource.get("Properties") or {}))
        identity = self._creator(self._site, declaration)
        self._created.append(Resource(declaration, identity))
        return _Created(identity)

    def update_from_cloudformation_json(self, original_resource: object, **_: object) -> _Created:
        """Refuse: an account on this machine is deployed into once."""
        del original_resource
        raise ValidationError(self._name, f"{self._name} is created here and never changed")

    def delete_from_cloudformation_json(self, *_: object) -> None:
        """Do nothing: the account ends with its process."""


def _stated(value: Any) -> Any:  # noqa: ANN401 - decoded JSON in, decoded JSON out
    """Return it without what ``AWS::NoValue`` takes away, which moto leaves in lists."""
    if isinstance(value, list):
        return [_stated(item) for item in value if item is not None]
    if isinstance(value, Mapping):
        return {key: _stated(item) for key, item in value.items()}
    return value
