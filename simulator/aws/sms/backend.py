"""The service as a backend of moto, in this process and on moto's server."""

from __future__ import annotations

import json
import os
import re
import sys
from types import ModuleType
from typing import Any, Final

from moto import backend_index
from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.models import DEFAULT_ACCOUNT_ID

from simulator.aws.sms import model
from simulator.aws.sms.errors import SmsError
from simulator.aws.sms.service import SmsService

_NAME: Final = "sms-voice"
_HOST: Final = r"https?://sms-voice\.(.+)\.amazonaws\.com"
_CREDENTIAL: Final = re.compile(r"Credential=[^/]*/[^/]*/(?P<region>[^/]+)/")


class SmsVoiceBackend(BaseBackend):
    """Holds one region's service; moto makes a new one at each reset."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.service = SmsService(account_id, region_name)

    @property
    def _url_module(self) -> Any:  # noqa: ANN401 - moto looks up two names on it
        return _URLS


def answer(request: Any, full_url: str, headers: Any) -> tuple[int, dict[str, str], str]:  # noqa: ANN401 - moto's own
    """Answer one request of the JSON 1.0 protocol."""
    del full_url
    region = _CREDENTIAL.search(str(headers.get("Authorization", "")))
    service = sms_voice_backends[current_account()][region["region"] if region else "us-east-1"].service
    operation = str(headers.get("X-Amz-Target", "")).rpartition(".")[2]
    try:
        asked = json.loads(request.data or "{}")
        model.check(operation, asked)
        return 200, _JSON, json.dumps(service.answer(operation, asked))
    except SmsError as error:
        return error.status, {**_JSON, "x-amzn-errortype": error.code}, error.body()


_JSON: Final = {"content-type": "application/x-amz-json-1.0"}
_URLS: Final = ModuleType("moto.smsvoice.urls")
_URLS.url_bases = [_HOST]  # type: ignore[attr-defined]
_URLS.url_paths = {"{0}/$": answer}  # type: ignore[attr-defined]

sms_voice_backends: BackendDict[SmsVoiceBackend] = BackendDict(SmsVoiceBackend, model.SERVICE)


def current_account() -> str:
    """Return the account that moto acts for."""
    return os.environ.get("MOTO_ACCOUNT_ID", DEFAULT_ACCOUNT_ID)


def install() -> None:
    """Let moto know the service. Shim: moto finds backends by importing modules of its own package."""
    module = ModuleType("moto.smsvoice")
    module.smsvoice_backends = sms_voice_backends  # type: ignore[attr-defined]
    sys.modules[module.__name__] = module
    if all(name != _NAME for name, _ in backend_index.backend_url_patterns):
        backend_index.backend_url_patterns.append((_NAME, re.compile(_HOST)))
