"""A delivery stream to S3: buffers, partitions by what the record says, delimits, compresses, writes.

Source: Amazon Data Firehose developer guide, "Dynamic partitioning", "Custom prefixes" and "Object name format". Of the
query language (jq) it knows what such queries use: an object of paths with names and slices.
"""

from __future__ import annotations

import gzip
import json
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from simulator.aws.eventbridge.targets import Clients
    from simulator.aws.kinesis.event_source import StreamRecord
    from simulator.aws.time.virtual_time import EventQueue

_MEGABYTE: Final = 1024 * 1024
_EXPRESSION: Final = re.compile(r"!\{([A-Za-z]+):([^}]+)\}")
_FIELD: Final = re.compile(r"\s*\"?([A-Za-z_]\w*)\"?\s*:\s*((?:\.[A-Za-z_]\w*)+)(?:\[(\d*):(\d*)\])?\s*")
_JAVA_DATES: Final = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S"}


class UnknownDelivery(Exception):
    """A delivery stream uses something that the embedded AWS does not model."""


@dataclass(frozen=True)
class DeliverySettings:
    """What ``ExtendedS3DestinationConfiguration`` says."""

    name: str
    bucket: str
    prefix: str
    error_prefix: str
    interval: timedelta
    size: int
    compressed: bool
    extension: str
    delimiter: str
    query: str | None

    @classmethod
    def read(cls, name: str, destination: Mapping[str, Any]) -> DeliverySettings:
        """Return the settings of a template; raise ``UnknownDelivery`` for what is not modelled."""
        hints = destination.get("BufferingHints", {})
        compression = destination.get("CompressionFormat", "UNCOMPRESSED")
        if compression not in {"UNCOMPRESSED", "GZIP"}:
            raise UnknownDelivery(f"the delivery stream {name} compresses with {compression}")
        delimiter, query = "", None
        processing = destination.get("ProcessingConfiguration", {})
        for processor in processing.get("Processors", []) if processing.get("Enabled") else []:
            values = {one["ParameterName"]: one["ParameterValue"] for one in processor.get("Parameters", [])}
            match processor["Type"]:
                case "AppendDelimiterToRecord":
                    delimiter = str(values["Delimiter"]).encode().decode("unicode_escape")
                case "MetadataExtraction":
                    query = str(values["MetadataExtractionQuery"])
                case other:
                    raise UnknownDelivery(f"the delivery stream {name} uses the processor {other}")
        return cls(
            name=name,
            bucket=str(destination["BucketARN"]).removeprefix("arn:aws:s3:::"),
            prefix=str(destination.get("Prefix", "")),
            error_prefix=str(destination.get("ErrorOutputPrefix", "")),
            interval=timedelta(seconds=int(hints.get("IntervalInSeconds", 300))),
            size=int(hints.get("SizeInMBs", 5)) * _MEGABYTE,
            compressed=compression == "GZIP",
            extension=str(destination.get("FileExtension") or (".gz" if compression == "GZIP" else "")),
            delimiter=delimiter,
            query=query,
        )


@dataclass
class _Buffer:
    opened: datetime
    parts: list[bytes] = field(default_factory=list)
    size: int = 0


class Delivery:
    """One delivery stream with a buffer for each partition."""

    def __init__(self, settings: DeliverySettings, clients: Clients, agenda: EventQueue) -> None:
        self._settings = settings
        self._clients = clients
        self._agenda = agenda
        self._buffers: dict[str, _Buffer] = {}
        self._fields = _query_fields(settings.query) if settings.query else None

    def take(self, record: StreamRecord) -> None:
        """Take a record from a data stream."""
        self.put(record.data)

    def put(self, data: bytes) -> None:
        """Take a record; it is written when its buffer is full or old enough."""
        prefix = self._prefix(data)
        buffer = self._buffers.get(prefix)
        if buffer is None:
            buffer = self._buffers[prefix] = _Buffer(self._agenda.now())
            self._agenda.at(buffer.opened + self._settings.interval, lambda: self._flush(prefix, buffer))
        buffer.parts.append(data + self._settings.delimiter.encode())
        buffer.size += len(buffer.parts[-1])
        if buffer.size >= self._settings.size:
            self._flush(prefix, buffer)

    def _flush(self, prefix: str, buffer: _Buffer) -> None:
        if self._buffers.get(prefix) is not buffer:
            return
        del self._buffers[prefix]
        body = b"".join(buffer.parts)
        stamp = buffer.opened.strftime("%Y-%m-%d-%H-%M-%S")
        name = f"{self._settings.name}-1-{stamp}-{uuid.uuid4()}{self._settings.extension}"
        compressed = {"ContentEncoding": "gzip"} if self._settings.compressed else {}
        self._clients("s3").put_object(
            Bucket=self._settings.bucket,
            Key=_timestamps(prefix, buffer.opened) + name,
            Body=gzip.compress(body, mtime=0) if self._settings.compressed else body,
            **compressed,
        )

    def _prefix(self, data: bytes) -> str:
        """Return the partition of a record; a record without it goes under the error prefix, as AWS documents."""
        if self._fields is None:
            return self._with_time(self._settings.prefix)
        try:
            record = json.loads(data)
            keys = {name: _value(record, path, start, end) for name, path, start, end in self._fields}
        except (ValueError, KeyError, TypeError):
            return self._settings.error_prefix.replace("!{firehose:error-output-type}", "metadata-extraction-failed")
        return _EXPRESSION.sub(
            lambda match: keys[match.group(2)] if match.group(1) == "partitionKeyFromQuery" else match.group(0),
            self._settings.prefix,
        )

    def _with_time(self, prefix: str) -> str:
        return prefix or "!{timestamp:yyyy/MM/dd/HH/}"


def _timestamps(prefix: str, moment: datetime) -> str:
    def written(match: re.Match[str]) -> str:
        if match.group(1) != "timestamp":
            raise UnknownDelivery(f"the prefix uses {match.group(0)}, which the embedded AWS does not know")
        return re.sub("|".join(_JAVA_DATES), lambda token: moment.strftime(_JAVA_DATES[token.group(0)]), match.group(2))

    return _EXPRESSION.sub(written, prefix)


def _query_fields(query: str) -> Sequence[tuple[str, str, int | None, int | None]]:
    body = query.strip()
    parts = body[1:-1].split(",") if body.startswith("{") and body.endswith("}") else []
    fields = [_FIELD.fullmatch(part) for part in parts]
    if not fields or not all(fields):
        raise UnknownDelivery(f"the embedded AWS cannot read the query {query!r}")
    return [(one[1], one[2], int(one[3]) if one[3] else None, int(one[4]) if one[4] else None) for one in fields if one]


def _value(record: Any, path: str, start: int | None, end: int | None) -> str:  # noqa: ANN401 - decoded JSON
    for name in path.strip(".").split("."):
        record = record[name]
    if not isinstance(record, str):
        raise TypeError(f"{path} is not a text")
    return record[start:end]
