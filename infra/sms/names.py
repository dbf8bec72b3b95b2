"""The SMS service's resources by their names, for functions of another stack.

By name and not by reference: the stack of these resources may fail, when the service refuses a country's code or a name
that is taken, and holds and payments must be deployed all the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from infra.config import Deployment


@dataclass(frozen=True, kw_only=True)
class SmsNames:
    """The names of one environment's resources, and their ARNs."""

    configuration_set: str
    configuration_set_arn: str
    opt_out_list: str
    opt_out_list_arn: str

    @classmethod
    def of(cls, deployment: Deployment) -> SmsNames:
        """Return the names that the environment's resources have."""
        name, environment = deployment.prefix, deployment.environment
        where = f"arn:aws:sms-voice:{environment.region}:{environment.account}"
        return cls(
            configuration_set=name,
            configuration_set_arn=f"{where}:configuration-set/{name}",
            opt_out_list=name,
            opt_out_list_arn=f"{where}:opt-out-list/{name}",
        )
