"""What steward itself puts on the own bus, held against the schemas that integrators are given."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from jsonschema import Draft4Validator

from infra.config import ROOT
from steward.names import OUTGOING_EVENTS


class OutgoingEvents:
    """An observer of EventBridge that keeps what is not as its schema says."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self.problems: list[str] = []

    def __call__(self, _: str, event: Mapping[str, Any]) -> None:
        source, kind = event["source"], event["detail-type"]
        if kind not in OUTGOING_EVENTS.get(source, ()):
            return
        self.seen.add(kind)
        path = ROOT / "events" / "schemas" / f"{source}@{kind.replace(' ', '')}.json"
        schema = json.loads(path.read_text(encoding="utf-8"))
        self.problems += [f"{kind}: {error.message}" for error in Draft4Validator(schema).iter_errors(dict(event))]
        unknown = sorted(event["detail"].keys() - schema["properties"]["detail"]["properties"].keys())
        self.problems += [f"{kind}: {field} is in no schema" for field in unknown]
