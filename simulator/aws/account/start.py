"""Where an embedded AWS is put together: the account, the services attached to it, and what is deployed there."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from unittest.mock import patch

import boto3
import botocore.session
from moto import mock_aws

from simulator.aws.account.account import EmbeddedAws
from simulator.aws.account.clients import botocore_session
from simulator.aws.account.names import instance_of
from simulator.aws.account.services import PLUGINS
from simulator.aws.cloudformation.assembly import BrokenAssembly, Stack, read_assembly
from simulator.aws.kms.signing import signing_as_documented
from simulator.aws.speed import speedups
from simulator.aws.time.virtual_time import VirtualClock, virtual_sleep

if TYPE_CHECKING:
    from botocore.session import Session

    from simulator.aws.account.services import Plugin

_ACCOUNT: Final = "111122223333"
_REGION: Final = "eu-west-2"


@contextmanager
def embedded_aws(assembly: Path, start: datetime, *, plugins: tuple[Plugin, ...] = PLUGINS) -> Iterator[EmbeddedAws]:
    """Deploy the assembly (a ``cdk.out`` folder) at an aware moment and let it live until the context ends.

    Raises ``BrokenAssembly`` and ``TemplateError`` for what CloudFormation would refuse.
    """
    stacks = read_assembly(assembly)
    account, region = _place(stacks)
    instance_arn = instance_of(stacks, account, region)
    with empty_account(start, account=account, region=region, instance_arn=instance_arn, plugins=plugins) as world:
        world.deploy(stacks)
        yield world


@contextmanager
def empty_account(
    start: datetime, *, account: str, region: str, instance_arn: str, plugins: tuple[Plugin, ...] = PLUGINS
) -> Iterator[EmbeddedAws]:
    """Let an empty account live from an aware moment until the context ends.

    ``account`` is its number of twelve digits, ``instance_arn`` that of its Connect instance. ``deploy`` fills it, or
    ``site`` and ``take_in`` do.
    """
    with ExitStack() as closing:
        clock = closing.enter_context(VirtualClock(start))
        closing.enter_context(_variables({"MOTO_ACCOUNT_ID": account}))
        closing.enter_context(mock_aws())
        memory = closing.enter_context(speedups()).memory
        closing.callback(signing_as_documented())
        world = EmbeddedAws(clock, memory, account=account, region=region, instance_arn=instance_arn)
        core = botocore_session()
        boto3.setup_default_session(botocore_session=core, region_name=region)
        core.set_config_variable("region", region)
        closing.enter_context(_handed_to_functions(core))
        world.wire.attach(core)
        closing.enter_context(virtual_sleep(world.functions.sleep))
        for plugin in plugins:
            closing.callback(plugin(world))
        yield world


def _place(stacks: list[Stack]) -> tuple[str, str]:
    regions = {stack.region for stack in stacks if stack.region}
    if len(regions) > 1:
        raise BrokenAssembly(f"the stacks are for several regions: {', '.join(sorted(regions))}")
    account = next((stack.account for stack in stacks if stack.account), _ACCOUNT)
    return account, next(iter(regions), _REGION)


@contextmanager
def _handed_to_functions(core: Session) -> Iterator[None]:
    """Let the functions' clients come from that session; boto3 and the tools go on making sessions of their own.

    boto3 adds its methods to the clients of each session that it is given, and refuses to add them twice.
    """
    make: Callable[..., Session] = botocore.session.get_session

    def session(*arguments: Any, **options: Any) -> Session:  # noqa: ANN401 -- as botocore's
        asks = str(sys._getframe(1).f_globals.get("__name__"))  # noqa: SLF001 -- who asks is all that tells them apart
        return core if asks.partition(".")[0] == "steward" else make(*arguments, **options)

    with patch.object(botocore.session, "get_session", session):
        yield


@contextmanager
def _variables(wanted: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
