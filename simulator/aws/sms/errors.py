"""Errors as the service answers them."""

from __future__ import annotations

import json


class SmsError(Exception):
    """One of the error shapes of the botocore model, with the reason that the model names for it."""

    def __init__(self, code: str, reason: str = "", *, status: int = 400, **more: object) -> None:
        super().__init__(f"{code} {reason}".strip())
        self.code = code
        self.reason = reason
        self.status = status
        self.more = more

    def body(self) -> str:
        """Return the body of a JSON 1.0 error."""
        fields: dict[str, object] = {"__type": self.code, "Message": f"The emulated service refused: {self}"}
        if self.reason:
            fields["Reason"] = self.reason
        return json.dumps(fields | self.more)


def invalid(reason: str, *fields: str) -> SmsError:
    """Return a ValidationException; ``fields`` are those it complains about."""
    complaints = [{"Name": name, "Message": "is not valid"} for name in fields]
    return SmsError("ValidationException", reason, Fields=complaints)


def conflict(reason: str) -> SmsError:
    """Return a ConflictException."""
    return SmsError("ConflictException", reason)


def missing(resource_type: str, resource_id: str) -> SmsError:
    """Return a ResourceNotFoundException."""
    return SmsError("ResourceNotFoundException", ResourceType=resource_type, ResourceId=resource_id)
