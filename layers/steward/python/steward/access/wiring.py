"""The parts of ``compare_profiles``."""

from __future__ import annotations

from steward.access.adapters import ConnectProfiles, SnsAccessNotices
from steward.access.profiles import Comparing
from steward.policy import compiled
from steward.settings import Environment, read


class CompareProfiles(Environment, frozen=True, kw_only=True):
    """What ``compare_profiles`` needs to be told."""

    data_protection_topic_arn: str
    instance_arn: str
    policy_file: str


def comparing() -> Comparing:
    """Return what ``compare_profiles`` works with. Raises ValueError where the policy has no section ``access``."""
    told = read(CompareProfiles)
    access = compiled.load(told.policy_file).access
    if access is None:
        raise ValueError("the policy has no section access")
    return Comparing(
        may_listen=access.may_listen,
        profiles=ConnectProfiles(told.instance_arn),
        notices=SnsAccessNotices(told.data_protection_topic_arn),
    )
