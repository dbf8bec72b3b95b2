"""A deployed world in which somebody changes things beside the templates."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from moto.cloudformation.models import cloudformation_backends
from moto.cloudwatch.models import cloudwatch_backends
from moto.dynamodb.models import dynamodb_backends
from moto.events.models import events_backends
from moto.iam.models import iam_backends
from moto.kms.models import kms_backends
from moto.logs.models import logs_backends
from moto.s3.models import s3_backends
from moto.scheduler.models import scheduler_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from simulator.aws.account.account import EmbeddedAws
from simulator.aws.account.start import embedded_aws
from simulator.aws.connect.flows.book import Flow, Flows

START = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Live:
    """The world, what was found in it, and what its people were told."""

    world: EmbeddedAws

    def compare(self, event: object = None) -> dict[str, Any]:
        # The run before is over, and its environment is warm.
        self.world.run_until(self.world.clock.now() + timedelta(minutes=1))
        answer: dict[str, Any] = self.world.invoke("compare_configuration", event or {})
        return answer

    def findings(self) -> dict[str, dict[str, Any]]:
        """Return what is open, by the resource's and the setting's name."""
        return {one["id"].partition("/")[2]: one for one in self.compare()["findings"]}

    def mails(self, topic: str) -> list[str]:
        arn = self.world.names.topics[topic].rpartition(":")[2]
        return [f"{one.subject}\n{one.message}" for one in self.world.notifications if one.topic == arn]

    def bucket(self, record_class: str) -> str:
        return self.world.names.buckets[record_class]

    def stack(self, name: str) -> Any:  # noqa: ANN401 - moto has no type for it
        """Return what CloudFormation says of a stack."""
        stacks = cloudformation_backends[self.world.account][self.world.region].stacks
        [found] = [one for one in stacks.values() if one.name.endswith(f"-{name}")]
        return found

    def flow(self, name: str) -> Flow:
        """Return the flow or module whose name ends so."""
        flows = self.world.connect.flows
        [found] = [one for kind in (True, False) for one in flows.of_kind(modules=kind) if one.name.endswith(name)]
        return found

    def edited(self, content: str) -> str:
        """Return a flow's content as an editor leaves it whose change matters: an error leads where success does."""
        changed = json.loads(content)
        for action in changed["Actions"]:
            for error in action["Transitions"].get("Errors", []):
                if error["NextAction"] != action["Transitions"].get("NextAction"):
                    error["NextAction"] = action["Transitions"]["NextAction"]
                    return json.dumps(changed)
        raise LookupError("no action has an error branch of its own")


@pytest.fixture(scope="module")
def deployed(assembly: Path) -> Iterator[EmbeddedAws]:
    with embedded_aws(assembly, START) as world:
        yield world


@pytest.fixture
def live(deployed: EmbeddedAws) -> Iterator[Live]:
    """One world for all: what a test changed is put back, and what was found and told is forgotten."""
    undo = kept(deployed)
    yield Live(deployed)
    undo()


def kept(world: EmbeddedAws) -> Callable[[], None]:
    """Return what puts a world back as it is now, and forgets what was found and told."""
    backend: Any = s3_backends[world.account]["aws"]
    found = backend.buckets
    buckets, attributes = dict(found), {name: dict(one.__dict__) for name, one in found.items()}
    rules = copy.deepcopy(backend.rules_as_put)
    inventories = {name: dict(one.inventory_configs) for name, one in found.items()}
    contents = [(one, copy.deepcopy(one.__dict__)) for one in _all(world.connect.flows)]
    views: Any = world.connect.views
    pages = [(one, dict(one.__dict__)) for one in views.__dict__["_by_id"].values()]
    storage: Any = world.connect.storage
    configurations = copy.deepcopy(storage.__dict__["_by_kind"])
    settings = copy.deepcopy(world.functions.settings.__dict__)
    kept = [(one, _as_it_was(one)) for one in _changeable(world)]
    stacks = cloudformation_backends[world.account][world.region].stacks
    statuses = {name: dict(one.__dict__) for name, one in stacks.items()}

    def undo() -> None:
        world.faults.clear()
        found.clear()
        found.update(buckets)
        for name, one in found.items():
            one.__dict__.clear()
            one.__dict__.update(attributes[name])
            one.inventory_configs = inventories[name]
        backend.rules_as_put.clear()
        backend.rules_as_put.update(rules)
        world.functions.settings.functions.update(settings["functions"])
        world.functions.settings.feeds.update(settings["feeds"])
        for now, before in kept:
            now.clear()
            now.update(before)
        for one, before in contents + pages:
            one.__dict__.update(before)
        storage.__dict__["_by_kind"] = configurations
        for name, stack in stacks.items():
            stack.__dict__.update(statuses[name])
        world.memory.forget("s3")
        world.memory.forget("iam")
        _forget_findings(world)
        world.notifications.clear()
        world.logs.clear()
        world.calls["compare_configuration"].clear()  # type: ignore[attr-defined]

    return undo


_CHANGED_IN_PLACE = ("continuous_backups", "targets", "ttl", "versions")


def _as_it_was(attributes: dict[str, Any]) -> dict[str, Any]:
    return {**attributes, **{name: copy.deepcopy(attributes[name]) for name in _CHANGED_IN_PLACE if name in attributes}}


def _changeable(world: EmbeddedAws) -> Iterator[dict[str, Any]]:
    """Return what moto has of what is changed here, each as its attributes by name."""
    account, region = world.account, world.region
    tables = dynamodb_backends[account][region]
    yield tables.resource_policies
    yield from (bus.rules for bus in events_backends[account][region].event_buses.values())
    found: list[Any] = [
        *kms_backends[account][region].keys.values(),
        *tables.tables.values(),
        *sqs_backends[account][region].queues.values(),
        *(rule for bus in events_backends[account][region].event_buses.values() for rule in bus.rules.values()),
        *(
            one
            for group in scheduler_backends[account][region].schedule_groups.values()
            for one in group.schedules.values()
        ),
    ]
    yield from (one.__dict__ for one in found)
    yield from _of_watching(account, region)


def _of_watching(account: str, region: str) -> Iterator[dict[str, Any]]:
    """Return what moto has of alarms, log groups, topics, roles and policies."""
    alarms, groups = cloudwatch_backends[account][region].alarms, logs_backends[account][region].groups
    topics: Any = sns_backends[account][region]
    identities = iam_backends[account]["aws"]
    roles, policies = identities.roles, identities.managed_policies
    yield from (alarms, groups, topics.subscriptions, roles, policies)
    yield from (one for role in roles.values() for one in (role.policies, role.managed_policies))
    of_each: list[Any] = [*alarms.values(), *groups.values(), *topics.topics.values(), *roles.values()]
    yield from (one.__dict__ for one in [*of_each, *policies.values()])


def _all(flows: Flows) -> list[Flow]:
    return [one for kind in (True, False) for one in flows.of_kind(modules=kind)]


def _forget_findings(world: EmbeddedAws) -> None:
    table, dynamodb = world.names.tables["RegisterTable"], world.client("dynamodb")
    for row in dynamodb.scan(TableName=table)["Items"]:
        if row["pk"]["S"].startswith("CONFIGURATION"):
            dynamodb.delete_item(TableName=table, Key={name: row[name] for name in ("pk", "sk")})
