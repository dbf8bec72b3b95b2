"""What somebody does in the console or by a script, beside the templates: the call itself, as AWS takes it.

It takes effect whatever policies say, as a break-in would: the world's own client is used, which no policy is asked
about. What the service refuses by its own rules it refuses here too, such as the deletion of a locked version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from botocore import xform_name
from botocore.exceptions import ClientError, ParamValidationError

from simulator.scenarios.errors import ScenarioError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.aws.account.account import EmbeddedAws
    from simulator.scenarios.actions import Console

_FIELD: Final = "console.parameters"
_OF_FLOWS: Final = ("ContactFlowId", "ContactFlowModuleId")
_REFUSALS: Final = frozenset({"AccessDenied", "AccessDeniedException"})


def change(world: EmbeddedAws, action: Console) -> str:
    """Make the call, and return the code of a refusal; empty where it took effect.

    Raises ``ScenarioError`` for parameters that the operation does not take or that name nothing.
    """
    operation: Any = getattr(world.client(action.service), xform_name(action.operation))
    try:
        operation(**_with_ids(world, action.parameters))
    except ParamValidationError as error:
        raise ScenarioError(" ".join(str(error).split()), field=_FIELD) from None
    except ClientError as error:
        code = str(error.response["Error"]["Code"])
        if code not in _REFUSALS:
            raise ScenarioError(f"{action.service}.{action.operation} answers {code}", field=_FIELD) from None
        return code
    finally:
        world.memory.set_beside(action.service)
    return ""


def _with_ids(world: EmbeddedAws, parameters: Mapping[str, object]) -> dict[str, object]:
    """Return them with the id of each flow or module that is called as its template's file is."""
    flows = world.connect.flows
    # A deployed flow is called after the environment and the file: ``local-steward-payment``.
    by_file = {
        flow.name.partition("-steward-")[2]: flow.id
        for modules in (True, False)
        for flow in flows.of_kind(modules=modules)
    }
    found = dict(parameters)
    for name in _OF_FLOWS:
        if name in found:
            found[name] = by_file.get(str(found[name]), found[name])
    if "KeyId" in found:
        found["KeyId"] = _key(world, str(found["KeyId"]))
    return found


def _key(world: EmbeddedAws, named: str) -> str:
    """Return the id of a key that is called by its alias, or as its template calls it: ids are drawn by KMS."""
    if named.startswith("alias/"):
        listed = world.client("kms").get_paginator("list_aliases").paginate()
        named = next(
            (one["TargetKeyId"] for page in listed for one in page["Aliases"] if one["AliasName"] == named), named
        )
    keys = (one for one in world.resources if one.declaration.type == "AWS::KMS::Key")
    return next((one.identity.ref for one in keys if one.declaration.logical_id == named), named)
