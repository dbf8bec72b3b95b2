"""Every night, and within minutes of a change: compares what is live with what was written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from steward.configuration.wiring import comparing
from steward.observability import count, logger, metrics

nightly = comparing()


@metrics.log_metrics
def handler(event: object, _context: object) -> dict[str, Any]:
    """Compare everything and answer what is open; only a run of the schedule is its sign of life.

    Messages of changes are compared all at once, whatever they say. While a deployment is under way they stay in the
    queue and come again: what it changes is no difference, and what somebody else changed meanwhile may be one.

    Raises ``AwsError`` where the stacks, the register or a mail fails, so that Lambda tries again.
    """
    compared = nightly.run()
    asked = event if isinstance(event, Mapping) else {}
    if not compared.postponed:
        if not asked.get("on_demand") and "Records" not in asked:
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
    if "Records" in asked:
        left = asked["Records"] if compared.postponed else []
        return {"batchItemFailures": [{"itemIdentifier": one["messageId"]} for one in left]}
    return compared.answer()
