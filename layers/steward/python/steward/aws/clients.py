"""boto3 clients with explicit time limits and retries.

Clients come from boto3's default session, one for each service and profile, and live as long as the process.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from botocore.client import BaseClient


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


@cache
def client(service: str, patience: ClientTimeouts = PIPELINE) -> BaseClient:
    """Return the client of that service, made on first use."""
    return boto3.client(service, config=patience.config())  # type: ignore[call-overload, no-any-return]
