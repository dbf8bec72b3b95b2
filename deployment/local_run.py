"""``make deploy-local``: bootstrap, deploy, check and compare, on an emulated account that is gone afterwards."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from deployment.command_line import VERSION, CommandLine, install
from deployment.server import local_account
from deployment.smoke import check
from infra.config import DEFAULT_ENVIRONMENT, cdk_context, choose
from infra.council_folder import council_folder
from steward.policy.load import load_policy

FOLDER: Final = "deployment"
"""Where the templates are written, so that ``cdk.out`` stays as it is, and what the command line said."""


def deploy_locally(say: Callable[[str], None]) -> None:
    """Do it all, saying what is done; raise :class:`DeploymentError` or the refusal of a configuration or a policy."""
    deployment = choose(cdk_context(), DEFAULT_ENVIRONMENT)
    environment = deployment.environment
    policy = load_policy(deployment.policy_path)
    program = install()
    folder = council_folder().built(FOLDER)
    assembly, log = folder / "assembly", folder / "cdk.log"
    log.unlink(missing_ok=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="steward-cdk-") as home, local_account(environment) as account:
        cdk = CommandLine(program, account.variables(Path(home)))
        place = f"{environment.account} in {environment.region}"
        say(f"An empty account, {place}, listens at {account.endpoint}.")
        say(f"cdk bootstrap (aws-cdk {VERSION})")
        cdk.run(log, "bootstrap", f"aws://{environment.account}/{environment.region}", "--no-notices")
        say("cdk deploy --all --require-approval never")
        output = ("--output", str(assembly), "--no-notices")
        cdk.run(log, "deploy", "--all", "--require-approval", "never", *output)
        for sentence in check(account, assembly, policy):
            say(f"  {sentence}")
        say("cdk diff --fail, with templates that are synthesized again")
        cdk.run(log, "diff", "--fail", "--method", "template", *output)
        say("  nothing differs from what is deployed")
    say(f"The account is stopped. All of it took {time.monotonic() - began:.0f} seconds; the log is {log}.")
