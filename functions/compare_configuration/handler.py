"""Every night: compares what is live with what was written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from steward.configuration.wiring import comparing
from steward.observability import count, logger, metrics

nightly = comparing()


@metrics.log_metrics
def handler(event: object, _context: object) -> dict[str, Any]:
    """Compare everything and answer what is open; ``{"on_demand": true}`` is no sign of life of the schedule.

    Raises ``AwsError`` where the stacks, the register or a mail fails, so that Lambda tries again.
    """
    compared = nightly.run()
    if not compared.postponed:
        if not (isinstance(event, Mapping) and event.get("on_demand")):
            count("Heartbeat")
        count("ConfigurationDiffers", compared.opened)
        count("ConfigurationNotShown", len(compared.not_shown))
    for one in compared.not_shown:
        logger.warning("not shown", extra={"setting": one.id, "why": one.why})
    logger.info(
        "compared",
        extra={
            "postponed": compared.postponed,
            "settings": compared.settings,
            "reads": compared.reads,
            "opened": compared.opened,
            "closed": compared.closed,
            "open": len(compared.findings),
            "not_shown": len(compared.not_shown),
        },
    )
    return compared.answer()
