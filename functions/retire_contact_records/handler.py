"""Every night: dispose of the months of contact records that are older than the policy keeps."""

from __future__ import annotations

from functools import partial

from steward.clock import SystemClock
from steward.ids import RecordClass
from steward.observability import count, logger, metrics
from steward.policy import compiled
from steward.retention.adapters import RegisterLedger, S3Partitions
from steward.retention.contact_records import retire
from steward.retention.switch import read_switch
from steward.settings import required

months = compiled.load().retention[RecordClass.CONTACT_RECORD].months
partitions = S3Partitions(required("CONTACT_RECORD_BUCKET"))
ledger = RegisterLedger(required("REGISTER_TABLE"))
switch = partial(read_switch, required("DISPOSAL_SWITCH"))
clock = SystemClock()


class DisposalRefused(Exception):
    """S3 refused to delete some of what is due; the run ends in error so that somebody looks."""


def handler(_event: object, _context: object) -> None:
    """Run once and report in numbers."""
    tally = retire(partitions, ledger, switch, months=months, now=clock.now())
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
