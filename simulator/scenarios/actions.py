"""The actions of a scenario, one type for each (the scenario format in docs/scenarios.md)."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from msgspec import Meta, Struct, field

Name = Annotated[str, Meta(min_length=1)]
RecordingType = Literal["AGENT", "IVR", "SCREEN"]
RecordingState = Literal["on", "off"]
Store = Literal[
    "call_recording",
    "screen_recording",
    "chat_transcript",
    "email_message",
    "attachment",
    "evaluation",
    "contact_record",
    "legal_hold",
    "rights",
    "application_information",
    "evidence",
]
"""A bucket by its meaning: a record class that lives in S3, what is held, requests of people, or statements."""

OWN_BUS: Final = "steward"
"""The project's own bus, whatever its deployed name."""


class Action(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One thing that somebody or something does at a line's moment."""


class Contact(Action, frozen=True):
    """A contact that Connect knows from now on, or further facts about one it knows."""

    fields: dict[str, Any]
    """As DescribeContact names them, with ``References`` and ``Evaluations`` besides."""


class Recording(Action, frozen=True):
    """A contact's recording starts or ends."""

    contact_id: Name
    types: Annotated[tuple[RecordingType, ...], Meta(min_length=1)]
    state: RecordingState


class PutObject(Action, frozen=True):
    """An object that Connect writes into a record class's bucket."""

    store: Store
    key: Annotated[str, Meta(min_length=1, max_length=1024)]
    bytes: Annotated[int, Meta(ge=0, le=5 * 1024**4)] | None = None
    body: str | dict[str, Any] | list[Any] | None = None
    """Text as it is; an object or a list is stored as JSON."""
    tags: dict[str, str] = {}


class TagObject(Action, frozen=True):
    """Somebody tags an object in the S3 console; the tags that it has stay."""

    store: Store
    key: Name
    tags: dict[str, str]


class Record(Action, frozen=True):
    """A contact record that arrives on the stream."""

    record: dict[str, Any]


class Event(Action, frozen=True):
    """An event put on a bus."""

    source: Name
    detail_type: Name = field(name="detail-type")
    detail: dict[str, Any]
    bus: Name = "default"
    id: Name | None = None
    resources: tuple[str, ...] = ()


class Invoke(Action, frozen=True):
    """A function invoked as a contact flow invokes it."""

    function: Name
    payload: Any
    label: Name | None = field(name="as", default=None)


class Decide(Action, frozen=True):
    """A person's signed call of the decision endpoint: ``by`` is ROLE/PERSON, the other fields are the body's."""

    fields: dict[str, Any]


class Fault(Action, frozen=True):
    """The next calls of an operation, by any function, fail: so many, or all until a moment; or all failures end."""

    service: str = ""
    operation: str = ""
    error: str = ""
    times: Annotated[int, Meta(ge=1)] | None = None
    until: str | None = None
    clear: bool = False
    after_effect: bool = False
    keys: tuple[Name, ...] = ()
    """The rows of a batch operation that fail: all in whose key one of these occurs."""


class SmsReply(Action, frozen=True):
    """A person answers a text."""

    number: Annotated[str, Meta(pattern=r"^\+[1-9][0-9]{6,14}$")] = field(name="from")
    sender: Name = field(name="to")
    """What they answer to: a telephone number or pool, by number, id or ARN; a sender id receives nothing."""
    text: str


class Console(Action, frozen=True):
    """Somebody changes something beside the templates."""

    service: Name
    """A boto3 client's name."""
    operation: Name
    """As the API names it."""
    parameters: dict[str, Any]
    """The operation's; the id of a flow or module may be its template's file name, such as ``payment``."""
    by: Name = field(name="as")
    """Who: it is told in the timeline, and decides nothing."""


class Read(Action, frozen=True):
    """A person reads an object."""

    by: Name
    """ROLE/PERSON, or the name of a user."""
    store: Store
    key: Name


class Pass(Action, frozen=True):
    """Nothing: time passes."""


ACTIONS: dict[str, type[Action]] = {
    "contact": Contact,
    "recording": Recording,
    "object": PutObject,
    "tag_object": TagObject,
    "record": Record,
    "event": Event,
    "invoke": Invoke,
    "decide": Decide,
    "fault": Fault,
    "console": Console,
    "sms_reply": SmsReply,
    "read": Read,
    "pass": Pass,
}
"""The type of each action by its key in a line."""

WRAPPED: dict[str, str] = {"contact": "fields", "decide": "fields", "record": "record"}
"""Actions whose whole value is one open object, with the field of the type that takes it."""
