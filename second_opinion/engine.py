"""LocalStack's free edition as a process of this machine: no container, no account, nothing sent anywhere."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.error import URLError
from urllib.request import urlopen

import boto3
from botocore.config import Config

from second_opinion.own_python import HOME, NotHereError, python_with

if TYPE_CHECKING:
    from collections.abc import Mapping

SERVICES: Final = ("cloudformation", "events", "iam", "kms", "s3", "scheduler", "sns", "sqs", "ssm", "sts")
LOCK: Final = "localstack"
LOG: Final = HOME / "localstack.log"
_STARTS_WITHIN: Final = 120.0
"""Seconds. An idle machine takes eight."""


@dataclass(frozen=True)
class Engine:
    """An account that listens until its context ends. LocalStack takes its number from the access key."""

    endpoint: str
    account: str
    region: str

    def client(self, service: str) -> Any:  # noqa: ANN401 - one client type for each service
        """Return a client of the account."""
        session: Any = boto3.Session(
            aws_access_key_id=self.account,
            aws_secret_access_key="local",  # noqa: S106 - nothing checks it
            region_name=self.region,
        )
        return session.client(service, endpoint_url=self.endpoint, config=Config(retries={"total_max_attempts": 1}))

    def variables(self) -> Mapping[str, str]:
        """Return what a process needs to see this account and no other."""
        return {
            "AWS_ACCESS_KEY_ID": self.account,
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_DEFAULT_REGION": self.region,
            "AWS_ENDPOINT_URL": self.endpoint,
        }


@contextmanager
def running(account: str, region: str) -> Iterator[Engine]:
    """Start LocalStack and stop it at the end. Raises NotHereError if it cannot be had or does not start."""
    python = python_with(LOCK)
    port = _free_port()
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="steward-second-") as folder, LOG.open("wb") as words:
        process = subprocess.Popen(  # noqa: S603 - our own
            [str(python), "-m", "localstack.runtime.main"],
            cwd=folder,
            env=_variables(python, Path(folder), port),
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            endpoint = f"http://127.0.0.1:{port}"
            _wait(process, endpoint)
            yield Engine(endpoint, account, region)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _variables(python: Path, folder: Path, port: int) -> dict[str, str]:
    return {
        "PATH": os.pathsep.join([str(python.parent), "/usr/bin", "/bin"]),
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LOCALSTACK_VOLUME_DIR": str(folder),
        "FILESYSTEM_ROOT": str(folder),
        "GATEWAY_LISTEN": f"127.0.0.1:{port}",
        "LOCALSTACK_HOST": f"127.0.0.1:{port}",
        "SERVICES": ",".join(SERVICES),
        "STRICT_SERVICE_LOADING": "1",
        # It neither reports its use, nor fetches a certificate, nor answers for names on this machine.
        "DISABLE_EVENTS": "1",
        "SKIP_SSL_CERT_DOWNLOAD": "1",
        "DNS_ADDRESS": "0",
    }


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], endpoint: str) -> None:
    until = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        with suppress(URLError, ConnectionError, TimeoutError):
            answer = urlopen(f"{endpoint}/_localstack/health", timeout=5).read()  # noqa: S310 - of this machine
            if json.loads(answer)["services"]["s3"] in {"available", "running"}:
                return
        time.sleep(0.2)
    raise NotHereError(f"LocalStack did not start; all it said is in {LOG}")
