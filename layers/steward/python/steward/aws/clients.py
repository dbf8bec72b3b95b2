"""Clients of AWS with explicit time limits and retries.

They come from one session of botocore, which is what boto3's clients are made of: boto3 itself would bring its
resources and its transfer manager, which nothing here uses, into the start of functions that somebody waits for. There
is one client for each service and profile, and it lives as long as the process.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import botocore.session
from botocore.config import Config

if TYPE_CHECKING:
    from typing import Literal, Protocol, overload

    from botocore.client import BaseClient
    from mypy_boto3_connect.client import ConnectClient
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_kinesis.client import KinesisClient
    from mypy_boto3_kms.client import KMSClient
    from mypy_boto3_pinpoint_sms_voice_v2.client import PinpointSMSVoiceV2Client
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_scheduler.client import EventBridgeSchedulerClient
    from mypy_boto3_sns.client import SNSClient
    from mypy_boto3_sqs.client import SQSClient
    from mypy_boto3_ssm.client import SSMClient

    class _Clients(Protocol):
        """The clients, each as its service types it."""

        @overload
        def __call__(self, service: Literal["connect"], timeouts: ClientTimeouts = ...) -> ConnectClient: ...
        @overload
        def __call__(self, service: Literal["dynamodb"], timeouts: ClientTimeouts = ...) -> DynamoDBClient: ...
        @overload
        def __call__(self, service: Literal["kinesis"], timeouts: ClientTimeouts = ...) -> KinesisClient: ...
        @overload
        def __call__(self, service: Literal["kms"], timeouts: ClientTimeouts = ...) -> KMSClient: ...
        @overload
        def __call__(
            self, service: Literal["pinpoint-sms-voice-v2"], timeouts: ClientTimeouts = ...
        ) -> PinpointSMSVoiceV2Client: ...
        @overload
        def __call__(self, service: Literal["s3"], timeouts: ClientTimeouts = ...) -> S3Client: ...
        @overload
        def __call__(
            self, service: Literal["scheduler"], timeouts: ClientTimeouts = ...
        ) -> EventBridgeSchedulerClient: ...
        @overload
        def __call__(self, service: Literal["sns"], timeouts: ClientTimeouts = ...) -> SNSClient: ...
        @overload
        def __call__(self, service: Literal["sqs"], timeouts: ClientTimeouts = ...) -> SQSClient: ...
        @overload
        def __call__(self, service: Literal["ssm"], timeouts: ClientTimeouts = ...) -> SSMClient: ...
        @overload
        def __call__(self, service: str, timeouts: ClientTimeouts = ...) -> BaseClient: ...
        def cache_clear(self) -> None: ...


@dataclass(frozen=True)
class ClientTimeouts:
    """How long a client waits and how often it tries. Times are in seconds."""

    connect: float
    read: float
    attempts: int
    adaptive: bool = False

    def config(self) -> Config:
        """Return the same as botocore configuration."""
        mode: Any = "adaptive" if self.adaptive else "standard"
        return Config(
            connect_timeout=self.connect,
            read_timeout=self.read,
            retries={"total_max_attempts": self.attempts, "mode": mode},
        )


PIPELINE = ClientTimeouts(connect=5, read=60, attempts=5)
"""For work from queues and schedules: nobody is waiting on the line."""

CONNECT_PIPELINE = ClientTimeouts(connect=5, read=30, attempts=6, adaptive=True)
"""For Amazon Connect's quotas of a few requests a second, shared with the agents' own tools."""

IN_CALL = ClientTimeouts(connect=0.5, read=0.8, attempts=2)
"""For functions that a contact flow waits for: they answer within three seconds, retries included."""

ONCE = ClientTimeouts(connect=1, read=3, attempts=1)
"""For an act that must not happen twice and has no idempotency token."""


class _Factory:
    """Makes clients on first use, from one session."""

    def __init__(self) -> None:
        self._session: botocore.session.Session | None = None
        self._made: dict[tuple[str, ClientTimeouts], BaseClient] = {}

    def __call__(self, service: str, timeouts: ClientTimeouts = PIPELINE) -> BaseClient:
        key = service, timeouts
        if key not in self._made:
            self._session = self._session or botocore.session.get_session()
            self._made[key] = self._session.create_client(service, config=timeouts.config())
        return self._made[key]

    def cache_clear(self) -> None:
        """Forget the session and every client."""
        self._session = None
        self._made.clear()


client = cast("_Clients", _Factory())
"""Returns the client of a service, made on first use, typed as that service's."""
