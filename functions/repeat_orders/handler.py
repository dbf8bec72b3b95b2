"""Every night: orders again what two people approved and nobody carried out, because the order was lost."""

from __future__ import annotations

from steward.holds.wiring.repeating import repeating
from steward.observability import count, logger, metrics

nightly = repeating()


class OrdersIncomplete(Exception):
    """Something could not be looked at or ordered; Lambda repeats a run that ends so, twice."""


@metrics.log_metrics
def handler(_event: object, _context: object) -> None:
    """Run once and report in numbers; raises ``OrdersIncomplete`` after everything else was seen to."""
    done = nightly.run()
    for about, what in done.failed.items():
        logger.error("not ordered again", extra={"about": about, "what": what})
    if not done.failed:
        count("Heartbeat")
    count("OrderRepeated", done.ordered)
    logger.info("orders looked at", extra={"seen": done.seen, "ordered": done.ordered, "failed": len(done.failed)})
    if done.failed:
        raise OrdersIncomplete(f"{len(done.failed)} could not be seen to")
