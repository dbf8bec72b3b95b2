"""Shows what was set aside without a value in it, and puts it back unchanged. Nobody else may send to these queues."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from steward.observability import count, logger, metrics
from steward.set_aside.handling import NoSuchMessage, NoWayBack, Shown, UnknownQueue
from steward.set_aside.wiring import set_aside

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

aside = set_aside()


@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001 - Lambda's signature
    """Do what ``operation`` says with ``queue``, by its readable name such as ``hold-requests``.

    ``counts`` answers how many messages are set aside in each of the ``queues``; ``look`` the ``messages`` of one;
    ``one`` puts back the message ``id``; ``discard`` does away with it; ``all`` lets SQS move every one, and with
    ``dry_run`` only counts. ``status`` is ``shown``, ``moving``, ``nothing``, ``put_back`` or ``discarded``; or it is
    ``refused``, by the ``reason`` ``queue`` (``queues`` are those that there are), ``id``, ``no_way_back`` or
    ``operation``.
    """
    queue, message_id = str(event.get("queue", "")), str(event.get("id", ""))
    operation = str(event.get("operation", "all"))
    try:
        answer = _answer(operation, queue, message_id, dry_run=bool(event.get("dry_run")))
    except UnknownQueue:
        return {"status": "refused", "reason": "queue", "queues": sorted(aside.queues.names())}
    except NoSuchMessage:
        return {"status": "refused", "reason": "id"}
    except NoWayBack:
        return {"status": "refused", "reason": "no_way_back"}
    if answer["status"] != "refused":
        logger.info("set aside", extra={"queue": queue, "operation": operation, "status": answer["status"]})
    return answer


def _answer(operation: str, queue: str, message_id: str, *, dry_run: bool) -> dict[str, Any]:
    match operation:
        case "counts":
            return {"status": "shown", "queues": dict(aside.counts())}
        case "look":
            waiting = aside.queues.waiting(queue)
            return {"status": "shown", "waiting": waiting, "messages": [_told(one) for one in aside.look(queue)]}
        case "one":
            shown = aside.put_back(queue, message_id)
            count("Redriven")
            return {"status": "put_back", "messages": [_told(shown)]}
        case "discard":
            shown = aside.discard(queue, message_id)
            count("DeadLetterDiscarded")
            return {"status": "discarded", "messages": [_told(shown)]}
        case "all":
            return _all(queue, dry_run=dry_run)
        case _:
            return {"status": "refused", "reason": "operation"}


def _all(queue: str, *, dry_run: bool) -> dict[str, Any]:
    waiting = aside.queues.waiting(queue)
    if not waiting:
        return {"status": "nothing", "waiting": 0}
    if not dry_run:
        aside.queues.move_all(queue)
        count("Redriven", waiting)
    return {"status": "moving", "waiting": waiting}


def _told(shown: Shown) -> dict[str, Any]:
    return {
        "id": shown.id,
        "sent_at": shown.sent_at.isoformat(timespec="seconds"),
        "kind": shown.content.kind,
        "fields": list(shown.content.fields),
        "others": shown.content.others,
    }
