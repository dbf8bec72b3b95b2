"""What is set aside of an event about a disclosure: what the register would keep of it, so that it can be sent again.

What may lie in a dead-letter queue is what passes the gate: fixed words, dates, references and short phrases without a
number or an address. What is missing or wrong is left out, and is then refused by its name again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from steward.clock import Clock
from steward.decisions.subjects import Decision
from steward.holds.requests import BadRequest
from steward.holds.telling.setting_aside import without_free_text
from steward.ids import ContactId
from steward.names import DISCLOSURE_EVENTS, RIGHTS_SOURCE
from steward.policy.disclosure import Need, RecipientKind
from steward.rights.commands import GROUNDS, ROUTES, cuts_of
from steward.rights.disclosing import gate
from steward.rights.disclosing.commands import MOST_FILES, PROPOSAL

_SHOWN: Final = (*Need, "prejudice", "sensitive", "victim_notice_on")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_CALL: Final = re.compile(r"[0-9a-f-]{1,64}", re.IGNORECASE)
"""AWS's id of a call."""
_KEY: Final = re.compile(r"[\w./:=-]+/[\w./:=-]+")
"""A key as Connect writes it: no blank, no plus sign and no @, which names, numbers and addresses have."""
_LONG_NUMBER: Final = re.compile(r"(?<![0-9a-f-])0\d{9,}")


def for_later(body: str, clock: Clock) -> str:
    """Return a message about a disclosure as it may lie in a dead-letter queue; any other as it lies there anyway."""
    kept = without_free_text(body)
    try:
        message, told = json.loads(body), json.loads(kept)
    except (ValueError, RecursionError):
        return kept
    if not isinstance(message, dict) or message.get("source") != RIGHTS_SOURCE:
        return kept
    kind, detail = message.get("detail-type"), message.get("detail")
    if kind not in DISCLOSURE_EVENTS or not isinstance(detail, Mapping):
        return kept
    stated = {str(name).casefold(): value for name, value in detail.items()}
    more = {name: value for name, read in _FIELDS.items() if (value := read(stated.get(name))) is not None}
    return json.dumps({**told, "detail": {**told["detail"], **more, **_shown(stated, more, clock)}})


def _shown(stated: Mapping[str, Any], fixed: Mapping[str, Any], clock: Clock) -> dict[str, Any]:
    if "kind" not in fixed:
        return {}
    kind = RecipientKind(fixed["kind"])
    named = stated.get("contact_ids")
    contact_ids = tuple(ContactId(str(one)) for one in named) if isinstance(named, list) else ()
    found: dict[str, Any] = {}
    for name in _SHOWN:
        with suppress(BadRequest):
            read = gate.value(kind, name, stated, contact_ids, clock.now())
            # A list of contacts was read and covers them all: it is the list of those that are asked for.
            found[name] = [*contact_ids] if read == gate.THESE else read
    return found


def _one_of(words: Sequence[str]) -> Callable[[object], object]:
    known = {str(one) for one in words}
    return lambda value: value if isinstance(value, str) and value in known else None


def _matches(form: re.Pattern[str]) -> Callable[[object], object]:
    return lambda value: value if isinstance(value, str) and form.fullmatch(value) else None


def _yes_or_no(value: object) -> object:
    if isinstance(value, bool) or (isinstance(value, str) and value.strip().lower() in {"yes", "no", "true", "false"}):
        return value
    return None


def _kind(value: object) -> object:
    read = value.strip().lower().replace(" ", "_").replace("-", "_") if isinstance(value, str) else ""
    return read if read in [*RecipientKind] else None


def _files(value: object) -> object:
    if not isinstance(value, list) or len(value) > MOST_FILES:
        return None
    read = [_file(one) for one in value]
    # Of a list that cannot be kept whole none is: what is sent again may not mean less than was decided.
    return read if all(read) else None


def _file(value: object) -> object:
    stated: Mapping[str, Any] = value if isinstance(value, Mapping) else {"file": value}
    key = stated.get("file")
    if not isinstance(key, str) or not _KEY.fullmatch(key) or _LONG_NUMBER.search(key):
        return None
    try:
        cuts = cuts_of(stated.get("cuts"))
    except BadRequest:
        return None
    parts = [{"from_ms": one.from_ms, "to_ms": one.to_ms, "channel": one.channel} for one in cuts]
    return {"file": key, "cuts": parts} if parts else key


_FIELDS: Final[Mapping[str, Callable[[object], object]]] = {
    "kind": _kind,
    "from": _matches(_DAY),
    "to": _matches(_DAY),
    "decision": _one_of([*Decision]),
    PROPOSAL: _matches(_CALL),
    "by": _matches(re.compile(r"[A-Za-z][A-Za-z0-9._@ -]{0,99}")),
    "files": _files,
    "expires_on": _matches(_DAY),
    "tell_person": _yes_or_no,
    "ground": _one_of(GROUNDS),
    "review_on": _matches(_DAY),
    "route": _one_of(ROUTES),
}
