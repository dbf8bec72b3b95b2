"""What is being recorded of each contact, and what was silenced.

Source: SuspendContactRecording, ResumeContactRecording, StartContactRecording and StopContactRecording in the API
reference. A suspended recording goes on, as silence; starting and stopping happen once. AWS does not say what
suspending twice answers: here it is an error unless ``forgiving``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from simulator.aws.connect.errors import invalid_parameter, invalid_request

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

TYPES = ("AGENT", "IVR", "SCREEN")
_VOICE = frozenset({"AGENT", "IVR"})
_RECORDING, _SUSPENDED = "recording", "suspended"


@dataclass(slots=True)
class Interval:
    """A stretch of one recording; ``end`` is ``None`` while it lasts."""

    start: datetime
    state: str
    end: datetime | None = None


@dataclass(slots=True)
class Recording:
    """One type of recording of one contact."""

    intervals: list[Interval] = field(default_factory=list)
    stopped: bool = False

    @property
    def state(self) -> str | None:
        """``recording``, ``suspended``, or ``None`` when it is off."""
        last = self.intervals[-1] if self.intervals else None
        return last.state if last and last.end is None else None

    def change(self, state: str | None, now: datetime) -> None:
        """Go over to a state. Time never runs backwards within a recording, and what lasted no time is left out."""
        if self.state == state:
            return
        if self.state is not None:
            last = self.intervals[-1]
            now = max(now, last.start)
            last.end = now
            if last.start == now:
                self.intervals.pop()
        if state is not None:
            self._open(state, now)

    def _open(self, state: str, now: datetime) -> None:
        before = self.intervals[-1] if self.intervals else None
        if before and before.end == now and before.state == state:
            before.end = None
            return
        self.intervals.append(Interval(now, state))


class Recordings:
    """The recordings of an instance."""

    def __init__(self, *, forgiving: bool) -> None:
        """Start with none; if ``forgiving``, suspending or resuming again succeeds without effect."""
        self.forgiving = forgiving
        self._recordings: dict[tuple[str, str], Recording] = {}

    def switch(self, contact_id: str, types: Iterable[str], now: datetime, *, on: bool) -> None:
        """Begin or end recordings, as flows and hanging up do."""
        for kind in types:
            recording = self._recordings.setdefault((contact_id, kind), Recording())
            if not on:
                recording.change(None, now)
            elif recording.state is None:
                recording.change(_RECORDING, now)

    def end(self, contact_id: str, now: datetime) -> None:
        """End every recording of a contact that ended."""
        self.switch(contact_id, self._running(contact_id), now, on=False)

    def state_of(self, contact_id: str, kind: str) -> str | None:
        """Return ``recording``, ``suspended`` or ``None``."""
        recording = self._recordings.get((contact_id, kind))
        return recording.state if recording else None

    def suspend(self, contact_id: str, kind: str | None, now: datetime) -> None:
        """Silence one type, or all that are on. Raises InvalidRequestException."""
        self._change(contact_id, kind, now, before=_RECORDING, after=_SUSPENDED)

    def resume(self, contact_id: str, kind: str | None, now: datetime) -> None:
        """Record again. Raises InvalidRequestException."""
        self._change(contact_id, kind, now, before=_SUSPENDED, after=_RECORDING)

    def start(self, contact_id: str, tracks: Mapping[str, Any], now: datetime) -> None:
        """Start voice recording once. Raises InvalidParameterException and InvalidRequestException."""
        chosen = [name for name in ("VoiceRecordingTrack", "IvrRecordingTrack") if tracks.get(name)]
        if len(chosen) != 1:
            raise invalid_parameter("Exactly one of VoiceRecordingTrack and IvrRecordingTrack is needed")
        kind = "AGENT" if chosen == ["VoiceRecordingTrack"] else "IVR"
        recording = self._recordings.setdefault((contact_id, kind), Recording())
        if recording.stopped:
            raise invalid_request(f"The {kind} recording of the contact was stopped and cannot be started again")
        if recording.state is not None:
            raise invalid_request(f"The {kind} recording of the contact is on already")
        recording.change(_RECORDING, now)

    def stop(self, contact_id: str, kind: str | None, now: datetime) -> None:
        """Stop voice recording for good. Raises InvalidRequestException."""
        if kind == "SCREEN":
            raise invalid_request("Only voice recordings can be stopped")
        running = [name for name in self._running(contact_id) if name in _VOICE and kind in {None, name}]
        if not running:
            raise invalid_request("The contact is not being recorded")
        for name in running:
            recording = self._recordings[contact_id, name]
            recording.change(None, now)
            recording.stopped = True

    def _change(self, contact_id: str, kind: str | None, now: datetime, *, before: str, after: str) -> None:
        running = self._running(contact_id)
        chosen = running if kind is None else [name for name in running if name == kind]
        if not chosen:
            raise invalid_request(f"The contact has no {kind or 'running'} recording")
        ready = [name for name in chosen if self.state_of(contact_id, name) == before]
        if not ready and not self.forgiving:
            raise invalid_request(f"The recording of the contact is {after} already")
        for name in ready:
            self._recordings[contact_id, name].change(after, now)

    def _running(self, contact_id: str) -> list[str]:
        return [kind for kind in TYPES if self.state_of(contact_id, kind) is not None]

    def state(self) -> list[dict[str, Any]]:
        """Return every recording that there ever was, with its intervals.

        Times are ISO 8601; ``to`` is ``None`` while an interval lasts.
        """
        return [
            {
                "contact_id": contact_id,
                "type": kind,
                "intervals": [
                    {
                        "from": interval.start.isoformat(),
                        "to": interval.end.isoformat() if interval.end else None,
                        "state": interval.state,
                    }
                    for interval in recording.intervals
                ],
            }
            for (contact_id, kind), recording in sorted(self._recordings.items())
            if recording.intervals
        ]
