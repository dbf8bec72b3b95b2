"""The hold functions' parts, put together from their environment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import msgspec

from steward.aws.disposal_switch import read_switch
from steward.clock import Clock, SystemClock
from steward.holds.adapters.connect import ConnectContacts, Pace
from steward.holds.adapters.evidence import S3Evidence
from steward.holds.adapters.notices import SnsNotices
from steward.holds.adapters.register_table import DynamoRegister
from steward.holds.adapters.sources import S3Sources
from steward.holds.adapters.work import SqsWork
from steward.holds.discovery import Stores
from steward.holds.keeping.keeper import Keeper
from steward.holds.placing import Placing
from steward.holds.release import Releasing
from steward.holds.signals.dispatch import Dispatcher
from steward.holds.sweep import Sweep
from steward.ids import RecordClass
from steward.policy import compiled
from steward.settings import required


@dataclass(frozen=True, kw_only=True)
class _Common:
    clock: Clock
    register: DynamoRegister
    evidence: S3Evidence
    hold_bucket: str


def dispatcher(count: Callable[[str, int], None]) -> Dispatcher:
    """Return what ``place_hold`` works with; ``count`` adds to the metric of that name."""
    common, policy = _common(), compiled.load()
    instance_arn = required("INSTANCE_ARN")
    contacts = ConnectContacts(instance_arn, Pace(common.clock))
    sources = S3Sources()
    keeper = Keeper(
        policy=policy,
        stores=Stores(
            buckets=msgspec.json.decode(required("RECORD_BUCKETS"), type=dict[RecordClass, str]),
            prefixes=msgspec.json.decode(required("RECORD_PREFIXES"), type=dict[RecordClass, str]),
        ),
        clock=common.clock,
        register=common.register,
        contacts=contacts,
        sources=sources,
        evidence=common.evidence,
        notices=SnsNotices(required("COMPLAINTS_TOPIC_ARN")),
        count=count,
    )
    work = SqsWork(
        queue_url=required("HOLD_QUEUE_URL"),
        queue_arn=required("HOLD_QUEUE_ARN"),
        group=required("RECHECK_GROUP"),
        role_arn=required("RECHECK_ROLE_ARN"),
    )
    placing = Placing(
        policy=policy, clock=common.clock, register=common.register, contacts=contacts, keeper=keeper, work=work
    )
    return Dispatcher(
        instance_arn=instance_arn, clock=common.clock, contacts=contacts, sources=sources, placing=placing
    )


def sweep() -> Sweep:
    """Return what ``maintain_holds`` works with."""
    common = _common()
    return Sweep(
        clock=common.clock,
        register=common.register,
        evidence=common.evidence,
        work=SqsWork(queue_url=required("HOLD_QUEUE_URL")),
        notices=SnsNotices(required("COMPLAINTS_TOPIC_ARN")),
        switch=partial(read_switch, required("DISPOSAL_SWITCH")),
        hold_bucket=common.hold_bucket,
    )


def releasing() -> Releasing:
    """Return what ``release_hold`` works with."""
    common = _common()
    return Releasing(
        clock=common.clock,
        register=common.register,
        evidence=common.evidence,
        work=SqsWork(queue_url=required("HOLD_QUEUE_URL")),
        switch=partial(read_switch, required("DISPOSAL_SWITCH")),
        hold_bucket=common.hold_bucket,
    )


def _common() -> _Common:
    hold_bucket = required("HOLD_BUCKET")
    return _Common(
        clock=SystemClock(),
        register=DynamoRegister(required("REGISTER_TABLE")),
        evidence=S3Evidence(hold_bucket),
        hold_bucket=hold_bucket,
    )
