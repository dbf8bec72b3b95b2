"""Gives a link to an approved package, or to a copy for somebody else, by a signed call of its Function URL.

Who asks is what AWS states.
"""

from __future__ import annotations

import json
from typing import Any

from steward.decisions.calls import Unreadable, body_of, caller
from steward.decisions.people import UnknownCaller
from steward.observability import count, logger, metrics
from steward.rights.handing_over import Answer
from steward.rights.wiring.handing_over import parts

PARTS = parts()


@metrics.log_metrics
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer ``status`` (``given`` or ``refused``), ``reason``, ``link`` and how many links were given."""
    try:
        by = caller(event, account=PARTS.account, prefix=PARTS.prefix, permission_sets=PARTS.permission_sets)
        stated = body_of(event)
        answer = (PARTS.copies if "disclosure" in stated else PARTS.handing_over).give(stated, by)
    except UnknownCaller:
        answer = Answer(status="refused", reason="role")
    except Unreadable as problem:
        answer = Answer(status="refused", reason=str(problem))
    count(f"Link{answer.status.capitalize()}")
    logger.info("link", extra={"status": answer.status, "reason": answer.reason, "links": answer.count})
    body = {"status": answer.status, "reason": answer.reason, "link": answer.link, "count": answer.count}
    return {
        "statusCode": 200,
        "headers": {"content-type": "application/json", "cache-control": "no-store"},
        "body": json.dumps(body),
    }
