"""Puts IAM before every call: one that the caller's role does not allow is refused, as AWS would refuse it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from simulator.aws.iam.needs.hidden import hidden_without
from simulator.aws.iam.needs.objects import not_found

if TYPE_CHECKING:
    import boto3
    from botocore.model import OperationModel

    from simulator.aws.iam.permissions import Permissions
    from simulator.aws.iam.policies.statements import Need

_S3_NOT_FOUND: Final = 404


def watch(session: boto3.Session, permissions: Permissions) -> None:
    """Look at every call of the clients that this session makes from now on."""
    hooks = _Hooks(permissions)
    session.events.register("provide-client-params", hooks.before)
    session.events.register("after-call.s3", hooks.after)


@dataclass(frozen=True)
class _Hooks:
    permissions: Permissions

    def before(self, params: dict[str, Any], model: OperationModel, context: dict[str, Any], **_: object) -> None:
        caller = self.permissions.caller()
        if caller is None:
            return
        who, role = caller
        service, operation = str(model.service_model.service_name), str(model.name)
        context["steward.call"] = (who, role, operation, params)
        for need in self.permissions.needs_of(role, service, operation, params):
            why = self.permissions.check(who, need)
            if why:
                raise _denied(service, operation, need, why)

    def after(self, http_response: Any, parsed: dict[str, Any], context: dict[str, Any], **_: object) -> None:  # noqa: ANN401 - botocore's
        call = context.get("steward.call")
        if call is None:
            return
        who, role, operation, params = call
        for need, members in hidden_without(role, operation, params):
            if any(member in parsed for member in members) and not self.permissions.allows(who, need):
                for member in members:
                    parsed.pop(member, None)
        if http_response.status_code != _S3_NOT_FOUND:
            return
        for need in not_found(role, operation, params):
            why = self.permissions.check(who, need)
            if why:
                raise _denied("s3", operation, need, why)


def _denied(service: str, operation: str, need: Need, why: str) -> ClientError:
    code = "AccessDenied" if service in {"s3", "sqs", "sns"} else "AccessDeniedException"
    message = f"{need.principal} is not authorized to perform {need.action} on {need.resource}: {why}"
    answer: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": 403 if service == "s3" else 400, "RetryAttempts": 0},
    }
    return ClientError(answer, operation)
