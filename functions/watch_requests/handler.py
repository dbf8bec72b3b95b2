"""Every night: sees to every request of a person that is not done with."""

from __future__ import annotations

from aws_lambda_powertools.utilities.typing import LambdaContext

from steward.observability import count, logger, metrics
from steward.rights.wiring.watching import watching

LEAVE_MS = 60_000
"""What is left of the function's time when it stops; the next run goes on."""

nightly = watching()


@metrics.log_metrics
def handler(_event: object, context: LambdaContext) -> None:
    """Run once and report in numbers."""
    tally = nightly.run(lambda: context.get_remaining_time_in_millis() > LEAVE_MS)
    for request, what in tally.failed.items():
        logger.error("request not seen to", extra={"request": request, "what": what})
    count("Heartbeat")
    count("RequestFailed", len(tally.failed))
    count("DeadlineNear", tally.near)
    count("DeadlineMissed", tally.missed)
    logger.info(
        "requests watched",
        extra={
            "requests": tally.requests,
            "near": tally.near,
            "missed": tally.missed,
            "chased": tally.chased,
            "searches": tally.searches,
            "removed": tally.removed,
            "skipped": tally.skipped,
            "failed": len(tally.failed),
        },
    )
