"""moto's CloudFormation, completed: what it does not know or ignores is created as the embedded AWS creates it.

moto has no Connect, SMSVOICE or Scheduler resources and ignores much of a bucket: versions, lock, lifecycle, events.
It skips a type that it does not know with a warning; CloudFormation refuses the template, and so does this.
"""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from moto.cloudformation import parsing
from moto.cloudformation.exceptions import UnformattedGetAttTemplateException, ValidationError

from deployment.stacks import complete_stacks
from simulator.aws.cloudformation.resource import Declaration, Resource

if TYPE_CHECKING:
    from simulator.aws.account.account import EmbeddedAws
    from simulator.aws.cloudformation.resource import DeployContext, Identity, ResourceProvider


class Created:
    """A created resource as moto's CloudFormation keeps it; moto adds its logical id and its type."""

    def __init__(self, identity: Identity) -> None:
        self.physical_resource_id = identity.ref
        self._attributes = identity.attributes

    def get_cfn_attribute(self, name: str) -> object:
        """Return what ``Fn::GetAtt`` answers."""
        if name not in self._attributes:
            raise UnformattedGetAttTemplateException
        return self._attributes[name]

    def is_created(self) -> bool:
        """Say that the resource is ready, which it is at once."""
        return True


class Kind:
    """A resource type as moto's CloudFormation asks for it (``moto.core.common_models.CloudFormationModel``)."""

    def __init__(
        self, name: str, creator: ResourceProvider, site: DeployContext, folder: Path, created: list[Resource]
    ) -> None:
        self._name = name
        self._creator = creator
        self._site = site
        self._folder = folder
        self._created = created

    def has_cfn_attr(self, _: str) -> bool:
        """Leave the judgement of an output's attribute to the creation."""
        return True

    def create_from_cloudformation_json(
        self, _: str, resource: Mapping[str, Any], __: str, ___: str, **given: str
    ) -> Created:
        """Create the resource from its resolved declaration."""
        # arn:aws:cloudformation:REGION:ACCOUNT:stack/NAME/ID
        stack = given["StackId"].split("/")[1]
        declaration = Declaration(stack, given["LogicalId"], self._name, resource.get("Properties") or {})
        self._fetch_code(declaration.properties)
        identity = self._creator(self._site, declaration)
        self._created.append(Resource(declaration, identity))
        return Created(identity)

    def update_from_cloudformation_json(self, original_resource: object, **_: object) -> Created:
        """Refuse: an account on this machine is deployed into once."""
        del original_resource
        raise ValidationError(self._name, f"{self._name} is created here and never changed")

    def delete_from_cloudformation_json(self, *_: object) -> None:
        """Do nothing: the account ends with its server."""

    def _fetch_code(self, properties: Mapping[str, Any]) -> None:
        """Unpack the package that was uploaded for a function or a layer, as Lambda does."""
        place = properties.get("Code") or properties.get("Content")
        if not isinstance(place, Mapping) or "S3Key" not in place:
            return
        key = str(place["S3Key"])
        target = self._folder / key.removesuffix(".zip")
        if not target.is_dir():
            package = self._site.client("s3").get_object(Bucket=place["S3Bucket"], Key=key)["Body"].read()
            with zipfile.ZipFile(BytesIO(package)) as archive:
                archive.extractall(target)
        self._site.assets[key.removesuffix(".zip")] = target


@contextmanager
def completed_cloudformation(world: EmbeddedAws, folder: Path) -> Iterator[list[Resource]]:
    """Let moto's CloudFormation create resources as the world does, unpacking code into ``folder``.

    Yields the list to which each resource is added that moto did not create itself.
    """
    created: list[Resource] = []
    site = world.site({})
    own = parsing.get_model_map()
    kinds = {name: Kind(name, creator, site, folder, created) for name, creator in world.creators.items()}

    def find(name: str) -> Any:  # noqa: ANN401 - one of moto's classes, or a kind in its place
        if name in kinds:
            return kinds[name]
        if name not in own:
            raise ValidationError(name, f"Template format error: Unrecognized resource types: [{name}]")
        return own[name]

    create = parsing.parse_and_create_resource

    def create_or_refuse(logical_id: str, resource: dict[str, Any], *args: Any, **kwargs: Any) -> object:  # noqa: ANN401
        try:
            return create(logical_id, resource, *args, **kwargs)
        except ValidationError:
            raise
        except Exception as error:
            # Whatever a creation raises is the stack's failure and never the server's.
            raise ValidationError(logical_id, f"{logical_id} ({resource['Type']}): {error}") from error

    with (
        patch.object(parsing, "resource_class_from_type", find),
        patch.object(parsing, "parse_and_create_resource", create_or_refuse),
        complete_stacks(),
    ):
        try:
            yield created
        finally:
            shutil.rmtree(folder, ignore_errors=True)
