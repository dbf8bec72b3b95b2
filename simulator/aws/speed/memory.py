"""What was asked and answered since the last change.

A nightly job that finds nothing to do asks the same questions every night of a two-year story. As long as nothing was
written to a service, or to a bucket of S3's, the same question has the same answer there, and moto need not work it out
again. What differs from a repeated request: the answer carries the date and the request id of the first one.
"""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.awsrequest import AWSPreparedRequest, AWSResponse
    from botocore.model import OperationModel

_SETTINGS: Final = frozenset(
    {
        "GetBucketAccelerateConfiguration",
        "GetBucketCors",
        "GetBucketEncryption",
        "GetBucketLifecycleConfiguration",
        "GetBucketLogging",
        "GetBucketNotificationConfiguration",
        "GetBucketOwnershipControls",
        "GetBucketPolicy",
        "GetBucketReplication",
        "GetBucketVersioning",
        "GetBucketWebsite",
        "GetObjectLockConfiguration",
        "GetPublicAccessBlock",
        "ListBucketInventoryConfigurations",
    }
)
"""What is asked of a bucket itself: no object that comes or goes changes the answer."""

_READING: Final[Mapping[str, frozenset[str]]] = {
    "dynamodb": frozenset({"BatchGetItem", "GetItem", "Query", "Scan"}),
    # Not what has a document in it: botocore would decode a second time what was remembered decoded.
    "iam": frozenset({"GetPolicy", "ListAttachedRolePolicies", "ListRolePolicies"}),
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
    )
    | _SETTINGS,
}
_UNHEARD_HEADERS: Final = frozenset({"User-Agent"})
_MOST: Final = 2000
"""Answers kept for each place."""

Question = tuple[object, ...]
Reply = tuple["AWSResponse", dict[str, Any]]


class Memory:
    """Parsed answers by service, the place in it that a change concerns, and question."""

    def __init__(self) -> None:
        self._answers: dict[str, dict[str, dict[Question, tuple[AWSResponse, bytes]]]] = {}
        self.settings_changed = 0
        """How often somebody may have changed a bucket's settings, a flow or where the instance stores things."""

    def question(self, model: OperationModel, params: Mapping[str, Any]) -> Question | None:
        """Return what is asked, or ``None`` when the answer must not be remembered."""
        if model.name not in _READING.get(str(model.service_model.service_name), ()):
            return None
        headers = [(name, value) for name, value in params["headers"].items() if name not in _UNHEARD_HEADERS]
        body = params["body"]
        # A form is a mapping until it is sent.
        asked = tuple(sorted(body.items())) if isinstance(body, dict) else body
        return (model.name, params["method"], params["url"], asked, *sorted(headers))

    def recall(self, service: str, question: Question) -> Reply | None:
        """Return the answer that this question had, as botocore had parsed it, unless something was written since."""
        known = self._answers.get(service, {}).get(_asked(service, question), {}).get(question)
        return None if known is None else (known[0], pickle.loads(known[1]))  # noqa: S301 - written below

    def note(self, service: str, question: Question, response: AWSResponse, parsed: Mapping[str, Any]) -> None:
        """Remember an answer that came at the first attempt."""
        metadata = parsed.get("ResponseMetadata", {})
        answers = self._answers.setdefault(service, {}).setdefault(_asked(service, question), {})
        if metadata.get("HTTPStatusCode") == 200 and not metadata.get("RetryAttempts") and len(answers) < _MOST:  # noqa: PLR2004 - HTTP's own number
            answers[question] = (response, pickle.dumps(parsed))

    def hear(self, service: str, request: AWSPreparedRequest) -> None:
        """Forget a place's answers when a request to it may have changed something there."""
        if _changes_settings(service, request):
            self.settings_changed += 1
        if service in self._answers and not _only_reads(service, request):
            place = _place(service, str(request.url))
            self._answers[service].pop(place, None)
            if service == "s3" and not _names_object(str(request.url)):
                self._answers[service].pop(f"{place}?", None)

    def set_beside(self, service: str) -> None:
        """Note that somebody changed something of a service by hand, which no request of a function's tells."""
        self.settings_changed += 1
        self.forget(service)

    def forget(self, service: str, bucket: str = "") -> None:
        """Forget, because something changed that was not asked for by a request; of S3 only that bucket's objects."""
        if bucket:
            self._answers.get(service, {}).pop(bucket, None)
        else:
            self._answers.pop(service, None)


def _asked(service: str, question: Question) -> str:
    """Return the place of a question: a bucket's settings are one of their own."""
    place = _place(service, str(question[2]))
    return f"{place}?" if question[0] in _SETTINGS else place


def _changes_settings(service: str, request: AWSPreparedRequest) -> bool:
    # S3's POST to a bucket removes objects.
    if request.method not in ({"DELETE", "PUT"} if service == "s3" else {"DELETE", "POST", "PUT"}):
        return False
    if service == "connect":
        path = urlsplit(str(request.url)).path
        return path.startswith(("/contact-flow", "/views")) or "/storage-config" in path
    return service == "s3" and not _names_object(str(request.url))


def _names_object(url: str) -> bool:
    parts = urlsplit(url)
    path = parts.path.strip("/")
    return bool(path) if ".s3." in parts.netloc else "/" in path


def _place(service: str, url: str) -> str:
    """Return the part of a service that a request reads or changes: of S3 the bucket.

    A request of S3's changes the bucket that its address names and no other (a copy only reads its source). The bucket
    is in the host name or begins the path (S3 user guide, "Virtual hosting of general purpose buckets").
    """
    if service != "s3":
        return ""
    parts = urlsplit(url)
    bucket, hosted, _ = parts.netloc.partition(".s3.")
    return bucket if hosted else parts.path.partition("/")[2].partition("/")[0]


def _action(request: AWSPreparedRequest) -> str:
    """Return the operation of a request in the protocol that states it in a form."""
    body: Any = request.body
    text = body.decode() if isinstance(body, bytes) else str(body or "")
    return parse_qs(text).get("Action", [""])[0]


def _only_reads(service: str, request: AWSPreparedRequest) -> bool:
    if service == "s3":
        return request.method in {"GET", "HEAD"}
    if service == "iam":
        return _action(request).startswith(("Get", "List"))
    target: Any = request.headers.get("X-Amz-Target", "")
    name = target.decode() if isinstance(target, bytes) else str(target)
    return name.rpartition(".")[2] in _READING[service]
