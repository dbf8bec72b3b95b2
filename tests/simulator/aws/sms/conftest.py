"""The emulated service behind real clients: in this process and on moto's server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import boto3
import moto
import pytest
from botocore.config import Config

from simulator.aws.sms.backend import current_account, install, sms_voice_backends
from simulator.aws.sms.service import SmsService

NAME: Final = "pinpoint-sms-voice-v2"


def client(endpoint_url: str | None = None) -> Any:  # noqa: ANN401 - boto3's own
    config = Config(retries={"total_max_attempts": 1}, parameter_validation=False)
    return boto3.client(
        NAME,
        "eu-west-2",
        endpoint_url=endpoint_url,
        config=config,
        aws_access_key_id="x",
        aws_secret_access_key="x",  # noqa: S106
    )


@pytest.fixture
def sms() -> Iterator[Any]:
    """Return a client that does not check what it sends, so that the service has to."""
    install()
    with moto.mock_aws():
        yield client()


@pytest.fixture
def service(sms: Any) -> SmsService:  # noqa: ANN401 - boto3's own
    del sms
    return sms_voice_backends[current_account()]["eu-west-2"].service
