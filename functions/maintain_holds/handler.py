"""Every night: sees to every held contact for which something is due, and disposes of what nothing holds any more."""

from __future__ import annotations

from aws_lambda_powertools.utilities.typing import LambdaContext

from steward.holds.wiring.sweeping import sweep
from steward.observability import count, logger, metrics

LEAVE_MS = 60_000
"""What is left of the function's time when the sweep stops; the next run goes on from there."""

daily = sweep()


class SweepIncomplete(Exception):
    """Something is left that a run a minute later may well do; Lambda repeats a run that ends so, twice."""


@metrics.log_metrics
def handler(_event: object, context: LambdaContext) -> None:
    """Run once and report in numbers.

    Raises SweepIncomplete where another run soon is worth while, so that Lambda runs it again.
    """
    tally = daily.run(lambda: context.get_remaining_time_in_millis() > LEAVE_MS)
    for contact_id, what in (tally.contacts_failed | tally.refused).items():
        logger.error("contact not seen to", extra={"contact_id": contact_id, "what": what})
    if not tally.errors:
        count("Heartbeat")
    for entry in tally.unconfirmed:
        logger.error("disposal not confirmed", extra={"entry": entry})
    count("ContactFailed", len(tally.contacts_failed))
    count("DisposalUnconfirmed", len(tally.unconfirmed))
    count("DisposalScoped", tally.scoped)
    count("DisposalDone", tally.done)
    count("DisposalFailed", tally.failed)
    count("DisposalSkipped", tally.skipped)
    logger.info(
        "holds maintained",
        extra={
            "contacts": tally.contacts,
            "contacts_failed": len(tally.contacts_failed),
            "inspections": tally.inspections,
            "reminders": tally.reminders,
            "scoped": tally.scoped,
            "done": tally.done,
            "failed": tally.failed,
            "skipped": tally.skipped,
            "errors": tally.errors,
        },
    )
    if tally.errors or tally.passing:
        raise SweepIncomplete(f"{len(tally.errors)} errors, {tally.passing} contacts to be tried again")
