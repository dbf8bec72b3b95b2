"""Shim: ``StartMessageMoveTask`` and ``ListMessageMoveTasks``, which moto's SQS does not have; and no real waiting.

Source: SQS API reference. A task moves everything at once here. What it moves is a new message to its queue: it has
never been received, and is as old as the move.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.core.utils import unix_time_millis
from moto.sqs.models import SQSBackend
from moto.sqs.responses import SQSResponse

if TYPE_CHECKING:
    from moto.sqs.models import Queue

    from simulator.aws.account.account import EmbeddedAws

_TASKS = "steward_move_tasks"


class _Refused(ServiceException):
    pass


@contextmanager
def message_moves() -> Iterator[None]:
    """Give moto's SQS the two operations for a while. Start it after ``mock_aws``, before the first request."""
    with ExitStack() as patches:
        for name, answer in (("start_message_move_task", _start), ("list_message_move_tasks", _tasks)):
            patches.enter_context(patch.object(SQSResponse, name, answer, create=True))
        patches.enter_context(patch.object(SQSBackend, "receive_message", _answered_at_once(SQSBackend)))
        yield


def _answered_at_once(backend: type[SQSBackend]) -> Callable[..., object]:
    """Answer a long poll at once: nothing arrives in virtual time while somebody waits in real time."""
    receive = backend.receive_message

    def answer(
        self: SQSBackend, queue: str, count: int, _: int, visible: int, *names: object, **more: object
    ) -> object:
        chosen: Any = receive
        return chosen(self, queue, count, 0, visible, *names, **more)

    return answer


def attach_message_moves(_: EmbeddedAws) -> Callable[[], None]:
    """Give them to an embedded AWS, as one of its plugins."""
    moves = ExitStack()
    moves.enter_context(message_moves())
    return moves.close


def _start(response: Any) -> ActionResult:  # noqa: ANN401 - moto's response class
    backend: SQSBackend = response.sqs_backend
    dead_letters = _queue(backend, str(response._get_param("SourceArn")))  # noqa: SLF001 - moto's way to parameters
    sources = [queue for queue in backend.queues.values() if _target(queue) == dead_letters.queue_arn]
    if not sources:
        raise _Refused("UnsupportedOperation", "The source queue is the dead-letter queue of no other queue.")
    wanted = response._get_param("DestinationArn")  # noqa: SLF001
    destination = _queue(backend, str(wanted)) if wanted else sources[0]
    moved = list(dead_letters._messages)  # noqa: SLF001 - moto offers no way to move a message
    dead_letters._messages.clear()  # noqa: SLF001
    for message in moved:
        message.approximate_receive_count = 0
        message.sent_timestamp = unix_time_millis()  # type: ignore[assignment]
        message.visible_at = message.delayed_until = 0
        destination.add_message(message)
    handle = str(uuid.uuid4())
    vars(dead_letters).setdefault(_TASKS, []).insert(
        0,
        {
            "Status": "COMPLETED",
            "SourceArn": dead_letters.queue_arn,
            "DestinationArn": destination.queue_arn,
            "ApproximateNumberOfMessagesMoved": len(moved),
            "ApproximateNumberOfMessagesToMove": len(moved),
            "StartedTimestamp": int(unix_time_millis()),
        },
    )
    return ActionResult({"TaskHandle": handle})


def _tasks(response: Any) -> ActionResult:  # noqa: ANN401 - moto's response class
    queue = _queue(response.sqs_backend, str(response._get_param("SourceArn")))  # noqa: SLF001
    limit = int(response._get_param("MaxResults") or 1)  # noqa: SLF001
    return ActionResult({"Results": vars(queue).get(_TASKS, [])[:limit]})


def _queue(backend: SQSBackend, arn: str) -> Queue:
    for queue in backend.queues.values():
        if queue.queue_arn == arn:
            return queue
    raise _Refused(
        "ResourceNotFoundException", "The resource that you specified for the SourceArn parameter doesn't exist."
    )


def _target(queue: Queue) -> str:
    policy = queue.redrive_policy or {}
    return str((json.loads(policy) if isinstance(policy, str) else policy).get("deadLetterTargetArn", ""))
