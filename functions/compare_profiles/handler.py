"""Every night: compares the instance's security profiles with those that the policy lets listen."""

from __future__ import annotations

from steward.access.wiring import comparing
from steward.observability import count, logger, metrics

nightly = comparing()


@metrics.log_metrics
def handler(_event: object, _context: object) -> None:
    """Run once and report in numbers. What cannot be read ends the run in error: it is not taken for clean."""
    compared = nightly.run()
    count("Heartbeat")
    count("ProfileMayListen", len(compared.unexpected))
    for one in compared.unexpected:
        logger.error("a profile lets people listen", extra={"profile": one.name, "permissions": one.listening})
    logger.info("profiles compared", extra={"profiles": compared.profiles, "unexpected": len(compared.unexpected)})
