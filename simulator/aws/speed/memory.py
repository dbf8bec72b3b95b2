"""What was asked and answered since the last change.

A nightly job that finds nothing to do asks the same questions every night of a two-year story. As long as nothing was
written to a service, the same question has the same answer there, and moto need not work it out again. What differs
from a repeated request: the answer carries the date and the request id of the first one.
"""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.awsrequest import AWSPreparedRequest, AWSResponse
    from botocore.model import OperationModel

_READING: Final[Mapping[str, frozenset[str]]] = {
    "dynamodb": frozenset({"BatchGetItem", "GetItem", "Query", "Scan"}),
    "ssm": frozenset({"GetParameter", "GetParameters"}),
    "s3": frozenset(
        {
            "GetObjectLegalHold",
            "GetObjectRetention",
            "GetObjectTagging",
            "HeadObject",
            "ListObjectVersions",
            "ListObjectsV2",
        }
    ),
}
_UNHEARD_HEADERS: Final = frozenset({"User-Agent"})
_MOST: Final = 2000
"""Answers kept for each service."""

Question = tuple[object, ...]
Reply = tuple["AWSResponse", dict[str, Any]]


class Memory:
    """Parsed answers by service and question."""

    def __init__(self) -> None:
        self._answers: dict[str, dict[Question, tuple[AWSResponse, bytes]]] = {}

    def question(self, model: OperationModel, params: Mapping[str, Any]) -> Question | None:
        """Return what is asked, or ``None`` when the answer must not be remembered."""
        if model.name not in _READING.get(str(model.service_model.service_name), ()):
            return None
        headers = [(name, value) for name, value in params["headers"].items() if name not in _UNHEARD_HEADERS]
        return (model.name, params["method"], params["url"], params["body"], *sorted(headers))

    def recall(self, service: str, question: Question) -> Reply | None:
        """Return the answer that this question had, as botocore had parsed it, unless something was written since."""
        known = self._answers.get(service, {}).get(question)
        return None if known is None else (known[0], pickle.loads(known[1]))  # noqa: S301 - written below

    def note(self, service: str, question: Question, response: AWSResponse, parsed: Mapping[str, Any]) -> None:
        """Remember an answer that came at the first attempt."""
        metadata = parsed.get("ResponseMetadata", {})
        answers = self._answers.setdefault(service, {})
        if metadata.get("HTTPStatusCode") == 200 and not metadata.get("RetryAttempts") and len(answers) < _MOST:  # noqa: PLR2004 - HTTP's own number
            answers[question] = (response, pickle.dumps(parsed))

    def hear(self, service: str, request: AWSPreparedRequest) -> None:
        """Forget a service's answers when a request to it may have changed something."""
        if service in self._answers and not _only_reads(service, request):
            self.forget(service)

    def forget(self, service: str) -> None:
        """Forget, because something changed that was not asked for by a request."""
        self._answers.pop(service, None)


def _only_reads(service: str, request: AWSPreparedRequest) -> bool:
    if service == "s3":
        return request.method in {"GET", "HEAD"}
    target: Any = request.headers.get("X-Amz-Target", "")
    name = target.decode() if isinstance(target, bytes) else str(target)
    return name.rpartition(".")[2] in _READING[service]
