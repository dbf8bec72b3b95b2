"""Acts that matter, who is said to be able to do them, and who the deployed policies let: ``documentation/acts.toml``.

Every role of the templates is asked, and two callers besides, whom no template names: an administrator of the account,
whose own policy allows everything, and the role with which CloudFormation deploys, whose does too.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from simulator.aws.iam.policies.evaluator import decide
from simulator.aws.iam.policies.statements import Need, Statement

if TYPE_CHECKING:
    from simulator.aws.account.account import EmbeddedAws
    from simulator.aws.cloudformation.resource import Resource

CLAIMS: Final = Path(__file__).with_name("acts.toml")
ADMINISTRATOR, DEPLOYER = "administrator", "deployer"
_EVERYTHING: Final = Statement("Everything", "1", True, (), ("*",), ("*",), ())  # noqa: FBT003 - it allows
_CONTEXT: Final = {
    "aws:principalisawsservice": "false",
    "aws:securetransport": "true",
    "s3:tlsversion": "1.3",
}
"""How anybody's request comes."""


class Act(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One act: an IAM action on a resource, by its logical id and what follows it, or by its ARN.

    ``may`` are the roles that can do it by what they are given, ``even`` those of the two others that no denial stops.
    """

    says: str
    action: str
    on: str
    may: tuple[str, ...] = ()
    even: tuple[str, ...] = ()
    context: dict[str, str] = {}


@dataclass(frozen=True, kw_only=True)
class Found:
    """Whom the policies let do it, in the terms of an act."""

    may: tuple[str, ...]
    even: tuple[str, ...]


class _Acts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    act: tuple[Act, ...]


def acts(path: Path = CLAIMS) -> tuple[Act, ...]:
    """Return the acts that are written down. Raises ``msgspec.ValidationError`` for one that is not written rightly."""
    return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _Acts).act


class Evaluation:
    """What the policies of a deployed environment come to."""

    def __init__(self, world: EmbeddedAws, deployer: str, prefix: str) -> None:
        """``deployer`` is the ARN of the role that deploys; ``prefix`` begins the names of the environment's roles."""
        policies = world.permissions.policies
        account = policies.account
        self._able = {ADMINISTRATOR: f"arn:aws:iam::{account}:role/{ADMINISTRATOR}", DEPLOYER: deployer}
        self._policies = replace(
            policies, roles={**policies.roles, **dict.fromkeys(self._able.values(), (_EVERYTHING,))}
        )
        self._roles = {_short(one, prefix): str(one.identity.attributes["Arn"]) for one in _roles(world)}
        self._arns: Mapping[str, str] = {
            one.declaration.logical_id: str(one.identity.attributes.get("Arn", one.identity.ref))
            for one in world.resources
        } | {"instance": world.instance_arn}

    @property
    def roles(self) -> tuple[str, ...]:
        """Every role of the templates, by what follows the environment in its name."""
        return tuple(sorted(self._roles))

    def of(self, act: Act) -> Found:
        """Return who can do it. Raises ``KeyError`` if it is on something that no template declares."""
        logical_id, slash, rest = act.on.partition("/")
        arn = act.on if act.on.startswith("arn:") else f"{self._arns[logical_id]}{slash}{rest}"
        arn = arn.replace(":ACCOUNT:", f":{self._policies.account}:")
        context = tuple(sorted({**_CONTEXT, **act.context}.items()))

        def can(callers: Iterable[tuple[str, str]]) -> Iterator[str]:
            for name, role in callers:
                if decide(Need(role, act.action, arn, context), self._policies).allowed:
                    yield name

        return Found(may=tuple(can(sorted(self._roles.items()))), even=tuple(can(self._able.items())))


def _roles(world: EmbeddedAws) -> Iterator[Resource]:
    return (one for one in world.resources if one.declaration.type == "AWS::IAM::Role")


def _short(role: Resource, prefix: str) -> str:
    """Return the name that the template gives, without the environment; the logical id where it gives none."""
    name = str(role.declaration.properties.get("RoleName", role.declaration.logical_id))
    return name.removeprefix(f"{prefix}-")


def table(evaluation: Evaluation, listed: Iterable[Act]) -> Iterator[str]:
    """Write a row for each act, as it was evaluated."""
    yield from ("## What each role can do in fact", "")
    yield "Every role of the templates was asked about each act, by the embedded AWS's IAM; who is not named cannot."
    yield "*Even if allowed everything*: an administrator of the account, whom only a denial stops, and the role that"
    yield "deploys. A test compares it with `documentation/acts.toml`, where people write what they mean."
    yield from ("", "| act | roles that can | even if allowed everything |", "|---|---|---|")
    for act in listed:
        found = evaluation.of(act)
        yield f"| {act.says} (`{act.action}`) | {_names(found.may)} | {_names(found.even)} |"
    yield ""


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "nobody"


def parted(evaluation: Evaluation, listed: Iterable[Act]) -> dict[str, tuple[Found, Found]]:
    """Return the acts of which what is said and what was found part: what was said, and what was found."""
    pairs = ((act, Found(may=tuple(sorted(act.may)), even=act.even), evaluation.of(act)) for act in listed)
    return {act.says: (said, found) for act, said, found in pairs if said != found}
