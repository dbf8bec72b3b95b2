"""The parts of ``place_hold``."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from steward.clock import SystemClock
from steward.holds.adapters.connect import ConnectContacts, Pace
from steward.holds.adapters.evidence import S3HeldCopies
from steward.holds.adapters.notices import SnsNotices
from steward.holds.adapters.register_table import DynamoRegister
from steward.holds.adapters.sources import S3Sources
from steward.holds.adapters.work import SqsWork
from steward.holds.discovery import Stores
from steward.holds.inspecting.inspection import HoldReconciler
from steward.holds.placing import Placing
from steward.holds.signals.dispatch import Dispatcher
from steward.ids import RecordClass
from steward.policy import compiled
from steward.settings import required


def dispatcher(count: Callable[[str, int], None]) -> Dispatcher:
    """Return what ``place_hold`` works with; ``count`` adds to the metric of that name."""
    clock, policy = SystemClock(), compiled.load()
    instance_arn = required("INSTANCE_ARN")
    register = DynamoRegister(required("REGISTER_TABLE"))
    contacts = ConnectContacts(instance_arn, Pace(clock))
    sources = S3Sources()
    reconciler = HoldReconciler(
        policy=policy,
        stores=Stores(
            buckets=msgspec.json.decode(required("RECORD_BUCKETS"), type=dict[RecordClass, str]),
            prefixes=msgspec.json.decode(required("RECORD_PREFIXES"), type=dict[RecordClass, str]),
        ),
        clock=clock,
        register=register,
        contacts=contacts,
        sources=sources,
        evidence=S3HeldCopies(required("HOLD_BUCKET")),
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
        policy=policy, clock=clock, register=register, contacts=contacts, reconciler=reconciler, work=work
    )
    return Dispatcher(instance_arn=instance_arn, clock=clock, contacts=contacts, sources=sources, placing=placing)
