"""botocore's descriptions of services, cut down to what the functions call.

Every client reads them when it is made: the model of its service, the rules for its address, and the list of all
services in all regions. What no program reads (documentation, examples) and what no function calls goes.
"""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Any

_UNREAD = ("examples-1.json", "examples-1.json.gz", "completions-1.json", "completions-1.json.gz")


def trim(data: Path, services: Collection[str]) -> None:
    """Keep only those services (by their folders' names) in the folder ``data``, without documentation."""
    for folder in sorted(path for path in data.iterdir() if path.is_dir()):
        if folder.name not in services:
            shutil.rmtree(folder)
            continue
        for file in sorted(folder.rglob("*")):
            if file.name in _UNREAD:
                file.unlink()
    prefixes = {_shorten(model) for model in sorted(data.rglob("service-2.json*"))}
    _shorten_endpoints(data / "endpoints.json", prefixes)


def _shorten(model: Path) -> str:
    """Write a service's model anew without its documentation; return what its endpoints are called."""
    text = gzip.decompress(model.read_bytes()) if model.suffix == ".gz" else model.read_bytes()
    described = json.loads(text)
    shortened: Any = _without_documentation(described)
    # botocore reads this documentation and no other, and fails without (botocore.model, client_context_parameters).
    for parameter in shortened.get("clientContextParams", {}).values():
        parameter["documentation"] = ""
    short = json.dumps(shortened, separators=(",", ":")).encode()
    model.write_bytes(gzip.compress(short, mtime=0) if model.suffix == ".gz" else short)
    return str(described["metadata"]["endpointPrefix"])


def _without_documentation(thing: object) -> object:
    """Leave out texts named ``documentation``; a member of that name is an object."""
    if isinstance(thing, dict):
        return {
            name: _without_documentation(value)
            for name, value in thing.items()
            if not (name in {"documentation", "documentationUrl"} and isinstance(value, str))
        }
    if isinstance(thing, list):
        return [_without_documentation(value) for value in thing]
    return thing


def _shorten_endpoints(file: Path, prefixes: Collection[str]) -> None:
    endpoints = json.loads(file.read_bytes())
    for partition in endpoints["partitions"]:
        partition["services"] = {name: one for name, one in partition["services"].items() if name in prefixes}
    file.write_text(json.dumps(endpoints, separators=(",", ":")), encoding="utf-8")
