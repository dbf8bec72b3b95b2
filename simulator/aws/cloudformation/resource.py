"""What the creators of resources work with, and what they leave behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moto.cloudformation.exceptions import ValidationError

from simulator.aws.cloudformation.declaration import Declaration, Identity

if TYPE_CHECKING:
    from simulator.aws.cloudformation.taken import TakenNames
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
    taken: TakenNames
    notified: Callable[[Notification], None]
    changed: Callable[[str], None]
    """Told of the service whose state changes without a request."""

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of something in this account and region."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"


ResourceProvider = Callable[[DeployContext, Declaration], Identity]
"""Creates a resource."""

ResourceChanger = Callable[[DeployContext, Resource, Declaration], Identity]
"""Makes a resource that is there what another declaration says."""

ResourceFinder = Callable[[DeployContext, Mapping[str, str]], Identity]
"""Returns what an import takes over as it is: the resource with that identifier, which CloudFormation does not change.

Raises ``TemplateError`` if there is none.
"""
