"""The line between handlers and AWS: counts every request, lets planned failures happen, and can cut it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from moto.core.models import botocore_stubber

from simulator.aws.wire.batches import fail_rows
from simulator.aws.wire.faults import Faults, broken_line, error_response

if TYPE_CHECKING:
    from datetime import datetime

    from botocore.awsrequest import AWSPreparedRequest, AWSResponse
    from botocore.config import Config
    from botocore.model import OperationModel
    from botocore.session import Session

    from simulator.aws.lambda_.invocation import Invocation
    from simulator.aws.speed.memory import Memory, Reply

CallObserver = Callable[[str, str, str, dict[str, Any]], None]
"""Told of every call of a handler: function, service, operation and the request's parameters on the wire."""

Answer = Callable[["Invocation", "AWSPreparedRequest"], "AWSResponse"]


_QUESTION: Final = "steward-question"


class BotocoreHooks:
    """Hooks on boto3's default session. Only calls made during an invocation are counted, and meet failures."""

    def __init__(self, running: Callable[[], Invocation | None], memory: Memory, now: Callable[[], datetime]) -> None:
        self.faults = Faults(now)
        self.observers: list[CallObserver] = []
        self.answers: dict[str, Answer] = {}
        """Operations that the engine answers itself instead of moto, by "service.Operation"."""
        self._running = running
        self._memory = memory
        self._call = threading.local()

    def attach(self, session: Session) -> None:
        """Take the place of moto's own hook for every client that this session makes from now on."""
        events = session.get_component("event_emitter")
        # botocore asks every handler for a response and takes the first: with both, each request would happen twice.
        events.unregister("before-send", botocore_stubber)
        events.register("before-call", self._before_call)
        events.register("before-send", self._before_send)
        events.register_first("after-call", self._after_call)

    def _before_call(
        self, model: OperationModel, params: dict[str, Any], context: dict[str, Any], **_: object
    ) -> Reply | None:
        self._call.model = model
        self._call.config = context.get("client_config")
        invocation = self._running()
        if invocation is None:
            return None
        service = str(model.service_model.service_name)
        for observer in self.observers:
            observer(invocation.spec.short_name, service, model.name, params)
        question = self._memory.question(model, params)
        if question is None or self.faults.any() or invocation.kill_after is not None:
            return None
        known = self._memory.recall(service, question)
        if known is None:
            context[_QUESTION] = question
            return None
        invocation.check_alive()
        invocation.calls[f"{service}.{model.name}"] += 1
        return known

    def _after_call(
        self,
        http_response: AWSResponse,
        parsed: dict[str, Any],
        model: OperationModel,
        context: dict[str, Any],
        **_: object,
    ) -> None:
        question = context.pop(_QUESTION, None)
        if question is not None:
            self._memory.note(str(model.service_model.service_name), question, http_response, parsed)

    def _before_send(self, request: AWSPreparedRequest, event_name: str, **_: object) -> AWSResponse | None:
        invocation = self._running()
        if invocation is None:
            return botocore_stubber(event_name, request)
        invocation.check_alive()
        model: OperationModel = self._call.model
        service = str(model.service_model.service_name)
        name = f"{service}.{model.name}"
        invocation.calls[name] += 1

        def effect(request: AWSPreparedRequest = request) -> AWSResponse | None:
            answer = self.answers.get(name)
            return answer(invocation, request) if answer else botocore_stubber(event_name, request)

        fault = self.faults.take(service, model.name, request)
        if fault is None and invocation.kill_after is None:
            return effect()
        if fault is not None and fault.keys:
            response = fail_rows(name, request, fault.keys, fault.error, effect)
        elif fault is None or fault.after_effect:
            response = effect()
        if invocation.kill_after is not None:
            invocation.kill_after -= 1
            if invocation.kill_after <= 0:
                invocation.crash("Runtime exited with error: signal: killed")
        if fault is None or fault.keys:
            return response
        lost = broken_line(fault.error)
        if lost is None:
            return error_response(request, model, fault.error)
        invocation.sleep(_patience(self._call.config, fault.error))
        raise lost(endpoint_url=request.url)


def _patience(config: Config | None, error: str) -> float:
    """Return the seconds that a client waits before it gives a request up."""
    name = {"Read": "read_timeout", "Conn": "connect_timeout"}.get(error[:4], "") if "Timeout" in error else ""
    return float(getattr(config, name, 60) or 60) if name else 0.0
