"""JSONPath references of the flow language, such as ``$.Attributes.language``.

https://docs.aws.amazon.com/connect/latest/adminguide/connect-attrib-list.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulator.flow_runner.call import Call

_REFERENCE = re.compile(r"""\$(?:\.[A-Za-z_][\w-]*|\[\s*(?:"[^"\]]*"|'[^'\]]*')\s*\])+""")
_STEP = re.compile(r"""\.([A-Za-z_][\w-]*)|\[\s*["']([^"'\]]*)["']\s*\]""")


def resolve(text: str, call: Call) -> str:
    """Return the text with every reference replaced by its value; an unknown one is empty, as in Connect."""
    return _REFERENCE.sub(lambda found: _value(found[0], call), text)


def resolve_all(value: Any, call: Call) -> Any:  # noqa: ANN401 (any JSON)
    """Return JSON with every reference in its strings replaced."""
    if isinstance(value, str):
        return resolve(value, call)
    if isinstance(value, Mapping):
        return {key: resolve_all(each, call) for key, each in value.items()}
    if isinstance(value, list):
        return [resolve_all(each, call) for each in value]
    return value


def _value(reference: str, call: Call) -> str:
    at: object = _tree(call)
    for step in _STEP.finditer(reference):
        at = at.get(step[1] or step[2]) if isinstance(at, Mapping) else None
    return at if isinstance(at, str) else ""


def _tree(call: Call) -> dict[str, object]:
    return {
        "ContactId": call.contact_id,
        "InitialContactId": call.chain_id,
        "RelatedContactId": call.related_contact_id,
        "Channel": call.channel,
        "LanguageCode": call.language_code,
        "TextToSpeechVoice": call.voice,
        "CustomerEndpoint": {"Address": call.caller, "Type": "TELEPHONE_NUMBER"},
        "SystemEndpoint": {"Address": call.dialled, "Type": "TELEPHONE_NUMBER"},
        "Queue": {"ARN": call.queue_arn, "Name": call.queue_name},
        "Attributes": call.attributes,
        "External": call.external,
        "StoredCustomerInput": call.stored_input,
        "Views": {"Action": call.view_action, "ViewResultData": call.view_data},
    }
