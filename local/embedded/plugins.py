"""The parts of AWS that live in packages of their own, attached to a world as it starts.

A plugin is called with the world before anything is deployed, and returns what undoes it. It finds the agenda
(``world.agenda``), the publisher (``world``), the clock, and the creators of resource types (``world.creators``), to
which it may add its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from local.s3 import S3World
from local.sms.world import SmsWorld

if TYPE_CHECKING:
    from local.embedded.world import EmbeddedAws

Plugin = Callable[["EmbeddedAws"], Callable[[], None]]


def attach_s3(world: EmbeddedAws) -> Callable[[], None]:
    """Give moto's S3 lifecycle, events, locks and the journal of deletions."""
    world.s3 = S3World(world.agenda, world, world.actor)
    return world.s3.close


def attach_sms(world: EmbeddedAws) -> Callable[[], None]:
    """Give moto the SMS service, and the templates its resource types."""
    world.sms = SmsWorld(world.agenda, world, region=world.region)
    world.creators |= SmsWorld.creators
    return world.sms.close


PLUGINS: tuple[Plugin, ...] = (attach_s3, attach_sms)
