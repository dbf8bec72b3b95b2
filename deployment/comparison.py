"""The end of ``make check``: what was just synthesized against what the environment's stacks say that they keep."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from botocore.config import Config

from cli.credentials import CredentialsError, OtherAccountError, signed_in_to
from cli.doctor.checks.keeping import shorter
from cli.doctor.expected import read_plan
from cli.doctor.findings import Line, note
from cli.doctor.reading import LiveAccount, NotReadableError
from infra.checks.__main__ import FOLDER
from infra.config import DEFAULT_ENVIRONMENT, cdk_context, choose
from infra.council_folder import council_folder
from steward.policy.load import load_policy

_IMPATIENT: Final = Config(connect_timeout=3, read_timeout=5, retries={"total_max_attempts": 1})
"""Whether the account is at hand is asked once: a check on a train is a check without an account."""


def compare(name: str) -> Iterator[Line]:
    """Yield what would be kept for a shorter time, if the credentials in use are for the environment's account.

    Raises ``RefusalError`` for an environment that is not there and ``PolicyError`` for its policy.
    """
    deployment = choose(cdk_context(), name or DEFAULT_ENVIRONMENT)
    try:
        session = signed_in_to(deployment, _IMPATIENT)
    except OtherAccountError as problem:
        yield note("periods", f"not compared with what is deployed: the credentials in use are for {problem.account}")
        return
    except CredentialsError:
        yield note("periods", "not compared with what is deployed: no AWS credentials are at hand")
        return
    assembly = council_folder().built(FOLDER, deployment.name)
    plan = read_plan(Path(assembly), deployment, load_policy(deployment.policy_path))
    try:
        yield from shorter(LiveAccount(session, deployment.environment.region), plan)
    except NotReadableError as problem:
        yield note("periods", f"not compared with what is deployed: {problem}", problem.mend)
