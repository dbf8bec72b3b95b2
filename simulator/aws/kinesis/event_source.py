"""Kinesis as an event source: shards in order, filters on the decoded data, retries, bisection, failure destination.

Source: Lambda developer guide, "How Lambda processes records from stream-based event sources", "Retain discarded batch
records for a Kinesis Data Streams event source", "Configuring partial batch response with Kinesis Data Streams". An
error splits a batch in two (no attempt is used up by that), a partial answer moves the checkpoint to its lowest
sequence number, and what is older than the mapping allows is discarded before the next invocation.
"""

from __future__ import annotations

import base64
import json
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from simulator.aws.eventbridge.patterns import compile_pattern

if TYPE_CHECKING:
    from moto.kinesis.models import Stream

    from simulator.aws.eventbridge.patterns import Matcher
    from simulator.aws.lambda_.service import Functions
    from simulator.aws.time.virtual_time import EventQueue

_FIRST_BACK_OFF: Final = timedelta(seconds=1)
_LONGEST_BACK_OFF: Final = timedelta(minutes=5)
"""Lambda documents no figures for the pause between attempts on a shard; these double up to five minutes."""


class StreamRecord(NamedTuple):
    """A record as its consumers see it."""

    data: bytes
    partition_key: str
    sequence_number: str
    shard: str
    arrived: datetime


RecordTaker = Callable[[StreamRecord], None]


class WatchedStream:
    """One data stream, whose consumers are told of each record as it arrives."""

    def __init__(self, stream: Stream, agenda: EventQueue) -> None:
        self.arn = str(stream.arn)
        self.name = str(stream.stream_name)
        self.kept = timedelta(hours=int(stream.retention_period_hours))
        self.consumers: list[RecordTaker] = []
        self._agenda = agenda
        put_record = stream.put_record

        def put(partition_key: str, explicit_hash_key: str, data: str) -> tuple[str, str]:
            sequence_number, shard = put_record(partition_key, explicit_hash_key, data)
            record = StreamRecord(base64.b64decode(data), partition_key, sequence_number, shard, agenda.now())
            for consumer in self.consumers:
                consumer(record)
            return sequence_number, shard

        stream.put_record = put  # type: ignore[method-assign]
        self._put = put

    def put(self, text: str, partition_key: str = "0") -> None:
        """Write a record, as a producer would."""
        self._put(partition_key, "", base64.b64encode(text.encode()).decode())


@dataclass(frozen=True)
class StreamMapping:
    """What ``AWS::Lambda::EventSourceMapping`` says of a stream.

    ``window`` and ``record_age`` are in seconds; -1 retries, or a record age of -1, mean no limit of the mapping's own.
    """

    function: str
    batch_size: int = 100
    window: int = 0
    retries: int = -1
    record_age: int = -1
    bisect: bool = False
    partial_batches: bool = False
    filters: Sequence[Mapping[str, Any]] = ()
    on_failure: str | None = None


@dataclass
class StreamConsumer:
    """Lambda's reader of one stream: one batch at a time for each shard, so that order is kept."""

    mapping: StreamMapping
    stream_arn: str
    functions: Functions
    agenda: EventQueue
    region: str
    send: Callable[[str, str], None]
    kept: timedelta = timedelta(days=1)
    """How long the stream keeps a record."""
    _waiting: dict[str, deque[StreamRecord]] = field(default_factory=dict)
    _reading: set[str] = field(default_factory=set)
    _filters: list[Matcher] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Read the filters once."""
        self._filters = [compile_pattern(pattern) for pattern in self.mapping.filters]

    def take(self, record: StreamRecord) -> None:
        """Accept a record from the stream; what no filter accepts is skipped without an invocation."""
        if self._filters and not self._passes(record):
            return
        self._waiting.setdefault(record.shard, deque()).append(record)
        self._read_later(record.shard, self.agenda.now() + timedelta(seconds=self.mapping.window))

    def _passes(self, record: StreamRecord) -> bool:
        try:
            data = json.loads(record.data)
        except ValueError:
            # Data that is not JSON passes no filter on "data".
            return False
        envelope = {"data": data, "partitionKey": record.partition_key, "eventSource": "aws:kinesis"}
        return any(matches(envelope) for matches in self._filters)

    def _read_later(self, shard: str, moment: datetime) -> None:
        if shard not in self._reading:
            self._reading.add(shard)
            self.agenda.at(moment, lambda: self._read(shard))

    def _read(self, shard: str) -> None:
        waiting = self._waiting[shard]
        batch = [waiting.popleft() for _ in range(min(self.mapping.batch_size, len(waiting)))]
        self._process(shard, deque([(batch, 0)]))

    def _process(self, shard: str, work: deque[tuple[list[StreamRecord], int]]) -> None:
        """Process the first batch of ``work``; a batch carries the number of attempts that failed."""
        if not work:
            self._reading.discard(shard)
            if self._waiting[shard]:
                self._read_later(shard, self.agenda.now())
            return
        whole, failures = work.popleft()
        batch = self._young_enough(shard, whole, failures)
        if not batch:
            self._continue(shard, work, self.agenda.now())
            return
        outcome = self.functions.run(self.mapping.function, {"Records": [self._event(one) for one in batch]})
        ended = self.agenda.now() + timedelta(seconds=outcome.elapsed)
        failed = outcome.error is not None
        rest = batch if failed else self._unprocessed(batch, outcome.response)
        if not rest:
            self._continue(shard, work, ended)
        elif failed and self.mapping.bisect and len(rest) > 1:
            middle = len(rest) // 2
            work.extendleft([(rest[middle:], failures), (rest[:middle], failures)])
            self._continue(shard, work, ended + _FIRST_BACK_OFF)
        elif self.mapping.retries >= 0 and failures >= self.mapping.retries:
            self.agenda.at(ended, lambda: self._report(shard, rest, "RetryAttemptsExhausted", failures + 1))
            self._continue(shard, work, ended)
        else:
            attempts = 0 if len(rest) < len(batch) else failures + 1
            work.appendleft((rest, attempts))
            self._continue(shard, work, ended + _back_off(attempts))

    def _young_enough(self, shard: str, batch: list[StreamRecord], attempts: int) -> list[StreamRecord]:
        """Return what may still be handed over; what is older than the mapping allows is reported as discarded.

        What the stream itself keeps no longer is not there to be read, and nobody reports it.
        """
        there = [one for one in batch if self._age(one) <= self.kept]
        limit = self.mapping.record_age
        old = [one for one in there if limit >= 0 and self._age(one).total_seconds() > limit]
        if old:
            self._report(shard, old, "RecordAgeExceeded", attempts)
        return there[len(old) :]

    def _age(self, record: StreamRecord) -> timedelta:
        return self.agenda.now() - record.arrived

    def _continue(self, shard: str, work: deque[tuple[list[StreamRecord], int]], moment: datetime) -> None:
        self.agenda.at(moment, lambda: self._process(shard, work))

    def _unprocessed(self, batch: list[StreamRecord], response: Any) -> list[StreamRecord]:  # noqa: ANN401
        if not self.mapping.partial_batches or response is None:
            return []
        if not isinstance(response, Mapping):
            return batch
        try:
            failed = [str(failure["itemIdentifier"]) for failure in response.get("batchItemFailures") or []]
        except (KeyError, TypeError):
            return batch
        numbers = [record.sequence_number for record in batch]
        if not set(failed) <= set(numbers):
            return batch
        return batch[min(map(numbers.index, failed)) :] if failed else []

    def _report(self, shard: str, batch: list[StreamRecord], condition: str, attempts: int) -> None:
        if not self.mapping.on_failure:
            return
        details = {
            "shardId": shard,
            "startSequenceNumber": batch[0].sequence_number,
            "endSequenceNumber": batch[-1].sequence_number,
            "approximateArrivalOfFirstRecord": batch[0].arrived.isoformat(),
            "approximateArrivalOfLastRecord": batch[-1].arrived.isoformat(),
            "batchSize": len(batch),
            "streamArn": self.stream_arn,
        }
        context = {
            "functionArn": self.functions.find(self.mapping.function).arn,
            "condition": condition,
            "approximateInvokeCount": attempts,
        }
        notice = {
            "requestContext": context,
            "version": "1.0",
            "timestamp": self.agenda.now().astimezone(UTC).isoformat(),
            "KinesisBatchInfo": details,
        }
        self.send(self.mapping.on_failure, json.dumps(notice))

    def _event(self, record: StreamRecord) -> dict[str, Any]:
        return {
            "kinesis": {
                "kinesisSchemaVersion": "1.0",
                "partitionKey": record.partition_key,
                "sequenceNumber": record.sequence_number,
                "data": base64.b64encode(record.data).decode(),
                "approximateArrivalTimestamp": record.arrived.timestamp(),
            },
            "eventSource": "aws:kinesis",
            "eventVersion": "1.0",
            "eventID": f"{record.shard}:{record.sequence_number}",
            "eventName": "aws:kinesis:record",
            "invokeIdentityArn": self.functions.find(self.mapping.function).role,
            "awsRegion": self.region,
            "eventSourceARN": self.stream_arn,
        }


def _back_off(attempts: int) -> timedelta:
    """Return the pause after so many attempts in a row that failed."""
    return min(_FIRST_BACK_OFF * (1 << min(max(attempts - 1, 0), 10)), _LONGEST_BACK_OFF)
