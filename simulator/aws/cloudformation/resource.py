"""What the creators of resources work with, and what they leave behind."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moto.cloudformation.exceptions import ValidationError

if TYPE_CHECKING:
    from simulator.aws.eventbridge.bus import Router
    from simulator.aws.eventbridge.targets import Targets
    from simulator.aws.kinesis.event_source import WatchedStream
    from simulator.aws.lambda_.service import Functions
    from simulator.aws.scheduler.schedules import Schedules
    from simulator.aws.sqs.event_source import Queues
    from simulator.aws.time.virtual_time import EventQueue


class TemplateError(ValidationError):
    """A template that CloudFormation would refuse, or one that the embedded AWS does not know how to deploy."""

    def __init__(self, message: str) -> None:
        super().__init__(message=message)


@dataclass(frozen=True)
class Declaration:
    """A resource as its template declares it, its properties resolved."""

    stack: str
    logical_id: str
    type: str
    properties: Mapping[str, Any]

    def name(self, property_name: str, *, longest: int = 64) -> str:
        """Return the physical name that the template gives, or one made as CloudFormation makes it."""
        given = self.properties.get(property_name)
        if given:
            return str(given)
        mark = hashlib.sha256(f"{self.stack}/{self.logical_id}".encode()).hexdigest()[:12].upper()
        stem = f"{self.stack}-{self.logical_id}"[: longest - len(mark) - 1]
        return f"{stem}-{mark}"

    @property
    def tags(self) -> dict[str, str]:
        """The resource's tags, whichever of CloudFormation's two forms the template uses."""
        tags = self.properties.get("Tags", [])
        if isinstance(tags, Mapping):
            return {str(key): str(value) for key, value in tags.items()}
        return {str(tag["Key"]): str(tag["Value"]) for tag in tags}


@dataclass(frozen=True)
class Identity:
    """What ``Ref`` and ``Fn::GetAtt`` answer for a created resource."""

    ref: str
    attributes: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Resource:
    """A created resource."""

    declaration: Declaration
    identity: Identity


@dataclass(frozen=True)
class Notification:
    """What was published to a topic, which it names by its physical name."""

    at: datetime
    topic: str
    subject: str | None
    message: str


@dataclass(frozen=True)
class DeployContext:
    """The account into which the templates are deployed."""

    account: str
    region: str
    client: Callable[[str], Any]
    agenda: EventQueue
    functions: Functions
    targets: Targets
    router: Router
    schedules: Schedules
    queues: Queues
    streams: dict[str, WatchedStream]
    code: Callable[[str, str], Path | None]
    """Returns the folder of code that lies in a bucket under a key, if it is known."""
    layers: dict[str, Path]
    notified: Callable[[Notification], None]
    changed: Callable[[str], None]
    """Told of the service whose state changes without a request."""

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of something in this account and region."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"


ResourceProvider = Callable[[DeployContext, Declaration], Identity]
