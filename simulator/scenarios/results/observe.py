"""Watches a world while it runs and tells the timeline what happened in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from simulator.aws.account.account import EmbeddedAws
from simulator.aws.lambda_.invocation import Invocation, Outcome
from simulator.aws.time.ports import Event
from simulator.scenarios.results.collect import disposals_of, unmatched_of
from simulator.scenarios.results.nights import Nights
from simulator.scenarios.results.refusals import refusals_of
from simulator.scenarios.results.register import read_register
from simulator.scenarios.results.shapes import HoldState
from simulator.scenarios.results.timeline import Happening, Timeline

_WRITES: Final = frozenset(
    {"dynamodb.PutItem", "dynamodb.UpdateItem", "dynamodb.TransactWriteItems", "dynamodb.BatchWriteItem"}
)
_QUIET: Final = timedelta(minutes=1)
"""The register is read again when nothing has written to it for so long: once for a whole bulk of contacts."""


class Observer:
    """Notes what happens, some of it only when asked for the rows."""

    def __init__(self, world: EmbeddedAws, timeline: Timeline) -> None:
        self._world = world
        self._timeline = timeline
        self._stores = {bucket: store for store, bucket in world.names.buckets.items()}
        self._nights = Nights(world)
        self._holds: dict[tuple[str, str], HoldState] = {}
        self._is_going_to_look = False
        self._quiet_from = world.clock.now()
        world.functions.observers.append(self._invoked)
        world.router.observers.append(self._event)

    def rows(self) -> list[Happening]:
        """Return everything that has happened so far, in order."""
        self._look()
        complete = Timeline()
        disposals, pages = self._nights.old_pages(disposals_of(self._world, read_register(self._world)))
        for row in (*self._timeline.rows(), *self._nights.rows(), *pages, *refusals_of(self._world)):
            complete.add(row.at, row.kind, row.text, **row.details)
        for gone in disposals:
            text = f"{gone.key} is deleted from {gone.store} for good ({gone.cause})."
            complete.add(gone.at, "deleted", text, store=gone.store, key=gone.key, cause=gone.cause)
        for notice in self._world.notifications:
            text = f"{notice.topic} is told: {notice.subject}"
            complete.add(notice.at, "notification", text, topic=notice.topic, subject=notice.subject)
        for event in unmatched_of(self._world):
            text = f"{event.detail_type!r} of {event.source} on the {event.bus} bus matched no rule."
            where = {"bus": event.bus, "source": event.source, "detail_type": event.detail_type}
            complete.add(event.at, "unmatched", text, **where)
        for letter in self._world.dead_letters():
            text = f"A message lies in {letter.queue}."
            complete.add(self._world.clock.now(), "dead_letter", text, queue=letter.queue)
        return complete.rows()

    def _invoked(self, invocation: Invocation, outcome: Outcome) -> None:
        function = invocation.spec.short_name
        result = _result(outcome)
        if not self._nights.took(self._world.clock.now(), invocation, outcome):
            self._timeline.add(
                self._world.clock.now(),
                "invocation",
                f"{function} ran: {result}.",
                function=function,
                outcome=result,
                calls=sum(invocation.calls.values()),
            )
        if _WRITES & invocation.calls.keys():
            self._quiet_from = self._world.clock.now() + timedelta(seconds=outcome.elapsed) + _QUIET
            if not self._is_going_to_look:
                self._is_going_to_look = True
                self._world.agenda.at(self._quiet_from, self._look_when_quiet)

    def _look_when_quiet(self) -> None:
        if self._world.clock.now() < self._quiet_from:
            self._world.agenda.at(self._quiet_from, self._look_when_quiet)
            return
        self._is_going_to_look = False
        self._look()

    def _event(self, _: str, event: Event) -> None:
        detail: Mapping[str, Any] = event["detail"]
        if event["source"] == "aws.s3" and detail.get("deletion-type") == "Delete Marker Created":
            key, store = detail["object"]["key"], self._stores.get(detail["bucket"]["name"], detail["bucket"]["name"])
            text = f"{key} in {store} is hidden: {detail['reason']}."
            self._timeline.add(self._world.clock.now(), "hidden", text, store=store, key=key, reason=detail["reason"])

    def _look(self) -> None:
        for hold in read_register(self._world).holds:
            before = self._holds.get((hold.case, hold.contact_id))
            if before != hold:
                self._holds[hold.case, hold.contact_id] = hold
                self._timeline.add(
                    self._world.clock.now(),
                    "hold",
                    _told(hold),
                    case=hold.case,
                    contact_id=hold.contact_id,
                    status=hold.status,
                    hold_until=None if hold.open_ended else hold.hold_until,
                    open_ended=hold.open_ended,
                    artefacts=len(hold.artefacts),
                    missing=[missing.why for missing in hold.missing],
                )


def _result(outcome: Outcome) -> str:
    if outcome.error is not None:
        return outcome.error.error_type
    failures = outcome.response.get("batchItemFailures") if isinstance(outcome.response, dict) else None
    return f"{len(failures)} to be tried again" if failures else "done"


def _told(hold: HoldState) -> str:
    until = "until the case is closed" if hold.open_ended else f"until {hold.hold_until:%Y-%m-%dT%H:%MZ}"
    missing = f", {len(hold.missing)} missing" if hold.missing else ""
    artefacts = len(hold.artefacts)
    return f"{hold.case}, contact {hold.contact_id}: {hold.status} {until}, {artefacts} artefacts{missing}."
