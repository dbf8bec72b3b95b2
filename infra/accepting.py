"""Differences from what was deployed that a council accepts for a while (docs/drift.md)."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MOST: Final = 8
"""With all of them at their longest the function's environment stays below Lambda's 4 KB.

https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html ("Environment variables")
"""
LONGEST: Final = 160
"""Bytes of a finding's id, and of a reason as JSON has it."""
LONGEST_TIME: Final = timedelta(days=366)
"""What is accepted without an end that somebody lives to see is a change of the promise, and is to be deployed: a year
brings each exception before the data protection officer again, as a retention schedule is looked at every year."""

_FINDING: Final = re.compile(r"[A-Za-z0-9-]+/[A-Za-z0-9]+/[A-Za-z ]+")


class AcceptedDifference(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A finding that is as it should be for a while."""

    until: date
    """The last day, in London, on which it counts; at most twelve months ahead."""
    why: str
    """The reason, in a sentence that names no person."""


def problems_of_accepted(accepted: Mapping[str, AcceptedDifference], today: date) -> Iterator[str]:
    """Yield one line for each wrong entry. One that has ended is none: it stops no deployment."""
    field = "accepted_differences"
    if len(accepted) > MOST:
        yield f"{field}: {len(accepted)} are named, and {MOST} at most can be; deploy what is to stay"
    for finding, one in accepted.items():
        if len(finding) > LONGEST or not _FINDING.fullmatch(finding):
            yield f"{field}: `{finding[:LONGEST]}` is not a finding's id as `steward drift` shows it"
            continue
        if not one.why.strip():
            yield f"{field}: `{finding}` needs its reason in `why`"
        elif len(json.dumps(one.why, ensure_ascii=False).encode()) - 2 > LONGEST:
            yield (
                f"{field}: the `why` of `{finding}` is longer than {LONGEST} letters"
                " (one with an accent and a quotation mark count twice)"
            )
        if one.until > today + LONGEST_TIME:
            yield f"{field}: `{finding}` ends on {one.until}, more than twelve months ahead"


def as_variable(accepted: Mapping[str, AcceptedDifference]) -> str:
    """Return them as ``compare_configuration`` reads them."""
    entries = [
        {"finding": finding, "until": one.until.isoformat(), "why": one.why}
        for finding, one in sorted(accepted.items())
    ]
    return json.dumps(entries, ensure_ascii=False, separators=(",", ":"))
