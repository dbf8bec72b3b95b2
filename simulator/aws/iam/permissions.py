"""IAM in one account: who acts, what that needs, and whether the deployed policies allow it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from simulator.aws.iam.needs.calls import CallNeeds
from simulator.aws.iam.needs.place import Place
from simulator.aws.iam.needs.services import ServiceNeeds
from simulator.aws.iam.policies.deployed import DeployedPolicies, read_policies
from simulator.aws.iam.policies.evaluator import decide
from simulator.aws.iam.policies.statements import Need

if TYPE_CHECKING:
    from simulator.aws.cloudformation.resource import Resource
    from simulator.aws.lambda_.invocation import Invocation


def entering(user_arn: str) -> tuple[tuple[str, str], ...]:
    """Return the context in which a user enters a role: right after the second factor, under the user's own name.

    IAM user guide, "AWS global condition context keys" and "Available keys for AWS STS".
    """
    name = user_arn.rpartition("/")[2]
    return (
        ("aws:multifactorauthage", "60"),
        ("aws:multifactorauthpresent", "true"),
        ("aws:username", name),
        ("sts:rolesessionname", name),
    )


@dataclass(frozen=True)
class Refusal:
    """A call, or an act of a service, that IAM does not allow; ``who`` is a function's name or a logical id."""

    who: str
    action: str
    resource: str
    why: str

    def __str__(self) -> str:
        """Say it in a line."""
        return f"{self.who} may not {self.action} on {self.resource}: {self.why}"


REFUSED: Final[list[Refusal]] = []
"""Every refusal in any world of this process, until somebody takes them: the test suite does after each test."""


class Permissions:
    """What the callers of one account may do."""

    def __init__(
        self, resources: Sequence[Resource], running: Callable[[], Invocation | None], *, account: str, region: str
    ) -> None:
        """Judge by the policies among ``resources``, which may grow until the first call.

        ``running`` tells which function runs, if any does.
        """
        self._resources = resources
        self._running = running
        self._account = account
        self._region = region
        self._role: str | None = None
        self._policies: DeployedPolicies | None = None
        self._calls: CallNeeds | None = None
        self._decided: dict[Need, str] = {}
        self.needs: dict[Need, str] = {}
        """Every need so far, with who first had it."""
        self.refused: list[Refusal] = []

    @property
    def policies(self) -> DeployedPolicies:
        """The policies of what is deployed; reading them also checks what services need."""
        if self._policies is None:
            self._policies = read_policies(self._resources, account=self._account, region=self._region)
            for logical_id, need in ServiceNeeds(self._resources, self._policies).all():
                self.check(logical_id, need)
        return self._policies

    @contextmanager
    def acting_as(self, role: str) -> Iterator[None]:
        """Let calls outside any function be those of a person in a role, by its logical id.

        Raises ``KeyError`` when no such role is deployed.
        """
        arns = {one.declaration.logical_id: one.identity.attributes.get("Arn") for one in self._resources}
        arn, person = str(arns[role]), f"arn:aws:iam::{self._account}:user/somebody"
        self.check(role, Need(person, "sts:AssumeRole", arn, entering(person)))
        before, self._role = self._role, arn
        try:
            yield
        finally:
            self._role = before

    def caller(self) -> tuple[str, str] | None:
        """Return who calls now and the ARN of their role, or nothing for the world itself."""
        invocation = self._running()
        if invocation is not None:
            return (invocation.spec.short_name, invocation.spec.role) if invocation.spec.role else None
        return (self._role.rpartition("/")[2], self._role) if self._role else None

    def needs_of(self, role: str, service: str, operation: str, params: Mapping[str, Any]) -> Iterator[Need]:
        """Yield what a call by that role needs; ``params`` are in the shapes of botocore's model."""
        if self._calls is None:
            self._calls = CallNeeds(Place(self.policies), ServiceNeeds(self._resources, self.policies))
        yield from self._calls.of(role, service, operation, params)

    def allows(self, who: str, need: Need) -> bool:
        """Return whether that is allowed; without it the call succeeds all the same, and tells less."""
        if need not in self._decided:
            allowed = decide(need, self.policies).allowed
            self._decided[need] = "" if allowed else "the answer leaves it out"
            if allowed:
                self.needs[need] = who
        return not self._decided[need]

    def check(self, who: str, need: Need) -> str:
        """Return why it is refused, or nothing."""
        if need not in self._decided:
            self.needs[need] = who
            verdict = decide(need, self.policies)
            self._decided[need] = "" if verdict.allowed else verdict.why
        why = self._decided[need]
        if why:
            refusal = Refusal(who, need.action, need.resource, why)
            self.refused.append(refusal)
            REFUSED.append(refusal)
        return why
