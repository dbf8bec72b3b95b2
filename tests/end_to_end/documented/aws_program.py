"""`aws` as the documented commands meet it: service, operation and options by botocore's own models.

https://docs.aws.amazon.com/cli/latest/reference/: an option is the parameter's name with hyphens; a structure is given
as JSON; `--query` is JMESPath; `--output text` prints a scalar as it is.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import boto3
import jmespath
from botocore import xform_name

NOT_BEHIND_THE_PORT = {"connect"}
"""moto's server has no Amazon Connect: the options are read, and the answer is a file."""
GLOBAL = {"cli-input-json", "query", "output", "region", "profile"}


def main(arguments: list[str]) -> int:
    """Call one operation and print its answer; 252, as the AWS CLI, for what it would not take."""
    service, operation, *options = arguments
    given = {options[place].removeprefix("--"): options[place + 1] for place in range(0, len(options), 2)}
    make: Any = boto3.client
    client = make(service)
    methods = client.meta.method_to_api_mapping
    method = operation.replace("-", "_")
    if method not in methods or not all(option.startswith("--") for option in options[::2]):
        sys.stderr.write(f"aws: {service} has no operation {operation} with these options\n")
        return 252
    members = client.meta.service_model.operation_model(methods[method]).input_shape.members
    by_option = {xform_name(name).replace("_", "-"): name for name in members}
    unknown = sorted(given.keys() - GLOBAL - by_option.keys())
    if unknown:
        sys.stderr.write(f"aws: unknown options: {', '.join(unknown)}\n")
        return 252
    values = {
        by_option[option]: json.loads(value) if members[by_option[option]].type_name != "string" else value
        for option, value in given.items()
        if option not in GLOBAL
    }
    if "cli-input-json" in given:
        values |= json.loads(Path(given["cli-input-json"].removeprefix("file://")).read_text())
    if service in NOT_BEHIND_THE_PORT:
        sys.stdout.write(Path(os.environ["CONNECT_ANSWERS"]).read_text())
        return 0
    answer: Any = getattr(client, method)(**values)
    answer.pop("ResponseMetadata", None)
    if "query" in given:
        answer = jmespath.search(given["query"], _readable(answer))
    text = given.get("output") == "text" and isinstance(answer, str)
    sys.stdout.write(f"{answer if text else json.dumps(_readable(answer))}\n")
    return 0


def _readable(answer: Any) -> Any:  # noqa: ANN401 - any answer of any service
    """Return the answer as the AWS CLI has it: bytes in base64, dates as text."""
    from base64 import b64encode  # noqa: PLC0415
    from datetime import datetime  # noqa: PLC0415

    match answer:
        case bytes():
            return b64encode(answer).decode()
        case datetime():
            return answer.isoformat()
        case dict():
            return {name: _readable(value) for name, value in answer.items()}
        case list():
            return [_readable(value) for value in answer]
        case _:
            return answer


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
