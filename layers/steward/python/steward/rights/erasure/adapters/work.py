"""The queue of erasures."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from steward.aws.clients import client
from steward.aws.errors import translated
from steward.rights.requests import RequestId


@dataclass(frozen=True)
class SqsErasureWork:
    """Sends messages that name a request, and nothing else."""

    queue_url: str

    def plan(self, request: RequestId, begun: datetime | None = None, seconds: int = 0) -> None:
        """Let the plan of an erasure be made, or made anew; or the planning that began then go on, after that time."""
        self._send("plan", request, seconds, begun)

    def erase(self, request: RequestId, seconds: int = 0) -> None:
        """Let an erasure go on, after that time."""
        self._send("erase", request, seconds)

    def replay(
        self,
        request: RequestId,
        begun: datetime | None = None,
        seconds: int = 0,
        asked_at: datetime | None = None,
    ) -> None:
        """Let it be looked whether what was erased is still gone; or the look begun then go on, after that time.

        ``asked_at`` is when somebody asked for a look: one that began since is that look.
        """
        self._send("replay", request, seconds, begun, asked_at)

    def _send(
        self,
        what: str,
        request: RequestId,
        seconds: int,
        begun: datetime | None = None,
        asked_at: datetime | None = None,
    ) -> None:
        moments = {"begun": begun, "asked_at": asked_at}
        told = {name: moment.isoformat() for name, moment in moments.items() if moment is not None}
        body = json.dumps({"steward": what, "request": request, **told})
        with translated("sqs.SendMessage"):
            client("sqs").send_message(QueueUrl=self.queue_url, MessageBody=body, DelaySeconds=seconds)
