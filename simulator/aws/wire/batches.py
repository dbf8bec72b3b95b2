"""Single rows that fail inside a batch operation that succeeds, as AWS answers them.

Amazon S3 API reference, "DeleteObjects"; Amazon SQS API reference, "SendMessageBatch"; Amazon EventBridge API
reference, "PutEvents". The rows that do not fail take effect.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from copy import copy
from http import HTTPStatus
from typing import Any, Final
from xml.etree import ElementTree as ET

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from moto.core.botocore_stubber import MockRawResponse

Send = Callable[[AWSPreparedRequest], AWSResponse | None]

_MESSAGE: Final = "A planned failure of the embedded AWS"
_S3: Final = "http://s3.amazonaws.com/doc/2006-03-01/"
BATCHES: Final = frozenset({"s3.DeleteObjects", "sqs.SendMessageBatch", "events.PutEvents"})
"""The operations, as "service.Operation", of which single rows can fail."""


def meets(operation: str, request: AWSPreparedRequest, keys: Sequence[str]) -> bool:
    """Tell whether a request of that operation has a row in whose key (an SQS or bus row: text) one of these occurs."""
    return operation in BATCHES and any(_hit(row, keys) for row in _rows(operation, request))


def fail_rows(
    operation: str, request: AWSPreparedRequest, keys: Sequence[str], code: str, send: Send
) -> AWSResponse | None:
    """Send a batch without the rows that are to fail, and return its answer with their failures."""
    rows = _rows(operation, request)
    failing = [_hit(row, keys) for row in rows]
    if operation == "s3.DeleteObjects":
        return _objects(request, failing, code, send)
    body = json.loads(_text(request))
    kept = [row for row, fails in zip(body["Entries"], failing, strict=True) if not fails]
    answer = _sent(request, json.dumps({**body, "Entries": kept}), send) if kept else None
    if answer is not None and answer.status_code != HTTPStatus.OK:
        return answer
    known: dict[str, Any] = json.loads(answer.text) if answer is not None else {}
    if operation == "sqs.SendMessageBatch":
        known.setdefault("Successful", [])
        known.setdefault("Failed", []).extend(
            {"Id": row["Id"], "SenderFault": False, "Code": code, "Message": _MESSAGE}
            for row, fails in zip(body["Entries"], failing, strict=True)
            if fails
        )
    else:
        done = iter(known.get("Entries", []))
        rows_answered = [{"ErrorCode": code, "ErrorMessage": _MESSAGE} if fails else next(done) for fails in failing]
        known = {"FailedEntryCount": known.get("FailedEntryCount", 0) + sum(failing), "Entries": rows_answered}
    return _answer(request, "application/x-amz-json-1.0", json.dumps(known))


def _rows(operation: str, request: AWSPreparedRequest) -> list[str]:
    """Return the text by which each row is told apart: an object's key, or the whole entry."""
    if operation == "s3.DeleteObjects":
        return [one.findtext(f"{{{_S3}}}Key") or "" for one in _xml(request).iter(f"{{{_S3}}}Object")]
    return [json.dumps(row) for row in json.loads(_text(request))["Entries"]]


def _hit(row: str, keys: Sequence[str]) -> bool:
    return any(key in row for key in keys)


def _xml(request: AWSPreparedRequest) -> ET.Element:
    return ET.fromstring(_text(request))  # noqa: S314 -- what botocore wrote


def _text(request: AWSPreparedRequest) -> str:
    body: Any = request.body
    return body.decode() if isinstance(body, bytes | bytearray) else str(body)


def _objects(request: AWSPreparedRequest, failing: Sequence[bool], code: str, send: Send) -> AWSResponse | None:
    root = _xml(request)
    ET.register_namespace("", _S3)
    objects = list(root.iter(f"{{{_S3}}}Object"))
    errors = "".join(
        f"<Error>{_inner(one)}<Code>{code}</Code><Message>{_MESSAGE}</Message></Error>"
        for one, fails in zip(objects, failing, strict=True)
        if fails
    )
    for one, fails in zip(objects, failing, strict=True):
        if fails:
            root.remove(one)
    answer = None if all(failing) else _sent(request, ET.tostring(root, encoding="unicode"), send)
    if answer is not None and answer.status_code != HTTPStatus.OK:
        return answer
    text = answer.text if answer is not None else f'<DeleteResult xmlns="{_S3}"></DeleteResult>'
    text = re.sub(r"<DeleteResult([^>]*)/>", r"<DeleteResult\1></DeleteResult>", text)
    return _answer(request, "application/xml", text.replace("</DeleteResult>", f"{errors}</DeleteResult>"))


def _inner(row: ET.Element) -> str:
    parts = (ET.tostring(part, encoding="unicode") for part in row)
    return "".join(part.replace(f' xmlns="{_S3}"', "") for part in parts)


def _sent(request: AWSPreparedRequest, body: str, send: Send) -> AWSResponse | None:
    part: Any = copy(request)
    part.body, part.headers = body.encode(), copy(request.headers)
    part.headers["Content-Length"] = str(len(part.body))
    return send(part)


def _answer(request: AWSPreparedRequest, kind: str, body: str) -> AWSResponse:
    headers: Any = {"x-amzn-requestid": "00000000-0000-4000-8000-000000000000", "content-type": kind}
    raw: Any = MockRawResponse(body)
    return AWSResponse(str(request.url), 200, headers, raw)
