"""Deploys the stacks of an assembly without a request, each after those it depends on."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final
from unittest.mock import patch

from moto.cloudformation import parsing
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import cloudformation_backends
from moto.cloudformation.parsing import Export, OutputMap
from moto.ssm.models import ssm_backends

from simulator.aws.cloudformation.described import describe
from simulator.aws.cloudformation.reader import Resources, completed
from simulator.aws.cloudformation.resource import TemplateError

if TYPE_CHECKING:
    from simulator.aws.cloudformation.assembly import Stack
    from simulator.aws.cloudformation.reader import Making
    from simulator.aws.cloudformation.resource import DeployContext, Resource

_BOOTSTRAP_VERSION: Final = "/cdk-bootstrap/hnb659fds/version"
"""The parameter that ``cdk bootstrap`` leaves, for which every stack asks."""


def deploy(stacks: Iterable[Stack], making: Making, exports: dict[str, Export] | None = None) -> list[Resource]:
    """Create every resource of the stacks; ``exports`` are those of other stacks, and gets theirs.

    Raises ``TemplateError`` for what cannot be deployed; of the stack that fails nothing is left but what it keeps.
    """
    exports = {} if exports is None else exports
    site = making.site
    # Neither draws a random number: what is random afterwards, such as a key, stays what the seed makes it.
    given: dict[str, Any] = {
        "description": "",
        "allowed_pattern": "",
        "keyid": "",
        "data_type": "text",
        "tier": None,
        "policies": None,
    }
    ssm_backends[site.account][site.region].put_parameter(
        _BOOTSTRAP_VERSION, value="30", parameter_type="String", overwrite=True, tags=[], **given
    )
    with completed(making) as created, patch.object(parsing, "random_suffix", lambda: "X"):
        for stack in stacks:
            try:
                _deploy(stack, site, exports)
            except TemplateError:
                raise
            except ValidationError as error:
                raise TemplateError(f"the stack {stack.name}: {error}") from error
    return created


def _deploy(stack: Stack, site: DeployContext, exports: dict[str, Export]) -> None:
    stack_id = site.arn("cloudformation", f"stack/{stack.name}/00000000-0000-4000-8000-000000000000")
    # moto writes into what it reads.
    template: dict[str, Any] = json.loads(json.dumps(stack.template))
    resources = Resources(
        stack_id,
        stack.name,
        parameters={},
        tags={},
        region_name=site.region,
        account_id=site.account,
        template=template,
        cross_stack_resources=exports,
    )
    resources.load()
    resources.create(template)
    named = {key: str(resources[key].physical_resource_id) for key in template["Resources"]}
    describe(
        cloudformation_backends[site.account][site.region], stack_id, stack.name, json.dumps(stack.template), named
    )
    exports.update({export.name: export for export in OutputMap(resources, template, stack_id).exports})
