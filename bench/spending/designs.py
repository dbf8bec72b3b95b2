"""Group 1a: what the same promises cost by other public designs, and how soon each has a flagged recording locked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

from bench import stories
from bench.figures import Figure, Kind
from bench.spending.cost import Bill, prices
from simulator.aws.account.account import EmbeddedAws
from simulator.aws.account.start import embedded_aws

GROUP = "other designs"
MILLIONS = (1, 10, 100)
"""Contacts a year."""
_COPIES = 3
"""Of a flagged call: its recording, the analysis and the redacted recording; its record lies beside other people's."""
_CALL_SECONDS = 0.02
_LOCKED_WITHIN = 60
_LOCKS = frozenset({"PutObjectLegalHold", "PutObjectRetention"})


def figures(bills: Mapping[str, Bill], say: Callable[[str], None]) -> Iterator[Figure]:
    """Yield what a year costs by each design, in US dollars, with the same texts and payments.

    ``bills`` are those of a million contacts: ``records`` (the stream), ``holds``, ``texts``, ``payments``, and
    ``tagging`` (a function on every contact).
    """
    say("the same promises by other designs")
    both = bills["records"].plus(bills["texts"]).plus(bills["payments"])
    designs = {
        "steward": both.plus(bills["holds"]),
        "a function that tags every contact, with steward's holds": both.plus(bills["holds"]).plus(bills["tagging"]),
        "an S3 Batch Operations job for each case": both.plus(_jobs(prices()["mix"]["flagged"] * 1_000_000)),
    }
    for millions in MILLIONS:
        for design, of_a_million in designs.items():
            year = of_a_million.times(millions)
            name = f"{millions} million contacts a year, {design}, USD"
            yield Figure(GROUP, name, year.total, Kind.RATIO, None, _largest(year))
    yield Figure(
        GROUP,
        "steward, seconds from flag to first lock",
        round(flag_to_lock().total_seconds(), 2),
        Kind.COUNT,
        _LOCKED_WITHIN,
        "20 ms a call; EventBridge, SQS and Lambda deliver at once here, and AWS promises no time for them",
    )


def _jobs(cases: float) -> Bill:
    """Return what copies with a lock cost by jobs of S3 Batch Operations, one for each case of one contact.

    A job has one source and one destination bucket, a manifest that somebody has to write, and a report of two objects.
    Source: Amazon S3 user guide, "Performing object operations in bulk with Batch Operations"; Amazon S3 pricing.
    """
    table = prices()
    request = table["s3"]["put_copy_list"]["usd"]
    made = Bill()
    made.add("Jobs", cases * table["batch"]["job"]["usd"])
    made.add("Objects of jobs", cases * _COPIES * table["batch"]["object"]["usd"])
    # Its copies, the manifest, and the report with its own manifest.
    made.add("S3 requests", cases * (_COPIES + 3) * request)
    # Bucket keys spare most of these: one request to decrypt and one to encrypt for each job.
    made.add("KMS", cases * 2 * table["kms"]["request"]["usd"])
    return made


def flag_to_lock() -> timedelta:
    """Return how long a complaint takes from its event to the first lock on an object of its contact."""
    locked: list[datetime] = []
    with embedded_aws(stories.assembly(), stories.START) as world:
        one = stories.call(world, 100)
        world.run_until(world.clock.now() + timedelta(hours=1))
        world.wire.observers.append(lambda *call: _note(world, locked, call[2], call[3]))
        flagged = world.clock.now()
        stories.complaint(world, "CASE-TIMED", one)
        world.run_until(flagged + timedelta(minutes=5))
    return min(locked) - flagged


def _note(world: EmbeddedAws, locked: list[datetime], operation: str, parameters: Mapping[str, object]) -> None:
    world.functions.sleep(_CALL_SECONDS)
    headers = parameters.get("headers")
    with_lock = isinstance(headers, Mapping) and "x-amz-object-lock-mode" in {str(name).lower() for name in headers}
    if operation in _LOCKS or (operation == "CopyObject" and with_lock):
        locked.append(world.clock.now())


def _largest(made: Bill) -> str:
    line, dollars = max(made.lines.items(), key=lambda one: one[1])
    return f"most of it: {line}, {dollars:.2f}"
