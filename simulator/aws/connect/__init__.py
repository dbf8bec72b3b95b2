"""Amazon Connect's contact operations for the embedded AWS: moto has none of them.

``ConnectInstance`` is what a scenario changes; botocore clients reach it through moto's addresses, in this process and
through a moto server alike.
"""

from __future__ import annotations

from simulator.aws.connect.instance import INSTANCE_ARN, ConnectInstance

__all__ = ["INSTANCE_ARN", "ConnectInstance"]
