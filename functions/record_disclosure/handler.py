"""Works through what is said about disclosures: the gate, the decision, and the copy that is prepared.

What is refused is set aside at once, without what people typed; what fails comes back first, five times, and is then
set aside so that it can be sent again.
"""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.typing import LambdaContext

from steward.clock import SystemClock
from steward.holds.requests import BadRequest
from steward.holds.telling.setting_aside import without_free_text
from steward.names import ATTEMPTS
from steward.observability import count, logger, metrics
from steward.rights.disclosing.setting_aside import for_later
from steward.rights.wiring.disclosing import dead_letters, intake

processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
CLOCK = SystemClock()
taking, aside = intake(count), dead_letters()


def _handle(record: dict[str, Any]) -> None:
    attempt, body = int(record["attributes"]["ApproximateReceiveCount"]), record["body"]
    last, refused = attempt >= ATTEMPTS, False
    try:
        if attempt <= ATTEMPTS:
            taking.take(body, last=last)
            return
    except BadRequest as error:
        logger.error("an event about a disclosure was refused", extra={"field": error.field, "problem": error.problem})
        if not error.final and not last:
            raise
        refused = error.final
    except Exception as error:
        logger.warning("an event will be tried again", extra={"kind": type(error).__name__, "reason": str(error)})
        if not last:
            raise
    # Who is at risk, and whatever else was typed, does not lie in a queue. What is to be put right comes anew; of what
    # failed everything lies there that the register would have kept, so that it can go back.
    aside.put(without_free_text(body) if refused else for_later(body, CLOCK))


@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer which messages of the batch failed."""
    answer = process_partial_response(event=event, record_handler=_handle, processor=processor, context=context)
    return dict(answer)
