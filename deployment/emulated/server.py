"""An emulated AWS account behind a port of this machine, which the CDK command line takes for AWS."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

from deployment.emulated.cloudformation import completed_cloudformation
from infra.council_folder import VARIABLE
from simulator.aws.account.account import EmbeddedAws
from simulator.aws.account.start import empty_account

if TYPE_CHECKING:
    from infra.config import Environment
    from simulator.aws.cloudformation.resource import Resource

_KEPT_VARIABLES = ("HOME", "LANG", "LC_ALL", "PATH", "TERM", "TMPDIR", VARIABLE)
_CREDENTIALS = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}


@dataclass(frozen=True)
class LocalAccount:
    """One account that listens until its context ends. Its clock stands still except when the world is run."""

    endpoint: str
    region: str
    world: EmbeddedAws
    created: list[Resource]

    def client(self, service: str) -> Any:  # noqa: ANN401 - one client type for each service
        """Return a client that talks to the server as any client outside this process would."""
        session: Any = boto3.Session(aws_access_key_id="local", aws_secret_access_key="local", region_name=self.region)  # noqa: S106
        config = Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1})
        return session.client(service, endpoint_url=self.endpoint, config=config)

    def variables(self, home: Path) -> dict[str, str]:
        """Return what a command needs to see this account and no other; ``home`` takes what it writes."""
        kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
        return {
            **kept,
            **_CREDENTIALS,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": str(home / "no-config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(home / "no-credentials"),
            "CDK_HOME": str(home),
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            "CDK_DISABLE_VERSION_CHECK": "true",
            "NO_PROXY": "localhost",
        }


@contextmanager
def local_account(environment: Environment) -> Iterator[LocalAccount]:
    """Start an empty account with that environment's number, region and Connect instance; stop it at the end."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with (
        tempfile.TemporaryDirectory(prefix="steward-deployed-") as folder,
        empty_account(
            datetime.now(UTC),
            account=environment.account,
            region=environment.region,
            instance_arn=environment.instance_arn,
        ) as world,
        completed_cloudformation(world, Path(folder)) as created,
    ):
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        try:
            # moto recognises a template's address by the word "localhost".
            yield LocalAccount(f"http://localhost:{server.get_host_and_port()[1]}", environment.region, world, created)
        finally:
            server.stop()
