"""Puts back into its queue what was set aside, unchanged, by SQS's own redrive. Nobody else may send there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from steward.aws.redrive import UnknownQueue, redriving
from steward.observability import count, logger, metrics

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

redrive = redriving()


@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001 - Lambda's signature
    """Answer ``status`` (``moving``, ``nothing`` or ``refused``) and how many ``messages`` there are.

    ``queue`` of the event is a queue's readable name, such as ``hold-requests``; ``dry_run`` only counts. One that is
    none is refused, with the names of those that there are in ``queues``.
    """
    try:
        waiting = redrive.waiting(str(event.get("queue", "")))
        if waiting and not event.get("dry_run"):
            redrive.start(str(event["queue"]))
    except UnknownQueue:
        return {"status": "refused", "messages": 0, "queues": sorted(redrive.dead_letters)}
    count("Redriven", 0 if event.get("dry_run") else waiting)
    logger.info("redrive", extra={"queue": event["queue"], "messages": waiting, "dry_run": bool(event.get("dry_run"))})
    return {"status": "moving" if waiting else "nothing", "messages": waiting}
