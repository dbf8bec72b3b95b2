"""Every function starts from its layers alone under its own Python, by AWS's runtime client, and answers.

Nothing of AWS is there: every call is refused at once. So an answer is what the function says when AWS refuses, which
is never that a module or a description is missing.
"""

from __future__ import annotations

import json
import platform
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from infra import bytecode, layers
from second_opinion import runtime_api
from second_opinion.own_python import NotHereError, python_with
from second_opinion.runtime_api import Answer
from simulator.aws.account.start import embedded_aws
from simulator.aws.lambda_.invocation import FunctionSpec

pytestmark = pytest.mark.second_opinion

EVENTS = Path("events")
ELSEWHERE = {
    "compare_profiles",
    "record_application",
    "report_access",
    "retire_applications",
    "sign_flag",
    "start_request",
}
"""Deployed where the policy keeps applications, says who may listen or has flags signed, or reads are kept track of.
Or where advisers have a guide."""
FUNCTIONS = sorted({path.parent.name for path in Path("functions").glob("*/handler.py")} - ELSEWHERE)


def sample(name: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((EVENTS / name).read_text(encoding="utf-8"))
    return event


EVENT: dict[str, Any] = {
    "control_recording": sample("contact-flow/pause-recording.json"),
    "record_consent": sample("contact-flow/record-consent.json"),
    "send_sms": sample("contact-flow/send-sms.json"),
    "relay_flags": sample("kinesis/flagged-records.json"),
    "decide": sample("function-url/decide-approve.json"),
    "hand_over": sample("function-url/decide-approve.json"),
    "redrive": {"queue": "hold-requests", "dry_run": True},
    "maintain_holds": {},
    "repeat_orders": {},
    "count_contact_records": {},
    "retire_contact_records": {},
    "watch_requests": {},
    "write_statement": {},
}
"""What each is started with; the others work through a queue and get a message that nobody can read."""


@pytest.fixture(scope="module")
def specs(assembly: Path) -> dict[str, FunctionSpec]:
    with embedded_aws(assembly, datetime(2027, 1, 12, 10, tzinfo=UTC)) as world:
        return {spec.short_name: spec for spec in world.functions}


@pytest.fixture(scope="module")
def python() -> Path:
    try:
        return python_with("runtime-client")
    except NotHereError as reason:
        pytest.skip(f"{reason}: no function was started")


@pytest.fixture(scope="module")
def dependencies(python: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The layer of third-party packages from the same lock, for this machine's processor."""
    assert python
    own = [name.replace("aarch64", platform.machine()) for name in layers.PLATFORMS]
    return layers.build(tmp_path_factory.mktemp("dependencies") / "layer", platforms=own, python=bytecode.interpreter())


@pytest.fixture(scope="module")
def opt(specs: dict[str, FunctionSpec], dependencies: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every function has the same layers, so they are unpacked once."""
    assert len({spec.layers for spec in specs.values()}) == 1
    return runtime_api.unpacked(specs["place_hold"], dependencies, tmp_path_factory.mktemp("opt"))


def test_every_function_is_deployed_and_started(specs: dict[str, FunctionSpec]) -> None:
    assert sorted(specs) == FUNCTIONS


IN_CALL = {
    "control_recording": {"status": "not_confirmed", "reason": "guard_unavailable", "reference": ""},
    "record_consent": {"status": "refused", "reason": "unavailable"},
    "send_sms": {"status": "failed", "reason": "unavailable", "message_id": ""},
}
"""What a caller's flow is told when AWS refuses everything."""

REFUSED = {"AccessDenied", "OrdersIncomplete", "DisposalRefused", "SweepIncomplete"}
"""How a run of a schedule, or of a person, ends that AWS lets do nothing: so that it is alarmed."""


@pytest.fixture(scope="module")
def answers(specs: dict[str, FunctionSpec], python: Path, opt: Path) -> dict[str, Answer]:
    """Two at a time, as there are processors."""
    with ThreadPoolExecutor(2) as pool:
        started = {
            name: pool.submit(runtime_api.start, python, spec, opt, EVENT.get(name, sample("sqs/poison.json")))
            for name, spec in specs.items()
        }
        return {name: one.result() for name, one in started.items()}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_starts_from_its_layers_alone(name: str, answers: dict[str, Answer]) -> None:
    answer = answers[name]
    assert answer.kind in {"response", "error"}, answer.words
    if answer.kind == "error":
        assert answer.body["errorType"] in REFUSED, answer.words
    elif name in IN_CALL:
        assert answer.body == IN_CALL[name]
    elif name == "hand_over":
        assert answer.body["statusCode"] == 200
    else:
        assert answer.body["batchItemFailures"], answer.words


def test_a_function_without_its_layers_is_noticed(specs: dict[str, FunctionSpec], python: Path, tmp_path: Path) -> None:
    """The judge is asked about something wrong as well."""
    answer = runtime_api.start(python, specs["place_hold"], tmp_path, {})
    assert (answer.kind, answer.body["errorType"]) == ("init error", "Runtime.ImportModuleError")
