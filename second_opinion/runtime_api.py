"""A small stand-in for Lambda's Runtime API, against which AWS's own runtime client starts a function.

It gives one event, takes one answer, and refuses every call to AWS at once, so that nothing waits for a retry (Lambda
developer guide, "Using the Lambda runtime API for custom runtimes").
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Empty, Queue
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from simulator.aws.lambda_.invocation import FunctionSpec

_REFUSED_QUERY: Final = (
    b"<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code>"
    b"<Message>nothing is to be had here</Message></Error><RequestId>none</RequestId></ErrorResponse>"
)
_VERSION: Final = "/2018-06-01/runtime"
_ANSWERS_WITHIN: Final = 60.0
"""Seconds, on a machine that does other things as well."""


@dataclass(frozen=True)
class Answer:
    """What a started function said: ``kind`` is ``response``, ``error``, ``init error`` or ``nothing``."""

    kind: str
    body: Any
    words: str
    """The end of what it wrote on its output."""


class RuntimeApi:
    """One function's turn: its event, and what it says to it."""

    def __init__(self, arn: str, event: object) -> None:
        self.said: Queue[tuple[str, Any]] = Queue()
        self._arn, self._event = arn, json.dumps(event).encode()
        self._given, self._over = False, Event()

    def next(self) -> bytes | None:
        """Return the event, and to the second question nothing until it is over: as a frozen environment waits."""
        if self._given:
            self._over.wait()
            return None
        self._given = True
        return self._event

    def headers(self) -> dict[str, str]:
        """Return what Lambda says of an invocation."""
        return {
            "Lambda-Runtime-Aws-Request-Id": "5b1e8b1c-0d4c-4f6e-8b1c-2f0a6d6c7e11",
            "Lambda-Runtime-Deadline-Ms": str(int((time.time() + _ANSWERS_WITHIN) * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": self._arn,
            "Lambda-Runtime-Trace-Id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0",
        }

    def end(self) -> None:
        """Let whoever waits for a second event go."""
        self._over.set()


class _Turn(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        """Answer ``next``; anything else is a call to AWS."""
        if self.path != f"{_VERSION}/invocation/next":
            self._refuse()
            return
        event = self.server.api.next()
        if event is not None:
            self._answer(200, event, self.server.api.headers())

    def do_POST(self) -> None:
        """Take the answer, or what went wrong; anything else is a call to AWS."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if not self.path.startswith(_VERSION):
            self._refuse()
            return
        kind = self.path.rpartition("/")[2]
        starting = self.path.startswith(f"{_VERSION}/init/")
        self.server.api.said.put((f"init {kind}" if starting else kind, json.loads(body or b"null")))
        self._answer(202, b"{}", {})

    def do_PUT(self) -> None:
        """Refuse: only AWS is asked like this."""
        self.do_POST()

    def do_DELETE(self) -> None:
        """Refuse, as above."""
        self._refuse()

    def do_HEAD(self) -> None:
        """Refuse, as above."""
        self._refuse()

    def _refuse(self) -> None:
        if self.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
            # The query protocol answers in XML (Smithy, "AWS query protocol", operation error serialization).
            self._answer(403, _REFUSED_QUERY, {"Content-Type": "text/xml"})
            return
        code = {"__type": "AccessDeniedException", "message": "nothing is to be had here"}
        self._answer(403, json.dumps(code).encode(), {"x-amzn-errortype": "AccessDeniedException"})

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers, "Content-Length": len(body)}.items():
            self.send_header(name, str(value))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing of each request."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, api: RuntimeApi) -> None:
        super().__init__(("127.0.0.1", 0), _Turn)
        self.api = api

    def handle_error(self, *_: object) -> None:
        """Say nothing of a function that was stopped while it waited."""


@contextmanager
def _listening(api: RuntimeApi) -> Iterator[str]:
    server = _Server(api)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        api.end()
        server.shutdown()
        server.server_close()
        thread.join()


def unpacked(spec: FunctionSpec, dependencies: Path, target: Path) -> Path:
    """Lay the function's layers over each other in ``target``, as Lambda does below /opt, and return it.

    ``dependencies`` takes the place of the layer of third-party packages, which is built for another processor.
    """
    for layer in spec.layers:
        built_elsewhere = (layer / "python" / "botocore").is_dir()
        shutil.copytree(dependencies if built_elsewhere else layer, target, dirs_exist_ok=True)
    return target


def start(python: Path, spec: FunctionSpec, layers: Path, event: object) -> Answer:
    """Start the function with AWS's runtime client and no other packages than its layers; give it one event."""
    api = RuntimeApi(spec.arn, event)
    with _listening(api) as address, tempfile.TemporaryFile() as words:
        process = subprocess.Popen(  # noqa: S603 - our own
            [str(python), "-m", "awslambdaric", spec.handler],
            cwd=spec.code,
            env=_variables(spec, layers, address),
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            kind, body = _wait(api, process)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        words.seek(0)
        return Answer(kind, body, words.read().decode(errors="replace")[-2000:])


def _wait(api: RuntimeApi, process: subprocess.Popen[bytes]) -> tuple[str, Any]:
    until = time.monotonic() + _ANSWERS_WITHIN
    while time.monotonic() < until:
        with suppress(Empty):
            return api.said.get(timeout=0.1)
        if process.poll() is not None and api.said.empty():
            break
    return ("nothing", None)


def _variables(spec: FunctionSpec, layers: Path, address: str) -> dict[str, str]:
    """Return the variables that Lambda sets (Lambda developer guide, "Defined runtime environment variables")."""
    return {
        "PATH": "/usr/bin:/bin",
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "PYTHONPATH": os.pathsep.join([str(layers / "python"), str(spec.code)]),
        "LAMBDA_TASK_ROOT": str(spec.code),
        "LAMBDA_RUNTIME_DIR": "/var/runtime",
        "_HANDLER": spec.handler,
        "AWS_LAMBDA_RUNTIME_API": address,
        "AWS_LAMBDA_FUNCTION_NAME": spec.name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(spec.memory),
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{spec.name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": "second-opinion",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_REGION": "eu-west-2",
        "AWS_DEFAULT_REGION": "eu-west-2",
        "AWS_ACCESS_KEY_ID": "second",
        "AWS_SECRET_ACCESS_KEY": "opinion",
        "AWS_ENDPOINT_URL": f"http://{address}",
        **{name: value.replace("/opt/", f"{layers}/") for name, value in spec.environment.items()},
    }
