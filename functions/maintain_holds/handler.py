"""Every night: sees to every held contact for which something is due, and disposes of what nothing holds any more."""

from __future__ import annotations

from aws_lambda_powertools.utilities.typing import LambdaContext

from steward.holds.wiring.sweeping import sweep
from steward.observability import count, logger, metrics

LEAVE_MS = 60_000
"""What is left of the function's time when the sweep stops; the next run goes on from there."""

daily = sweep()


class SweepIncomplete(Exception):
    """Something could not be done; the run ends in error so that somebody looks."""


@metrics.log_metrics
def handler(_event: object, context: LambdaContext) -> None:
    """Run once and report in numbers."""
    tally = daily.run(lambda: context.get_remaining_time_in_millis() > LEAVE_MS)
    count("Heartbeat")
    count("DisposalScoped", tally.scoped)
    count("DisposalDone", tally.done)
    count("DisposalFailed", tally.failed)
    count("DisposalSkipped", tally.skipped)
    logger.info(
        "holds maintained",
        extra={
            "contacts": tally.contacts,
            "inspections": tally.inspections,
            "reminders": tally.reminders,
            "scoped": tally.scoped,
            "done": tally.done,
            "failed": tally.failed,
            "skipped": tally.skipped,
            "stale": tally.stale,
            "errors": tally.errors,
        },
    )
    if tally.failed or tally.errors:
        raise SweepIncomplete(f"{tally.failed} versions refused, {len(tally.errors)} contacts not seen to")
