"""Every morning: counts the records that arrived of the contacts that ended the day before."""

from __future__ import annotations

from typing import Final

from steward.arrivals.counting import NotCompared
from steward.arrivals.wiring import counting
from steward.observability import count, logger, metrics

NAMED: Final = 20
"""So many of the contacts without a record are named in the log; Connect's own search shows the others."""

yesterday = counting()


@metrics.log_metrics
def handler(_event: object, _context: object) -> dict[str, object]:
    """Run once, and report and answer in numbers.

    A day that cannot be compared counts nothing but the run itself. What cannot be read ends the run in error: it is
    not taken for complete.
    """
    counted = yesterday()
    count("Heartbeat")
    if isinstance(counted, NotCompared):
        answer: dict[str, object] = {"compared": False, "because": counted.value}
        logger.info("contact records not compared", extra=answer)
        return answer
    count("ContactsEnded", counted.contacts)
    count("RecordsArrived", counted.records)
    count("RecordsMissing", len(counted.missing))
    answer = {
        "compared": True,
        "contacts": counted.contacts,
        "records": counted.records,
        "unreadable": counted.unreadable,
    }
    logger.info("contact records counted", extra={**answer, "missing": counted.missing[:NAMED]})
    return answer
