"""Every night, and before a restored table is used: has every erasure looked at again."""

from __future__ import annotations

from steward.clock import SystemClock
from steward.observability import count, logger, metrics
from steward.rights.wiring.erasing import replaying

nightly = replaying()


@metrics.log_metrics
def handler(event: object, _context: object) -> None:
    """Run once and report in numbers."""
    done = nightly.run(event, SystemClock().now())
    for request, what in done.failed.items():
        logger.error("erasure not looked at", extra={"request": request, "what": what})
    count("Heartbeat")
    count("ReplayFailed", len(done.failed))
    logger.info("erasures replayed", extra={"requests": done.requests, "failed": len(done.failed)})
