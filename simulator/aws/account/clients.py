"""Clients of the embedded AWS, whose service models are read once for the whole process."""

from __future__ import annotations

from functools import cache
from typing import Any

import boto3
import botocore.session


def botocore_session() -> botocore.session.Session:
    """Return a session that shares its loader of service models with every other."""
    session = botocore.session.Session()
    session.register_component("data_loader", _loader())
    return session


@cache
def own_client(service: str, region: str) -> Any:  # noqa: ANN401 - one client type for each service
    """Return a client that no hook of a world is attached to."""
    session: Any = boto3.Session(botocore_session=botocore_session(), region_name=region)
    return session.client(service)


@cache
def _loader() -> Any:  # noqa: ANN401 - botocore's loader
    """Return one loader: reading the models again for each world takes seconds."""
    return botocore.session.Session().get_component("data_loader")
