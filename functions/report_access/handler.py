"""Every night: what the trail says of who read what the day before and on missed days, and for which request."""

from __future__ import annotations

from steward.access.reading.wiring import reporting
from steward.observability import count, logger, metrics

nightly = reporting()


@metrics.log_metrics
def handler(_event: object, _context: object) -> None:
    """Run once and report in numbers. What cannot be written ends the run in error: it is not taken for clean."""
    night = nightly.run()
    unexplained = sum(len(day.unexplained) for day in night.days)
    missing = sum(len(day.missing) for day in night.days) + len(night.not_shown)
    count("Heartbeat")
    count("AccessUnexplained", unexplained)
    count("AccessDayMissing", missing)
    logger.info(
        "reads reported",
        extra={
            "days": len(night.days),
            "reads": sum(len(day.entries) for day in night.days),
            "unexplained": unexplained,
            "missing": missing,
            "left": night.left,
        },
    )
