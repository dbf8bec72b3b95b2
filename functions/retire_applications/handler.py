"""Every night: disposes of applications that are older than the policy keeps, from the day they were received on."""

from __future__ import annotations

from aws_lambda_powertools.utilities.typing import LambdaContext

from steward.observability import count, logger, metrics
from steward.rights.wiring.applications import retiring

LEAVE_MS = 60_000
"""What is left of the function's time when it stops; the next run goes on."""

nightly = retiring()


@metrics.log_metrics
def handler(_event: object, context: LambdaContext) -> None:
    """Run once and report in numbers."""
    tally = nightly.run(lambda: context.get_remaining_time_in_millis() > LEAVE_MS)
    for application, what in tally.unseen.items():
        logger.error("application not seen to", extra={"application": application, "what": what})
    count("Heartbeat")
    count("DisposalScoped", tally.scoped)
    count("DisposalDone", tally.done)
    count("DisposalFailed", tally.failed + len(tally.unseen))
    count("DisposalSkipped", tally.skipped)
    logger.info(
        "applications retired",
        extra={
            "scoped": tally.scoped,
            "done": tally.done,
            "failed": tally.failed,
            "skipped": tally.skipped,
            "held": tally.held,
            "unseen": len(tally.unseen),
        },
    )
