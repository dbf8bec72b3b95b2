"""An application: its scheme, its date and where it lies. The end of its time follows from the date. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NewType

from steward.clock import london_date
from steward.holds import requests
from steward.holds.requests import BadRequest
from steward.holds.signals.fields import get, text
from steward.ids import ContactId
from steward.retention.months import add_months
from steward.rights.commands import LONGEST_FILE, word

ApplicationId = NewType("ApplicationId", str)
"""The council's own reference of an application."""

MOST_CONTACTS = 50


@dataclass(frozen=True, kw_only=True)
class Application:
    """One application. The calls about it keep their own period."""

    id: ApplicationId
    scheme: str
    received_on: date
    contact_ids: tuple[ContactId, ...]
    object_key: str
    recorded_at: datetime
    held: bool = False
    """Whether its time was over and a hold of one of its contacts kept it."""
    kept_by_others: tuple[str, ...] = ()
    """Versions of the object that were under legal hold before steward held them: S3 refuses to delete these."""
    disposed_at: datetime | None = None
    version: int = 0

    def ends_on(self, months: int) -> date:
        """Return the London date on which it goes: that many months after the application, whatever became of it."""
        return add_months(self.received_on, months)


def stated(detail: Mapping[str, Any], at: datetime) -> Application:
    """Return the application that an "Application Recorded" states, put at that moment; raise ``BadRequest``."""
    reference = ApplicationId(requests.case_ref(text(detail, "application", needed=True), "application"))
    with requests.concerning(f"application {reference}"):
        key = text(detail, "object_key", needed=True).strip()
        if not key or not key.isprintable() or key.startswith("/") or len(key) > LONGEST_FILE:
            raise BadRequest("object_key", "must be the key of an object in the store of applications")
        return Application(
            id=reference,
            scheme=word(detail, "scheme", needed=True),
            received_on=requests.calendar_date(
                text(detail, "received_on", needed=True), "received_on", london_date(at)
            ),
            contact_ids=_contacts(detail),
            object_key=key,
            recorded_at=at,
        )


def _contacts(detail: Mapping[str, Any]) -> tuple[ContactId, ...]:
    named = get(detail, "contact_ids")
    if named is None:
        return ()
    if not isinstance(named, list) or not all(isinstance(one, str) for one in named) or len(named) > MOST_CONTACTS:
        raise BadRequest("contact_ids", f"must be a list of at most {MOST_CONTACTS} contact ids")
    return tuple(dict.fromkeys(requests.contact_id(one, "contact_ids") for one in named))
