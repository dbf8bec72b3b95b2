"""Which look a night makes after an erasure, and how the erasure stands by what it found. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

import msgspec

from steward.rights.erasure.artefacts import CAME_BACK, Artefact, Erasure, ErasureStatus

NIGHTS: Final = timedelta(days=8)
"""So long everything is looked through again every night: Kinesis keeps what it could not deliver for seven days."""

LOOKS_BACK: Final = timedelta(days=2)
"""After that, every night, what was written since the last two."""


def since(erasure: Erasure, now: datetime) -> datetime | None:
    """Return since when what was written is read by a look that begins now; none: everything is.

    Everything for eight nights, and until a look that began on the last of them came to its end.
    """
    finished, looked_at = erasure.finished_at, erasure.looked_at
    if finished is None or now < finished + NIGHTS or waits(erasure):
        return None
    if looked_at is None or looked_at < finished + NIGHTS - timedelta(days=1):
        return None
    return min(now, looked_at + timedelta(days=1)) - LOOKS_BACK


def waits(erasure: Erasure) -> bool:
    """Tell whether something of an erasure is still to be done."""
    return any(one.unfinished for one in erasure.artefacts)


def answered(erasure: Erasure, asked_at: datetime | None) -> bool:
    """Tell whether a look that was asked for then has been made: Lambda and SQS may deliver it more than once."""
    looked_at = erasure.looked_at
    return asked_at is not None and looked_at is not None and looked_at >= asked_at


def ended(erasure: Erasure) -> ErasureStatus:
    """Return how an erasure ended, by what stands of it."""
    return ErasureStatus.DONE_IN_PART if waits(erasure) else ErasureStatus.DONE


def standing(artefacts: Iterable[Artefact]) -> str:
    """Return a digest of what waits; what came back and is going again is no news of the erasure."""
    waits = sorted((one.place, one.status) for one in artefacts if one.unfinished and one.ground != CAME_BACK)
    return hashlib.sha256(msgspec.json.encode(waits)).hexdigest()
