"""Every night: dispose of the months of contact records that are older than the policy keeps."""

from __future__ import annotations

from steward.observability import count, logger, metrics
from steward.retention.wiring.retiring import retiring, set_aside

retire, lost = retiring(), set_aside()


class DisposalRefused(Exception):
    """S3 refused to delete some of what is due; the run ends in error so that somebody looks."""


def handler(_event: object, _context: object) -> None:
    """Run once and report in numbers.

    Raises DisposalRefused where S3 kept something, so that Lambda runs it again and the failed run is set aside.
    """
    tally = retire()
    count("RecordsSetAside", lost())
    count("Heartbeat")
    count("DisposalScoped", tally.scoped)
    count("DisposalDone", tally.done)
    count("DisposalFailed", tally.failed)
    count("DisposalSkipped", tally.skipped)
    metrics.flush_metrics()
    logger.info(
        "contact records retired",
        extra={"scoped": tally.scoped, "done": tally.done, "failed": tally.failed, "skipped": tally.skipped},
    )
    if tally.failed:
        raise DisposalRefused(f"{tally.failed} of {tally.scoped} versions that are due could not be deleted")
