"""Every night the register as a page; on the first of each month what is held, whether holds are whole and so on.

It is the one function that may use the key of the statements, so it signs packs too, when it is asked.
"""

from __future__ import annotations

from collections.abc import Mapping

from aws_lambda_powertools.utilities.typing import LambdaContext

from steward.evidence.packs import REQUEST, BadPackRequest, manifest_of
from steward.evidence.wiring import nights, packs, statements
from steward.observability import count, logger, metrics

monthly = statements()
nightly = nights()
archives = packs()


@metrics.log_metrics
def handler(event: object, _context: LambdaContext) -> dict[str, str]:
    """Make last month's statement, or with ``{"on_demand": true}`` one of this month so far, and say where it lies.

    With ``{"sign_pack": DIGEST}`` sign the manifest of a pack, and do nothing else.
    On its daily run it writes the register of the night too, whatever becomes of the statement. Raises NotSealed where
    a statement was made and could not be signed or stored, so that Lambda tries again: what has no signature is no
    statement; and AwsError where the register or the evidence store could not be reached, or a mail to the officer
    could not be sent, which is tried again too, and every day.
    """
    if isinstance(event, Mapping) and REQUEST in event:
        return _pack(event)
    asked = isinstance(event, Mapping) and event.get("on_demand") is True
    try:
        return _statement(on_demand=asked)
    finally:
        if not asked:
            logger.info("register written", extra={"key": nightly.write()})


def _statement(*, on_demand: bool) -> dict[str, str]:
    made = monthly.make(on_demand=on_demand)
    count("Heartbeat")
    count("StatementUntrue", made.untrue)
    count("StatementNotShown", made.not_shown)
    logger.info(
        "statement made",
        extra={
            "key": made.key,
            "new": made.new,
            "exceptions": made.exceptions,
            "untrue": made.untrue,
            "not_shown": made.not_shown,
        },
    )
    monthly.tell(made)
    return {"key": made.key, "status": "made" if made.new else "there" if made.key else "nothing yet"}


def _pack(request: Mapping[object, object]) -> dict[str, str]:
    """Answer with the envelope. What is wrong with the request is an answer too: trying again would change nothing."""
    try:
        digest = manifest_of(request)
    except BadPackRequest as problem:
        return {"status": "refused", "why": str(problem)}
    sealed = archives.sign(digest)
    logger.info("pack signed", extra={"key": sealed.key, "new": sealed.new})
    return {
        "status": "signed" if sealed.new else "there",
        "key": sealed.key,
        "envelope": sealed.envelope.decode(),
    }
