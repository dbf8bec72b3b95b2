"""Puts IAM into a world: a call that the caller's role does not allow is refused, as AWS would refuse it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from simulator.aws.iam.calls import CallNeeds
from simulator.aws.iam.deployed import DeployedPolicies, read_policies
from simulator.aws.iam.evaluator import decide
from simulator.aws.iam.objects import not_found
from simulator.aws.iam.place import Place
from simulator.aws.iam.services import ServiceNeeds
from simulator.aws.iam.statements import Need

if TYPE_CHECKING:
    import boto3
    from botocore.model import OperationModel

    from simulator.aws.account.account import EmbeddedAws

_S3_NOT_FOUND: Final = 404
_SECOND_FACTOR: Final = (("aws:multifactorauthage", "60"), ("aws:multifactorauthpresent", "true"))
"""A person enters a role right after the second factor."""


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
    """IAM in one world."""

    def __init__(self, world: EmbeddedAws) -> None:
        self._world = world
        self._role: str | None = None
        self._policies: DeployedPolicies | None = None
        self._calls: CallNeeds | None = None
        self._decided: dict[Need, str] = {}
        self.needs: dict[Need, str] = {}
        """Every need so far, with who first had it."""
        self.refused: list[Refusal] = []

    def watch(self, session: boto3.Session) -> None:
        """Look at every call of the clients that this session makes."""
        session.events.register("provide-client-params", self._before)
        session.events.register("after-call.s3", self._after)

    @property
    def policies(self) -> DeployedPolicies:
        """The policies of what is deployed; reading them also checks what services need."""
        if self._policies is None:
            world = self._world
            self._policies = read_policies(world.resources, account=world.account, region=world.region)
            for logical_id, need in ServiceNeeds(world.resources, self._policies).all():
                self._check(logical_id, need)
        return self._policies

    def _reader(self) -> CallNeeds:
        if self._calls is None:
            self._calls = CallNeeds(Place(self.policies), ServiceNeeds(self._world.resources, self.policies))
        return self._calls

    @contextmanager
    def acting_as(self, role: str) -> Iterator[None]:
        """Let calls outside any function be those of a person in a role, by its logical id."""
        arns = {one.declaration.logical_id: one.identity.attributes.get("Arn") for one in self._world.resources}
        arn, person = str(arns[role]), f"arn:aws:iam::{self._world.account}:user/somebody"
        self._check(role, Need(person, "sts:AssumeRole", arn, _SECOND_FACTOR))
        before, self._role = self._role, arn
        try:
            yield
        finally:
            self._role = before

    def _caller(self) -> tuple[str, str] | None:
        invocation = self._world.functions.running()
        if invocation is not None:
            return (invocation.spec.short_name, invocation.spec.role) if invocation.spec.role else None
        return (self._role.rpartition("/")[2], self._role) if self._role else None

    def _before(self, params: dict[str, Any], model: OperationModel, context: dict[str, Any], **_: object) -> None:
        caller = self._caller()
        if caller is None:
            return
        who, role = caller
        service, operation = str(model.service_model.service_name), str(model.name)
        context["steward.call"] = (who, role, operation, params)
        for need in self._reader().of(role, service, operation, params):
            why = self._check(who, need)
            if why:
                raise _denied(service, operation, need, why)

    def _after(self, http_response: Any, context: dict[str, Any], **_: object) -> None:  # noqa: ANN401 - botocore's
        call = context.get("steward.call")
        if call is None or http_response.status_code != _S3_NOT_FOUND:
            return
        who, role, operation, params = call
        for need in not_found(role, operation, params):
            why = self._check(who, need)
            if why:
                raise _denied("s3", operation, need, why)

    def _check(self, who: str, need: Need) -> str:
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


def _denied(service: str, operation: str, need: Need, why: str) -> ClientError:
    code = "AccessDenied" if service in {"s3", "sqs", "sns"} else "AccessDeniedException"
    message = f"{need.principal} is not authorized to perform {need.action} on {need.resource}: {why}"
    answer: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": 403 if service == "s3" else 400, "RetryAttempts": 0},
    }
    return ClientError(answer, operation)
