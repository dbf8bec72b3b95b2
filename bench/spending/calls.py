"""Group 1: calls and cost of a contact, by what happens to it, from the embedded AWS."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bench import stories
from bench.figures import Figure, Kind
from bench.spending.cost import Bill, bill, prices
from bench.spending.recorder import Invocation, Recorder, Spent
from simulator.aws.account.account import EmbeddedAws
from simulator.aws.account.start import embedded_aws
from simulator.aws.lambda_.invocation import FunctionSpec

GROUP = "calls"
FLAGGED = {1: 12, 3: 18, 12: 45}
"""The most calls of a flag, by its artefacts beside the contact record, which is copied too."""
_LIVES = {2: 190, 3: 200}
"""The bounds of a hold's whole life, by its artefacts; a million contacts are flagged with the last."""
MILLION = 1_000_000
_RIVAL = Path(__file__).with_name("per_contact")
_COMPARISON = "compare_configuration"
_OF_ALL_TOGETHER = frozenset({_COMPARISON, "write_statement"})
"""Daily jobs that read and write as much for one hold as for a thousand: they are counted apart from a hold's life."""
_DAILY = _OF_ALL_TOGETHER | frozenset(
    {
        "count_contact_records",
        "guard_payments",
        "maintain_holds",
        "repeat_orders",
        "replay_erasures",
        "retire_contact_records",
        "watch_disclosures",
        "watch_requests",
    }
)
_ORDINARY = 20
_SOON = timedelta(minutes=5)
_GRACE = timedelta(days=9)
"""A released hold is let go by the nightly run after its days of grace."""
_SETTLED = timedelta(days=3)
"""By then a hold's copies have been looked at again for the last time but the daily round."""
_HELD = timedelta(days=580)
"""Eighteen months and some days: by then a complaint's copies are gone."""
_LIFE = timedelta(days=190)
"""An ordinary call's life under the default policy: six months, then lifecycle."""


@contextmanager
def _without_comparisons() -> Iterator[EmbeddedAws]:
    """Yield a world in which nobody compares settings every night.

    That costs the same whatever is held, and takes most of the time that months of nights take here.
    """
    with embedded_aws(stories.assembly(), stories.START) as world:
        world.functions.passes_over = lambda name, _: name == _COMPARISON
        yield world


class CallsAndCost:
    """Plays each story once; ``busiest`` keeps for the group "warm" what the functions were asked."""

    def __init__(self) -> None:
        self.busiest: dict[str, Invocation] = {}
        self.services: dict[str, list[str]] = {}
        """The services that each function was seen to call."""
        self.bills: dict[str, Bill] = {}
        """What a million contacts cost, part by part, and the tagging of the per-contact design."""
        self._memory: dict[str, int] = {}

    def figures(self, say: Callable[[str], None]) -> Iterator[Figure]:
        """Yield the figures of the group."""
        say("ordinary contacts through their whole life")
        ordinary, events = self._ordinary()
        yield _count("ordinary contact, invocations", sum(ordinary.invocations.values()), 0)
        yield _calls("ordinary contact, calls", _without_nights(ordinary), 0)
        yield _calls(f"{_ORDINARY} ordinary contacts, calls of the daily jobs in all their months", _nights(ordinary))
        yield _count("ordinary contact, S3 events on EventBridge", events["recording"], 0)
        yield _count("ordinary contact with two analyses, S3 events on EventBridge", events["analysed"], 0)
        say("holds, texts and payments")
        yield from self._flags()
        with embedded_aws(stories.assembly(), stories.START) as world:
            self._memory = {spec.short_name: spec.memory for spec in world.functions}
            recorder = Recorder(world, self.busiest)
            with recorder.keeping_invocations():
                yield from self._holds(recorder)
                consent, text, status = self._text(recorder)
                yield _calls("consent, calls", consent, 2)
                yield _calls("text, calls", text, 4)
                yield _calls("text, calls on what became of it", status)
                pause, resume, watch = self._payment(recorder)
                yield _calls("pause, calls", pause, 6)
                yield _calls("pause of a caller alone with the menu, calls", self._pause(recorder, 401, "IVR"), 6)
                yield _calls("resume, calls", resume)
                yield _calls("payment, calls of the watch over it", watch)
                self._one_more_night(world)
            self.services = {
                name: sorted({call.partition(".")[0] for call in calls if "." in call})
                for name, calls in world.calls.items()
            }
        say("holds through their whole life")
        for artefacts, bound in _LIVES.items():
            lived = self._whole_hold(artefacts)
            whole_hold = _only(lived, lived.by_function.keys() - _OF_ALL_TOGETHER)
            name = f"flagged contact with {artefacts} artefacts and its record, calls until they are disposed of"
            yield _calls(name, whole_hold, bound)
        yield _calls("the nightly page of the register in that time, calls", _only(lived, _OF_ALL_TOGETHER))
        rival = self._rival()
        yield _calls("per-contact design, ordinary contact, calls", rival)
        mix = prices()["mix"]
        holds = self._bill(whole_hold, messages=whole_hold.invocations["place_hold"]).times(mix["flagged"] * MILLION)
        texts = self._bill(consent, text, status, messages=2).times(mix["texted"] * MILLION)
        payments = self._bill(pause, resume, watch, messages=1).times(mix["paying"] * MILLION)
        own = holds.plus(texts).plus(payments)
        yield Figure(GROUP, "cost of a million contacts, functions and calls", own.total, Kind.RATIO, 20.0, _lines(own))
        recorded, analysed = (own.plus(_per_contact(number)) for number in (events["recording"], events["analysed"]))
        yield Figure(
            GROUP,
            "cost of a million contacts, all in: one recording each",
            recorded.total,
            Kind.RATIO,
            10.0,
            _lines(_per_contact(events["recording"])),
        )
        yield Figure(
            GROUP,
            "cost of a million contacts, all in: recording and two analyses each",
            analysed.total,
            Kind.RATIO,
            10.0,
            f"S3's events of two more objects cost {analysed.total - recorded.total:.2f}",
        )
        theirs = bill(rival, {"per_contact": 256}, tags=2).times(MILLION)
        records = _per_contact(events["recording"])
        self.bills = {"records": records, "holds": holds, "texts": texts, "payments": payments, "tagging": theirs}
        yield Figure(
            GROUP, "per-contact design, cost of a million, its tagging", theirs.total, Kind.RATIO, None, _lines(theirs)
        )
        yield Figure(
            GROUP,
            "ours ÷ per-contact design, dollars, with the same holds, texts and payments",
            recorded.total / theirs.plus(own).total,
            Kind.RATIO,
            1.0,
            "one recording each",
        )

    def _flags(self) -> Iterator[Figure]:
        for number, bound in FLAGGED.items():
            at_once, later = self._flagged(number)
            name = f"flagged contact with {number} artefact{'s' * (number > 1)} and its record"
            yield _calls(f"{name}, calls", at_once, bound)
            yield _calls(f"{name}, calls of later looks", later)

    def _holds(self, recorder: Recorder) -> Iterator[Figure]:
        world = recorder.world
        name = "flagged chat with 4 artefacts (an attachment and an evaluation among them) and its record, calls"
        chat = self._complained(recorder, "CASE-CHAT", stories.chat(world, 150))
        yield _calls(name, chat, _bound(contacts=1, artefacts=5))
        name = "transferred contact (2 parts, 6 artefacts and 2 records), calls"
        first = stories.call(world, 200)
        stories.call(world, 201, before=200)
        transferred = self._complained(recorder, "CASE-TRANSFERRED", first)
        yield _calls(name, transferred, _bound(contacts=2, artefacts=8))
        relayed, release, confirmed = self._released(recorder)
        yield _calls("flag among a contact's attributes, calls until it is in the queue", relayed)
        yield _calls("release of 3 artefacts by two people, calls", release)
        yield _calls("disposal of 3 artefacts, a record and a manifest confirmed by S3, calls", confirmed)

    def _ordinary(self) -> tuple[Spent, dict[str, int]]:
        """Return what contacts cost beyond what the same time costs without any, and S3's events for each."""
        spent: dict[str, Spent] = {}
        for name, contacts, artefacts in (("idle", 0, 0), ("recording", _ORDINARY, 1), ("analysed", _ORDINARY, 3)):
            with _without_comparisons() as world:
                spent[name] = _lived(Recorder(world), contacts, artefacts)
        lived, idle = spent["analysed"], spent["idle"]
        more = replace(
            lived,
            invocations=lived.invocations - idle.invocations,
            calls=lived.calls - idle.calls,
            by_function={
                name: calls - idle.by_function.get(name, Counter()) for name, calls in lived.by_function.items()
            },
        )
        return more, {name: round(spent[name].s3_events / _ORDINARY) for name in ("recording", "analysed")}

    def _flagged(self, artefacts: int) -> tuple[Spent, Spent]:
        """Return what a flag costs, and the looks of the next days, in a world that holds nothing else."""
        with embedded_aws(stories.assembly(), stories.START) as world:
            recorder = Recorder(world, self.busiest)
            one = stories.call(world, 100, artefacts=artefacts)
            world.run_until(world.clock.now() + timedelta(hours=1))
            with recorder.keeping_invocations():
                with recorder.spending() as at_once:
                    stories.complaint(world, "CASE-FLAGGED", one)
                    world.run_until(world.clock.now() + _SOON)
                with recorder.spending() as later:
                    world.run_until(world.clock.now() + _SETTLED)
        return at_once, _without_nights(later)

    @staticmethod
    def _whole_hold(artefacts: int) -> Spent:
        """Return what a hold costs from the flag to the last copy's disposal, beyond the daily jobs that run anyway."""
        with _without_comparisons() as world:
            stories.call(world, 500, artefacts=artefacts)
            recorder = Recorder(world)
            with recorder.spending() as idle:
                world.run_until(world.clock.now() + _HELD)
        with _without_comparisons() as world:
            one = stories.call(world, 500, artefacts=artefacts)
            recorder = Recorder(world)
            with recorder.spending() as held:
                stories.complaint(world, "CASE-WHOLE", one)
                world.run_until(world.clock.now() + _HELD)
        by_function = {name: calls - idle.by_function[name] for name, calls in held.by_function.items()}
        invocations = held.invocations - idle.invocations
        return Spent(
            invocations=invocations,
            calls=held.calls - idle.calls,
            by_function=by_function,
            log_bytes=held.log_bytes - idle.log_bytes,
            transaction_rows=held.transaction_rows - idle.transaction_rows,
        )

    @staticmethod
    def _complained(recorder: Recorder, case: str, contact: str) -> Spent:
        """Return what a complaint costs until its hold stands; the looks of the next days are over afterwards."""
        world = recorder.world
        world.run_until(world.clock.now() + timedelta(hours=1))
        with recorder.spending() as spent:
            stories.complaint(world, case, contact)
            world.run_until(world.clock.now() + _SOON)
        world.run_until(world.clock.now() + _SETTLED)
        return spent

    def _released(self, recorder: Recorder) -> tuple[Spent, Spent, Spent]:
        """Let an attribute flag a contact and two people release it; return what three functions did."""
        world = recorder.world
        one = stories.call(world, 250)
        with recorder.spending() as flag:
            stories.flagged_by_attribute(world, one, "CASE-RELEASED")
            world.run_until(world.clock.now() + _SOON)
        with recorder.spending() as release:
            stories.release(world, "CASE-RELEASED")
            world.run_until(world.clock.now() + _GRACE)
        if world.dead_letters():
            raise AssertionError("the benchmark's story went wrong: a request is in a dead-letter queue")
        world.run_until(world.clock.now() + _SETTLED)
        return flag.of("relay_flags"), release.of("release_hold"), release.of("confirm_disposal")

    def _text(self, recorder: Recorder) -> tuple[Spent, Spent, Spent]:
        world = recorder.world
        one = stories.call(world, 300)
        asked = stories.flow_event(
            world, one, purpose="signposting", wording_version="signposting-2026-11", decision="given"
        )
        with recorder.spending() as consent:
            _expect(world.invoke("record_consent", asked), "recorded")
        with recorder.spending() as text:
            event = stories.flow_event(world, one, template="online_services", purpose="signposting")
            _expect(world.invoke("send_sms", event), "sent")
        with recorder.spending() as status:
            world.run_until(world.clock.now() + _SOON)
        return consent, text, status

    def _pause(self, recorder: Recorder, number: int, *recorded: str) -> Spent:
        world = recorder.world
        one = stories.contact_id(number)
        world.connect.contact(
            {
                "Id": one,
                "InitialContactId": one,
                "Channel": "VOICE",
                "InitiationTimestamp": world.clock.now().isoformat(),
            }
        )
        world.connect.recording(one, recorded, "on")
        with recorder.spending() as pause:
            _expect(world.invoke("control_recording", stories.flow_event(world, one, operation="pause")), "paused")
        return pause

    def _payment(self, recorder: Recorder) -> tuple[Spent, Spent, Spent]:
        """Return what a payment of two minutes costs: its pause, its resume, and the guard's looks at it."""
        world = recorder.world
        pause = self._pause(recorder, 400, "AGENT", "SCREEN")
        with recorder.spending() as watch:
            world.run_until(world.clock.now() + timedelta(minutes=2))
        event = stories.flow_event(world, stories.contact_id(400), operation="resume")
        with recorder.spending() as resume:
            _expect(world.invoke("control_recording", event), "recording")
        with recorder.spending() as after:
            world.run_until(world.clock.now() + timedelta(hours=1))
        watch.calls += after.calls
        watch.invocations += after.invocations
        watch.log_bytes += after.log_bytes
        for name, calls in after.by_function.items():
            watch.by_function[name] = watch.by_function.get(name, Counter()) + calls
        return pause, resume, watch

    @staticmethod
    def _one_more_night(world: EmbeddedAws) -> None:
        world.run_until(world.clock.now() + timedelta(days=1))

    @staticmethod
    def _rival() -> Spent:
        """Return what the per-contact design spends on one ordinary contact."""
        with embedded_aws(stories.assembly(), stories.START) as world:
            spec = next(iter(world.functions))
            world.functions.add(
                FunctionSpec(
                    name="per-contact",
                    short_name="per_contact",
                    arn=spec.arn.replace(spec.name, "per-contact"),
                    logical_id="PerContact",
                    handler="handler.handler",
                    code=_RIVAL,
                    layers=(),
                    environment={},
                    timeout=30,
                    memory=256,
                )
            )
            one = stories.call(world, 1)
            recorder = Recorder(world)
            detail = {"eventType": "COMPLETED", "contactId": one, "instanceArn": world.names.instance_arn}
            with recorder.spending() as spent:
                world.invoke("per_contact", {"source": "aws.connect", "detail": detail})
        # moto tells of the tags; the design itself needs no event of S3.
        return replace(spent, s3_events=0)

    def _bill(self, *parts: Spent, messages: int) -> Bill:
        total = Bill()
        for part in parts:
            # S3's events are billed for every object, flagged or not: they are a line of their own.
            total = total.plus(bill(replace(part, s3_events=0), self._memory))
        return total.plus(bill(Spent(), self._memory, messages=messages))


def _lived(recorder: Recorder, contacts: int, artefacts: int) -> Spent:
    world = recorder.world
    with recorder.spending() as spent:
        for number in range(contacts):
            stories.call(world, number, artefacts=artefacts)
        world.run_until(world.clock.now() + _LIFE)
    return spent


def _without_nights(spent: Spent) -> Spent:
    """Leave out the daily jobs, which run whether anything is held or not."""
    return _only(spent, spent.by_function.keys() - _DAILY)


def _nights(spent: Spent) -> Spent:
    return _only(spent, _DAILY)


def _only(spent: Spent, functions: Collection[str]) -> Spent:
    by_function = {name: calls for name, calls in spent.by_function.items() if name in functions}
    invocations = Counter({name: number for name, number in spent.invocations.items() if name in functions})
    calls = sum(by_function.values(), start=Counter[str]())
    return replace(spent, calls=calls, invocations=invocations, by_function=by_function)


def _calls(name: str, spent: Spent, bound: int | None = None) -> Figure:
    """Return the figure of a stretch, with its invocations and what was called how often."""
    services: dict[str, list[str]] = {}
    for call, number in sorted(spent.calls.items(), key=lambda one: (-one[1], one[0])):
        service, _, operation = call.partition(".")
        services.setdefault(service, []).append(f"{operation} {number}")
    invoked = ", ".join(f"{function} {number}" for function, number in sorted(spent.invocations.items()))
    called = [f"{service}: {', '.join(operations)}" for service, operations in sorted(services.items())]
    told = "; ".join([invoked, *called] if invoked else called)
    return Figure(GROUP, name, spent.total_calls, Kind.COUNT, bound, told)


def _bound(*, contacts: int, artefacts: int) -> int:
    return 2 + 8 * contacts + 5 * artefacts


def _per_contact(events: int) -> Bill:
    """Return what a million contacts cost without any call of ours: S3's events, and their records on the stream."""
    table = prices()
    stream = table["stream"]
    made = Bill({"S3 events": events * MILLION * table["events"]["s3_event"]["usd"]})
    record = stream["put_unit"]["usd"] + stream["record_kilobytes"] / 1e6 * stream["firehose_gigabyte"]["usd"]
    made.add("Contact records", record * MILLION)
    return made


def _expect(answer: dict[str, str], status: str) -> None:
    if answer["status"] != status:
        raise AssertionError(f"the benchmark's story went wrong: {answer}")


def _count(name: str, value: int, bound: int | None) -> Figure:
    return Figure(GROUP, name, value, Kind.COUNT, bound)


def _lines(made: Bill) -> str:
    return ", ".join(f"{line} {dollars:.2f}" for line, dollars in sorted(made.lines.items()) if dollars >= 0.005)  # noqa: PLR2004
