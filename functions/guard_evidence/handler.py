"""Removes a held copy for break-glass, by a signed call; and tells what CloudTrail saw people do to evidence."""

from __future__ import annotations

import json
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.typing import LambdaContext

from steward.decisions.calls import Unreadable, body_of, caller
from steward.decisions.people import UnknownCaller
from steward.evidence import acts
from steward.holds.removing.breaking import Refused
from steward.holds.removing.erasing import NotGone
from steward.holds.wiring.breaking import parts
from steward.observability import count, logger, metrics

processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
PARTS = parts()


@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer ``status`` (``removed``, ``refused`` or ``not_gone``) and ``reason``; or which messages failed.

    A request through the Function URL is always in an envelope of Lambda's own: what its sender wrote is in ``body``.
    """
    if "requestContext" not in event:
        return dict(process_partial_response(event=event, record_handler=_told, processor=processor, context=context))
    status, reason = _removed(event)
    count("GlassBroken" if status == "removed" else "GlassHeld")
    logger.warning("break-glass", extra={"status": status, "reason": reason})
    return {
        "statusCode": 200,
        "headers": {"content-type": "application/json"},
        "body": json.dumps({"status": status, "reason": reason}),
    }


def _removed(event: dict[str, Any]) -> tuple[str, str]:
    try:
        by = caller(event, account=PARTS.account, prefix=PARTS.prefix, permission_sets=PARTS.permission_sets)
        PARTS.breaking.remove(body_of(event), by)
    except UnknownCaller:
        return "refused", "role"
    except (Refused, Unreadable) as problem:
        return "refused", str(problem)
    except NotGone as problem:
        return "not_gone", str(problem)
    return "removed", ""


def _told(record: dict[str, Any]) -> None:
    PARTS.notices.act(acts.read(record["body"]))
    count("ActOnEvidence")
