"""Recording applications, and disposing of them on their day: never while one of their contacts is held."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Protocol

from steward.clock import Clock, london_date
from steward.failures import AwsError, UnreadableRow
from steward.holds.requests import BadRequest
from steward.holds.signals.fields import moment, parse, section, text
from steward.ids import ContactId
from steward.retention.disposal import DisposalSwitch, Mode
from steward.retention.switch import SwitchUnread
from steward.rights.applications.register import Application, ApplicationId, stated
from steward.rights.ports import VersionConflict


class AnothersObject(Exception):
    """The object is another application's already: it would go on the day of whichever is older."""


class Applications(Protocol):
    """The register of applications."""

    def find(self, application: ApplicationId) -> Application | None:
        """Return an application (consistent read)."""

    def save(self, before: Application | None, after: Application, due_on: date) -> Application:
        """Store it; raise ``VersionConflict``, or ``AnothersObject`` where its object is."""

    def owner(self, key: str) -> str:
        """Return whose object that is; empty where nobody's, as of what was entered before objects had owners."""

    def due(self, today: date) -> Iterator[ApplicationId]:
        """Return every application whose day has come, longest ago first."""

    def enter_disposal(self, application: Application, versions: Sequence[str], on: date) -> None:
        """Write the ledger: these versions of its object are about to go."""


class Store(Protocol):
    """The store of applications."""

    def exists(self, key: str) -> bool:
        """Tell whether the object is there."""

    def versions(self, key: str) -> tuple[str, ...]:
        """Return the ids of every version and marker of that very key."""

    def is_kept(self, key: str, version: str) -> bool:
        """Tell whether a version is under legal hold, whoever put it there."""

    def keep(self, key: str, version: str, *, held: bool) -> None:
        """Put a version under legal hold, or lift it; a marker takes none."""

    def dispose(self, key: str, versions: Sequence[str]) -> int:
        """Delete these versions and return how many S3 refused."""


class Notices(Protocol):
    """The information team."""

    def refused(self, refusal: BadRequest) -> None:
        """Tell that something was refused, and why."""


@dataclass(frozen=True, kw_only=True)
class Recording:
    """Takes "Application Recorded" from the queue."""

    clock: Clock
    months: int
    applications: Applications
    store: Store
    notices: Notices

    def take(self, body: str, *, last: bool) -> None:
        """Enter an application, once. Raises ``BadRequest`` for what cannot be.

        Every message that is refused comes again, and the information team is told the ``last`` time: what was only
        early at first may be wrong by then, and is told all the same.
        """
        try:
            event = parse(body)
            at = moment(said, "time") if (said := text(event, "time")) else self.clock.now()
            self._enter(stated(section(event, "detail"), at))
        except BadRequest as refusal:
            if last:
                self.notices.refused(refusal)
            raise

    def _enter(self, application: Application) -> None:
        about = f"application {application.id}"
        known = self.applications.find(application.id)
        if known is not None:
            if (known.scheme, known.received_on, known.object_key) == (
                application.scheme,
                application.received_on,
                application.object_key,
            ):
                return
            raise BadRequest("application", "is on record already, as another one", about=about)
        if not self.store.exists(application.object_key):
            raise BadRequest("object_key", "names no object in the store of applications", about=about, final=False)
        try:
            self.applications.save(None, application, application.ends_on(self.months))
        except AnothersObject:
            raise BadRequest(
                "object_key", "is the object of another application; store this one under a key of its own", about=about
            ) from None


@dataclass
class Tally:
    """What a night came to: versions due, gone, refused by S3 and left; and applications that a hold kept."""

    scoped: int = 0
    done: int = 0
    failed: int = 0
    skipped: int = 0
    held: int = 0
    unseen: dict[ApplicationId, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Retiring:
    """Disposes of applications whose time is over."""

    clock: Clock
    months: int
    applications: Applications
    store: Store
    is_held: Callable[[ContactId], bool]
    switch: Callable[[], DisposalSwitch]

    def run(self, time_left: Callable[[], bool]) -> Tally:
        """Dispose of what is due; one that fails is counted and stops no other."""
        tally, today = Tally(), london_date(self.clock.now())
        for one in self.applications.due(today):
            if not time_left():
                tally.unseen[one] = "no time was left"
                continue
            try:
                found = self.applications.find(one)
                if found is not None and found.disposed_at is None:
                    self._see_to(found, today, tally)
            except (AwsError, VersionConflict, UnreadableRow) as problem:
                tally.unseen[one] = type(problem).__name__
        return tally

    def _see_to(self, application: Application, today: date, tally: Tally) -> None:
        ends_on = application.ends_on(self.months)
        if ends_on > today:
            # The policy keeps it for longer by now.
            self.applications.save(application, application, ends_on)
            return
        if self.applications.owner(application.object_key) not in ("", application.id):
            # Entered before objects had owners: what lies there now is another's, and goes on that one's day.
            self.applications.save(application, replace(application, disposed_at=self.clock.now()), ends_on)
            return
        versions = self.store.versions(application.object_key)
        tally.scoped += len(versions)
        if any(self.is_held(contact) for contact in application.contact_ids):
            tally.held += 1
            self._keep(application, versions, ends_on)
            return
        if not self._may(len(versions), tally):
            tally.skipped += len(versions)
            return
        if versions:
            # A run that died after the act finds none: its entry in the ledger stays as it is.
            self.applications.enter_disposal(application, versions, today)
        for version in versions if application.held else ():
            if version not in application.kept_by_others:
                self.store.keep(application.object_key, version, held=False)
        refused = self.store.dispose(application.object_key, versions)
        tally.done += len(versions) - refused
        tally.failed += refused
        if not refused:
            self.applications.save(application, replace(application, disposed_at=self.clock.now()), ends_on)

    def _keep(self, application: Application, versions: Sequence[str], ends_on: date) -> None:
        """Put it under legal hold, which keeps it from the store's own rule as well that stands behind this."""
        if not application.held:
            # Noted first: a legal hold that nobody knows of would never be lifted again. So is one that somebody else
            # put there: it is not ours to lift.
            others = tuple(one for one in versions if self.store.is_kept(application.object_key, one))
            self.applications.save(application, replace(application, held=True, kept_by_others=others), ends_on)
        for version in versions:
            self.store.keep(application.object_key, version, held=True)

    def _may(self, count: int, tally: Tally) -> bool:
        """Ask the switch before each one: it may be thrown while a run goes on."""
        try:
            switch = self.switch()
        except SwitchUnread:
            return False
        return switch.mode is Mode.ON and tally.done + tally.failed + count <= switch.limit
