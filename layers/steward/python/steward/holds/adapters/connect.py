"""Amazon Connect's contact operations, read only and at a pace."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from steward.aws.clients import CONNECT_PIPELINE, client
from steward.aws.errors import translated
from steward.clock import Clock
from steward.failures import InvalidRequest, NotFound
from steward.holds.contacts import LIVE_STREAM, Contact, Evaluation, Export, Recording, Reference
from steward.ids import ContactId

SECONDS_BETWEEN_CALLS = 1.1
"""Two workers at this pace stay below two requests a second, also where one invocation follows another.

Connect's quotas are a few requests a second for the whole instance.
"""

_REFERENCE_TYPES = [
    "ATTACHMENT",
    "EMAIL_MESSAGE",
    "EMAIL_MESSAGE_PLAIN_TEXT",
    "EMAIL_MESSAGE_REDACTED",
    "EMAIL_MESSAGE_PLAIN_TEXT_REDACTED",
]
_REFERENCE_KINDS = {
    "Attachment": "ATTACHMENT",
    "EmailMessage": "EMAIL_MESSAGE",
    "EmailMessagePlainText": "EMAIL_MESSAGE_PLAIN_TEXT",
    "EmailMessageRedacted": "EMAIL_MESSAGE_REDACTED",
    "EmailMessagePlainTextRedacted": "EMAIL_MESSAGE_PLAIN_TEXT_REDACTED",
}


@dataclass
class Pace:
    """Keeps calls of one process apart by a minimum time."""

    clock: Clock
    seconds: float = SECONDS_BETWEEN_CALLS
    _last: datetime | None = field(default=None, init=False)

    def wait(self) -> None:
        """Wait until the next call may be made."""
        now = self.clock.now()
        if self._last is not None:
            elapsed = (now - self._last).total_seconds()
            if 0 <= elapsed < self.seconds:
                self.clock.sleep(self.seconds - elapsed)
        self._last = self.clock.now()


@dataclass(frozen=True)
class ConnectContacts:
    """The contacts of one instance. Every call raises ``AwsError``."""

    instance_arn: str
    pace: Pace

    def describe(self, contact_id: ContactId) -> Contact | None:
        """Return the contact, or none if Connect does not know it."""
        try:
            answer = self._call("DescribeContact", "describe_contact", ContactId=contact_id)
        except (NotFound, InvalidRequest):
            return None
        found = answer["Contact"]
        evaluations = (found.get("ContactEvaluations") or {}).values()
        return Contact(
            contact_id=contact_id,
            channel=str(found.get("Channel", "")).upper(),
            initiated_at=_moment(found.get("InitiationTimestamp")),
            ended_at=_moment(found.get("DisconnectTimestamp")),
            recordings=tuple(_recordings(found.get("Recordings") or ())),
            evaluated=any(not one.get("ExportLocation") for one in evaluations),
            exports=tuple(_exports(evaluations)),
            subtype=str((found.get("SegmentAttributes") or {}).get("connect:Subtype", {}).get("ValueString", "")),
            snapshot=_canonical(found),
        )

    def associated(self, contact_id: ContactId) -> tuple[ContactId, ...]:
        """Return every contact of the same chain, without the one asked for; none if Connect does not list it."""
        return self._listed(contact_id) or ()

    def chain(self, contact_id: ContactId) -> tuple[ContactId, ...] | None:
        """Return the same, but no tuple where Connect knows the contact and does not list its chain.

        API reference, "ListAssociatedContacts": InvalidRequestException, InvalidParameterException and
        ResourceNotFoundException are refusals of it that no repetition changes.
        """
        listed = self._listed(contact_id)
        return () if listed is None and self.describe(contact_id) is None else listed

    def _listed(self, contact_id: ContactId) -> tuple[ContactId, ...] | None:
        try:
            summaries = tuple(
                self._pages("ListAssociatedContacts", "list_associated_contacts", "ContactSummaryList", contact_id)
            )
        except (NotFound, InvalidRequest):
            return None
        return tuple(
            dict.fromkeys(
                ContactId(summary["ContactId"]) for summary in summaries if summary["ContactId"] != contact_id
            )
        )

    def references(self, contact_id: ContactId) -> tuple[Reference, ...]:
        """Return the attachments and e-mail bodies that the contact refers to."""
        found = self._pages(
            "ListContactReferences",
            "list_contact_references",
            "ReferenceSummaryList",
            contact_id,
            ReferenceTypes=_REFERENCE_TYPES,
        )
        return tuple(
            Reference(kind=_REFERENCE_KINDS[kind], file_ids=_file_ids(value))
            for summary in found
            for kind, value in summary.items()
            if kind in _REFERENCE_KINDS
        )

    def evaluations(self, contact_id: ContactId) -> tuple[Evaluation, ...]:
        """Return the contact's evaluations, without their answers."""
        found = self._pages("ListContactEvaluations", "list_contact_evaluations", "EvaluationSummaryList", contact_id)
        return tuple(
            Evaluation(
                evaluation_id=summary["EvaluationId"],
                form=summary["EvaluationFormTitle"],
                submitted=summary["Status"] != "DRAFT",
                modified_at=summary["LastModifiedTime"].astimezone(UTC),
                evaluator=_last_part(summary.get("EvaluatorArn", "")),
            )
            for summary in found
        )

    def answers(self, evaluation_id: str) -> Evaluation:
        """Return one evaluation with its answers, by the questions' reference ids."""
        answer = self._call("DescribeContactEvaluation", "describe_contact_evaluation", EvaluationId=evaluation_id)
        evaluation, form = answer["Evaluation"], answer["EvaluationForm"]
        options = dict(_options(form.get("Items", ())))
        return Evaluation(
            evaluation_id=evaluation_id,
            form=form["Title"],
            submitted=evaluation["Status"] != "DRAFT",
            modified_at=evaluation["LastModifiedTime"].astimezone(UTC),
            evaluator=_last_part(evaluation["Metadata"].get("EvaluatorArn", "")),
            answers=tuple(
                (question, _answer(given.get("Value", {}), options.get(question, {})))
                for question, given in evaluation["Answers"].items()
            ),
        )

    def _call(self, operation: str, method: str, **parameters: Any) -> dict[str, Any]:  # noqa: ANN401
        self.pace.wait()
        call: Callable[..., dict[str, Any]] = getattr(client("connect", CONNECT_PIPELINE), method)
        with translated(f"connect.{operation}"):
            return call(InstanceId=_last_part(self.instance_arn), **parameters)

    def _pages(
        self,
        operation: str,
        method: str,
        member: str,
        contact_id: ContactId,
        **parameters: Any,  # noqa: ANN401
    ) -> Iterator[dict[str, Any]]:
        page = self._call(operation, method, ContactId=contact_id, **parameters)
        yield from page.get(member, ())
        while page.get("NextToken"):
            page = self._call(operation, method, ContactId=contact_id, NextToken=page["NextToken"], **parameters)
            yield from page.get(member, ())


def _recordings(entries: Any) -> Iterator[Recording]:  # noqa: ANN401
    for entry in entries:
        streamed = entry.get("StorageType") == LIVE_STREAM
        for name in ("Location", "UnprocessedTranscriptLocation"):
            place = str(entry.get(name) or "")
            bucket, key = ("", place) if streamed else _split(place)
            if key and (bucket or streamed):
                yield Recording(
                    bucket=bucket,
                    key=key,
                    media=str(entry.get("MediaStreamType") or ""),
                    deleted=entry.get("Status") == "DELETED",
                    deletion_reason=f"Connect says: {entry.get('DeletionReason') or 'deleted'}",
                    stopped_at=_moment(entry.get("StopTimestamp")),
                    storage=LIVE_STREAM if streamed else "S3",
                )


def _exports(evaluations: Iterable[Mapping[str, Any]]) -> Iterator[Export]:
    for one in evaluations:
        bucket, key = _split(str(one.get("ExportLocation") or ""))
        if bucket and key and one.get("Status") != "DELETED":
            yield Export(bucket=bucket, key=key, made_at=_moment(one.get("EndTimestamp")))


def _split(location: str) -> tuple[str, str]:
    """Return bucket and key of a location as Connect writes them: with or without ``s3://``."""
    bucket, _, key = location.removeprefix("s3://").partition("/")
    return bucket, key


def _file_ids(reference: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what may name the file: the last part of its ARN and of its value, each once."""
    parts = (_last_part(str(reference.get(name) or "")) for name in ("Arn", "Value"))
    return tuple(dict.fromkeys(part for part in parts if part))


def _options(items: Any) -> Iterator[tuple[str, dict[str, str]]]:  # noqa: ANN401
    """Return, for each single-select question, the text of its options by their reference ids."""
    for item in items:
        if "Section" in item:
            yield from _options(item["Section"].get("Items", ()))
        question = item.get("Question", {})
        choice = question.get("QuestionTypeProperties", {}).get("SingleSelect", {})
        if choice:
            yield question["RefId"], {option["RefId"]: option["Text"] for option in choice.get("Options", ())}


def _answer(value: Mapping[str, Any], options: Mapping[str, str]) -> str:
    for name in ("StringValue", "DateTimeValue", "NumericValue"):
        if name in value:
            given = _whole(value[name]) if name == "NumericValue" else str(value[name])
            chosen = options.get(given, given)
            return given if given in ("1", "2", "ombudsman") else chosen
    return ""


def _whole(number: float) -> str:
    """Return a number as a person typed it: Connect answers every one as a double."""
    return str(int(number)) if float(number).is_integer() else repr(number)


def _moment(value: Any) -> datetime | None:  # noqa: ANN401
    return value.astimezone(UTC) if isinstance(value, datetime) else None


def _last_part(arn: str) -> str:
    return arn.rpartition("/")[2]


def _canonical(contact: Mapping[str, Any]) -> bytes:
    """Return the contact as JSON in which equal contacts are equal bytes."""
    text = json.dumps(
        contact,
        indent=2,
        sort_keys=True,
        ensure_ascii=False,
        default=lambda moment: moment.astimezone(UTC).isoformat(),
    )
    return text.encode()
