"""Every night: sees to every disclosure that is not done with."""

from __future__ import annotations

from aws_lambda_powertools.utilities.typing import LambdaContext

from steward.observability import count, logger, metrics
from steward.rights.wiring.disclosing import watching

LEAVE_MS = 60_000
"""What is left of the function's time when it stops; the next run goes on."""

nightly = watching()


@metrics.log_metrics
def handler(_event: object, context: LambdaContext) -> None:
    """Run once and report in numbers."""
    tally = nightly.run(lambda: context.get_remaining_time_in_millis() > LEAVE_MS)
    for disclosure, what in tally.failed.items():
        logger.error("disclosure not seen to", extra={"disclosure": disclosure, "what": what})
    count("Heartbeat")
    count("DisclosureFailed", len(tally.failed))
    count("EmergencyPapersOverdue", tally.papers_overdue)
    logger.info(
        "disclosures watched",
        extra={
            "disclosures": tally.disclosures,
            "papers_overdue": tally.papers_overdue,
            "reviews": tally.reviews,
            "undecided": tally.undecided,
            "removed": tally.removed,
            "skipped": tally.skipped,
            "failed": len(tally.failed),
        },
    )
