"""A first deployment that fails at any resource leaves nothing in the way of the second.

CloudFormation takes back what it created, in the reverse order, except what its template says has to stay:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html and
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from infra.config import ROOT, cdk_context, choose
from infra.synthesis import cached_synthesis
from simulator.aws.account.account import EmbeddedAws
from simulator.aws.account.start import empty_account
from simulator.aws.cloudformation.assembly import Stack, read_assembly
from simulator.aws.cloudformation.deploy import deploy
from simulator.aws.cloudformation.resource import TemplateError

if TYPE_CHECKING:
    from moto.cloudformation.parsing import Export

    from simulator.aws.cloudformation.resource import Resource

pytestmark = pytest.mark.prove

ENVIRONMENT = choose(cdk_context()).environment
POLICY = ROOT / ENVIRONMENT.policy
START = datetime(2026, 5, 1, 9, tzinfo=UTC)
WHY = "Rate exceeded"


class Account:
    """An empty account into which stacks are deployed one by one."""

    def __init__(self, world: EmbeddedAws, stacks: list[Stack]) -> None:
        self.world, self.stacks = world, stacks
        self.exports: dict[str, Export] = {}
        self.assets = {f"{key}.zip": path for stack in stacks for key, path in stack.assets.items()}

    def deploy(self, stack: Stack) -> list[Resource]:
        return deploy([stack], self.world.making(lambda _, key: self.assets.get(key)), self.exports)

    def there(self) -> set[object]:
        """Return everything that exists, as CloudFormation and as the services themselves see it."""
        world, client = self.world, self.world.client
        keys = [one["KeyId"] for one in client("kms").list_keys()["Keys"]]
        states = {key: client("kms").describe_key(KeyId=key)["KeyMetadata"]["KeyState"] for key in keys}
        return {
            *world.taken,
            *(one["Name"] for one in client("s3").list_buckets()["Buckets"]),
            *client("dynamodb").list_tables()["TableNames"],
            *(one["TopicArn"] for one in client("sns").list_topics()["Topics"]),
            *client("sqs").list_queues().get("QueueUrls", ()),
            *client("kinesis").list_streams()["StreamNames"],
            *(one["Name"] for one in client("events").list_event_buses()["EventBuses"]),
            *(one["Name"] for one in client("scheduler").list_schedules()["Schedules"]),
            *(one["Name"] for one in client("scheduler").list_schedule_groups()["ScheduleGroups"]),
            *(one["Name"] for one in client("ssm").describe_parameters()["Parameters"]),
            *(key for key, state in states.items() if state != "PendingDeletion"),
            *(spec.name for spec in world.functions),
            *(("bus", name, len(world.router._rules[name])) for name in world.router.buses),  # noqa: SLF001 - has no list
        }


@pytest.fixture
def account() -> Iterator[Account]:
    stacks = read_assembly(cached_synthesis(POLICY))
    with empty_account(
        START, account=ENVIRONMENT.account, region=ENVIRONMENT.region, instance_arn=ENVIRONMENT.instance_arn
    ) as world:
        # What ``cdk bootstrap`` leaves is there before any stack.
        deploy([], world.making(lambda *_: None))
        yield Account(world, stacks)


def first(stack: Stack, name: str) -> Stack:
    """Return the stack with that resource first: AWS creates in parallel, and may fail before all it does not need."""
    resources = stack.template["Resources"]
    return replace(stack, template={**stack.template, "Resources": {name: resources[name], **resources}})


def last(stack: Stack, name: str) -> Stack:
    """Return the stack with that resource last, as far as others do not need it."""
    resources = {key: one for key, one in stack.template["Resources"].items() if key != name}
    return replace(
        stack, template={**stack.template, "Resources": {**resources, name: stack.template["Resources"][name]}}
    )


def fail(account: Account, stack: Stack, name: str) -> None:
    account.world.taken.refuse(name, WHY)
    with pytest.raises(TemplateError, match=WHY):
        account.deploy(stack)


def test_whatever_fails_to_be_created_nothing_is_left_and_the_next_deployment_succeeds(account: Account) -> None:
    """Every resource of every stack in turn, all in one account: what one failure left would fail the deployment."""
    tried = 0
    for stack in account.stacks:
        before = account.there()
        for name in stack.template["Resources"]:
            fail(account, first(stack, name), name)
            tried += 1
            if tried % 20 == 0:
                assert account.there() == before, name
        assert account.there() == before
        fail(account, last(stack, [*stack.template["Resources"]][-1]), [*stack.template["Resources"]][-1])
        assert account.there() == before
        account.world.take_in(account.deploy(stack))
    assert tried == sum(len(stack.template["Resources"]) for stack in account.stacks)
    account.world.run_until(START + timedelta(days=1))
    assert account.world.calls["maintain_holds"]["invocations"] == 1
    assert account.world.dead_letters() == []
    assert account.world.undelivered == []


def test_a_plain_retain_would_keep_what_stands_in_the_way(account: Account) -> None:
    """That this can fail: ``Retain`` keeps a resource on the rollback of its creation too."""
    stores = account.stacks[0]
    template: dict[str, Any] = json.loads(json.dumps(stores.template))
    template["Resources"]["DisposalSwitch"]["DeletionPolicy"] = "Retain"
    changed = last(replace(stores, template=template), "ContactRecordsAssociation")
    fail(account, changed, "ContactRecordsAssociation")
    with pytest.raises(TemplateError, match=r"DisposalSwitch .*already exists"):
        account.deploy(changed)
