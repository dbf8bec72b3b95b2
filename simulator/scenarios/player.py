"""Does what the lines of a scenario say, each through the door that its counterpart uses in AWS."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import msgspec

from simulator.aws.account.account import EmbeddedAws
from simulator.aws.connect.errors import ScenarioError as ConnectRefusal
from simulator.aws.lambda_.function_url import decide_as
from simulator.aws.lambda_.invocation import FunctionError
from simulator.aws.lambda_.service import UnknownFunction
from simulator.aws.s3.access_log import read_object
from simulator.scenarios.actions import (
    OWN_BUS,
    Action,
    Console,
    Contact,
    Decide,
    Event,
    Fault,
    Invoke,
    Pass,
    PutObject,
    Read,
    Record,
    Recording,
    SmsReply,
    TagObject,
)
from simulator.scenarios.console import change
from simulator.scenarios.errors import ScenarioError
from simulator.scenarios.lines import parse_moment
from simulator.scenarios.results.shapes import Response
from simulator.scenarios.results.timeline import Timeline

CONTACT_EVENT: Final = ("aws.connect", "Amazon Connect Contact Event")
ENDINGS: Final = frozenset({"DISCONNECTED", "COMPLETED"})
"""Event types that a contact has after it ended."""


class Player:
    """Applies actions to a world and keeps what functions answered."""

    def __init__(self, world: EmbeddedAws, buckets: Mapping[str, str], timeline: Timeline) -> None:
        self.responses: list[Response] = []
        self._world = world
        self._buckets = buckets
        self._timeline = timeline

    def play(self, action: Action) -> None:  # noqa: C901, PLR0912 - one case for each action
        """Do it now.

        Raises ``ScenarioError`` for what this deployment does not have, and NotImplementedError for an action that
        somebody added without saying here what it does.
        """
        match action:
            case Contact(fields=fields):
                self._contact(fields)
            case Recording():
                self._recording(action)
            case PutObject():
                self._put_object(action)
            case TagObject():
                self._tag_object(action)
            case Record(record=record):
                self._record(record)
            case Event():
                self._event(action)
            case Invoke():
                self._invoke(action)
            case Decide(fields=fields):
                self._decide(fields)
            case Fault():
                self._fault(action)
            case Console():
                self._console(action)
            case SmsReply():
                self._sms_reply(action)
            case Read():
                self._read(action)
            case Pass():
                self._note("pass", "Time passes.")
            case _:
                raise NotImplementedError(type(action).__name__)

    def check(self, action: Action) -> None:
        """Raise ``ScenarioError`` if this deployment has not what the action needs."""
        match action:
            case PutObject(store=store) if store not in self._buckets:
                raise ScenarioError(f"{store} is not deployed under this policy", field="object.store")
            case TagObject(store=store) if store not in self._buckets:
                raise ScenarioError(f"{store} is not deployed under this policy", field="tag_object.store")
            case Read(store=store) if store not in self._buckets:
                raise ScenarioError(f"{store} is not deployed under this policy", field="read.store")
            case Event(bus=bus) if bus != OWN_BUS and bus not in self._world.router.buses:
                buses = f"default, {OWN_BUS}"
                raise ScenarioError(f"there is no bus {bus}; there are {buses}", field="event.bus")
            case Invoke(function=function):
                try:
                    self._world.functions.find(function)
                except UnknownFunction as error:
                    raise ScenarioError(str(error), field="invoke.function") from None
            case _:
                pass

    def _note(self, kind: str, text: str, **details: object) -> None:
        self._timeline.add(self._world.clock.now(), kind, text, **details)

    def _contact(self, fields: Mapping[str, object]) -> None:
        try:
            self._world.connect.contact(fields)
        except ConnectRefusal as error:
            raise ScenarioError(str(error), field="contact") from None
        self._note("contact", f"Connect knows contact {fields['Id']}.", contact_id=fields["Id"])

    def _recording(self, action: Recording) -> None:
        try:
            self._world.connect.recording(action.contact_id, action.types, action.state)
        except ConnectRefusal as error:
            raise ScenarioError(str(error), field="recording") from None
        what = f"{' and '.join(action.types)} recording of contact {action.contact_id}"
        verb = "starts" if action.state == "on" else "ends"
        self._note("recording", f"The {what} {verb}.", contact_id=action.contact_id)

    def _put_object(self, action: PutObject) -> None:
        body = action.body
        if body is None:
            content: bytes | int = action.bytes or 0
        else:
            content = body.encode() if isinstance(body, str) else msgspec.json.encode(body)
        bucket = self._buckets[action.store]
        self._world.s3.put_object(bucket, action.key, content, tags=action.tags)
        size = content if isinstance(content, int) else len(content)
        text = f"Connect writes {action.key} ({size:,} bytes) into {action.store}."
        self._note("object", text, store=action.store, key=action.key)

    def _tag_object(self, action: TagObject) -> None:
        bucket = self._buckets[action.store]
        try:
            self._world.s3.tag_object(bucket, action.key, action.tags)
        except LookupError:
            problem = f"there is no object {action.key} in {action.store} at that moment"
            raise ScenarioError(problem, field="tag_object.key") from None
        self._note("tag_object", f"Somebody tags {action.key} in {action.store}.", store=action.store, key=action.key)

    def _record(self, record: Mapping[str, object]) -> None:
        try:
            self._world.contact_record(record)
        except LookupError as error:
            raise ScenarioError(str(error), field="record") from None
        contact_id = record.get("ContactId")
        self._note("record", f"A contact record of {contact_id} arrives on the stream.", contact_id=contact_id)

    def _event(self, action: Event) -> None:
        event: dict[str, object] = {
            "source": action.source,
            "detail-type": action.detail_type,
            "detail": self._detail(action),
            "resources": list(action.resources),
        }
        if action.id:
            event["id"] = action.id
        case = action.detail.get("case")
        text = f"{action.source} puts {action.detail_type!r} on the {action.bus} bus."
        self._note("event", text, source=action.source, detail_type=action.detail_type, case=case)
        self._world.publish(action.bus, event, put_by_somebody=True)

    def _detail(self, action: Event) -> Mapping[str, object]:
        """Return the detail as Connect would send it: a contact event carries the tags that its contact has then.

        Source: Amazon Connect Administrator Guide, "Amazon Connect contact events". Tags that the event has stay. The
        scenario may have named the contact of a transfer long before: its first event is when the transfer takes place.
        """
        detail = action.detail
        contact_id = detail.get("contactId")
        if (action.source, action.detail_type) != CONTACT_EVENT or not isinstance(contact_id, str):
            return detail
        contact = self._world.connect.contacts.known(contact_id)
        if contact and detail.get("eventType") not in ENDINGS:
            links = (detail.get("previousContactId"), contact.fields.get("PreviousContactId"), contact.initial_id)
            earlier = next((link for link in links if isinstance(link, str) and link), contact_id)
            self._world.connect.contacts.begin(contact_id, earlier)
        tags = contact.fields.get("Tags") if contact else None
        given = detail.get("tags")
        return {**detail, "tags": {**tags, **(given if isinstance(given, dict) else {})}} if tags else detail

    def _invoke(self, action: Invoke) -> None:
        at = self._world.clock.now()
        try:
            response = self._world.invoke(action.function, action.payload)
            outcome = _said(response)
        except FunctionError as error:
            response = {"errorType": error.error_type, "errorMessage": error.message}
            outcome = f"failed ({error.error_type})"
        self._note(
            "invoke", f"{action.function}: {outcome}.", function=action.function, label=action.label, response=response
        )
        answer = Response(at=at, as_=action.label, function=action.function, response=response)
        self.responses.append(answer)

    def _decide(self, fields: Mapping[str, object]) -> None:
        """Call the decision endpoint as that person in that role of the environment, signed."""
        at, by = self._world.clock.now(), str(fields["by"])
        role, _, person = by.partition("/")
        body = {name: value for name, value in fields.items() if name != "by"}
        answer = decide_as(self._world, role, person, **body)
        response = answer.decoded() if answer.status == HTTPStatus.OK else {"error": answer.status}
        outcome = _said(response) if answer.status == HTTPStatus.OK else f"HTTP {answer.status}"
        said = f"{by} calls {fields['decision']} for {fields['subject']} {fields['id']}: {outcome}."
        self._note("decide", said, by=by, subject=fields["subject"], id=fields["id"], response=response)
        self.responses.append(Response(at=at, as_=by, function="decide", response=response))

    def _console(self, action: Console) -> None:
        refusal = change(self._world, action)
        outcome = f"refused ({refusal})" if refusal else "done"
        text = f"{action.by} calls {action.service}.{action.operation} beside the templates: {outcome}."
        self._note("console", text, by=action.by, service=action.service, operation=action.operation, outcome=outcome)

    def _read(self, action: Read) -> None:
        try:
            read_object(self._world, self._buckets[action.store], action.key, action.by)
        except LookupError:
            problem = f"there is no object {action.key} in {action.store} at that moment"
            raise ScenarioError(problem, field="read.key") from None
        said = f"{action.by} reads {action.key} in {action.store}."
        self._note("read", said, by=action.by, store=action.store, key=action.key)

    def _sms_reply(self, action: SmsReply) -> None:
        try:
            self._world.sms.reply(action.number, action.text, action.sender)
        except ValueError:
            self._note("sms_reply", f"Somebody answers {action.sender}, which receives no messages: nothing happens.")
            return
        self._note("sms_reply", f"Somebody answers {action.sender}.", sender=action.sender)

    def _fault(self, action: Fault) -> None:
        if action.clear:
            self._world.faults.clear()
            self._note("fault", "No call fails any more.")
            return
        until = parse_moment(action.until, "fault.until") if action.until is not None else None
        self._world.faults.add(
            service=action.service,
            operation=action.operation,
            error=action.error,
            times=action.times or 1,
            until=until,
            after_effect=action.after_effect,
            keys=action.keys,
        )
        calls = "The next call" if action.times == 1 else f"The next {action.times} calls"
        calls = f"Until {until.isoformat()} every call" if until else calls
        when = " after taking effect" if action.after_effect else ""
        when += f" for rows with {', '.join(action.keys)}" if action.keys else ""
        self._note("fault", f"{calls} of {action.service}.{action.operation} will fail{when}: {action.error}.")


def _said(response: object) -> str:
    """Return what a function answered in a word, and why where it says so."""
    if not isinstance(response, dict):
        return "answered"
    status, reason = response.get("status", "answered"), response.get("reason")
    return f"{status} ({reason})" if reason else str(status)
