"""The parts of AWS that live in packages of their own, attached to a world as it starts.

A plugin is called with the world before anything is deployed, and returns what undoes it. It finds the agenda
(``world.agenda``), the publisher (``world``), the clock, and the creators of resource types (``world.creators``), to
which it may add its own.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import boto3

from simulator.aws.cloudwatch.reading import attach_metrics
from simulator.aws.connect import ConnectInstance
from simulator.aws.connect.flows.templates import ALIAS, FLOW, FLOW_MODULE, VERSION, DeployedFlows
from simulator.aws.connect.flows.views import VIEW
from simulator.aws.dynamodb import fast_transactions, partitioned_queries
from simulator.aws.iam.permissions import Permissions
from simulator.aws.iam.watch import watch
from simulator.aws.s3 import S3Store
from simulator.aws.sms.account import SmsAccount
from simulator.aws.sqs.moves import attach_message_moves

if TYPE_CHECKING:
    from simulator.aws.account.account import EmbeddedAws
    from simulator.aws.cloudformation.declaration import Declaration, Identity
    from simulator.aws.cloudformation.resource import DeployContext

Plugin = Callable[["EmbeddedAws"], Callable[[], None]]


def attach_s3(world: EmbeddedAws) -> Callable[[], None]:
    """Give moto's S3 lifecycle, events, locks and the journal of deletions."""
    world.s3 = S3Store(
        world.agenda, world, world.actor, changed=partial(world.memory.forget, "s3"), deliver=world.notify
    )
    return world.s3.close


def attach_dynamodb(world: EmbeddedAws) -> Callable[[], None]:
    """Give moto's DynamoDB transactions and queries whose cost does not grow with the table."""
    del world
    undoing = (fast_transactions(), partitioned_queries())

    def undo() -> None:
        for one in undoing:
            one()

    return undo


def attach_sms(world: EmbeddedAws) -> Callable[[], None]:
    """Give moto the SMS service, and the templates its resource types."""
    world.sms = SmsAccount(world.agenda, world, region=world.region)
    world.creators |= SmsAccount.creators
    return world.sms.close


def attach_connect(world: EmbeddedAws) -> Callable[[], None]:
    """Give moto Connect's contact operations; evaluations answer the questions of the forms that are deployed."""
    world.connect = ConnectInstance(world.agenda, world.instance_arn)
    declare = world.creators["AWS::Connect::EvaluationForm"]

    def deploy_form(site: DeployContext, declaration: Declaration) -> Identity:
        world.connect.form(declaration.properties)
        return declare(site, declaration)

    world.creators["AWS::Connect::EvaluationForm"] = deploy_form
    deployed = DeployedFlows(world.connect.flows, {name: world.creators[name] for name in (FLOW, FLOW_MODULE, ALIAS)})
    world.creators |= {
        FLOW: deployed.create,
        FLOW_MODULE: deployed.create,
        VERSION: deployed.freeze,
        ALIAS: deployed.alias,
    }
    world.creators[VIEW] = world.connect.views.creator(world.creators[VIEW])
    world.changers[VIEW] = world.connect.views.change
    world.changers |= {FLOW: deployed.change, FLOW_MODULE: deployed.change, ALIAS: deployed.move}
    world.creators["AWS::Connect::InstanceStorageConfig"] = world.connect.storage.create
    world.changers["AWS::Connect::InstanceStorageConfig"] = world.connect.storage.change
    world.finders["AWS::Connect::InstanceStorageConfig"] = world.connect.storage.find
    return world.connect.close


def attach_permissions(world: EmbeddedAws) -> Callable[[], None]:
    """Refuse what a caller's role does not allow, as IAM would: moto allows everything.

    Raises RuntimeError outside a world, where there is no session whose calls could be watched.
    """
    session = boto3.DEFAULT_SESSION
    if session is None:
        raise RuntimeError("a world has a session of its own before anything is attached to it")
    running = world.functions.running
    world.permissions = Permissions(world.resources, running, account=world.account, region=world.region)
    watch(session, world.permissions)
    return lambda: None


PLUGINS: tuple[Plugin, ...] = (
    attach_s3,
    attach_dynamodb,
    attach_sms,
    attach_message_moves,
    attach_metrics,
    attach_connect,
    attach_permissions,
)
