"""``make deploy-local``: bootstrap, deploy, check and compare, on an emulated account that is gone afterwards."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from deployment.command_line import VERSION, CommandLine, DeploymentError, install
from deployment.emulated.adopting import AdoptingFolder
from deployment.emulated.server import LocalAccount, local_account
from deployment.emulated.smoke import check
from deployment.emulated.smoke_of_adoption import old_recording_is_held, period_applies, write_mapping
from infra.config import DEFAULT_ENVIRONMENT, cdk_context, choose
from infra.council_folder import VARIABLE, council_folder
from simulator.aws.connect.storage.console_made import made_in_the_console
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
        before = made_in_the_console(account.world)
        say(f"Its Connect instance stores calls, chats and reports in {before.bucket}, as the console makes one.")
        say(f"cdk bootstrap (aws-cdk {VERSION})")
        everything, output = ("--all", "--require-approval", "never"), ("--output", str(assembly), "--no-notices")
        cdk.run(log, "bootstrap", f"aws://{environment.account}/{environment.region}", *output)
        stores = f"{deployment.prefix}-stores"
        say(f"cdk deploy {stores}, adopting nothing")
        say(f"  {_is_taken_back(cdk, log, stores, account, *output)}")

        adopting = AdoptingFolder(Path(home) / "council", deployment, before)
        cdk = CommandLine(program, {**account.variables(Path(home)), VARIABLE: str(adopting.path)})
        adopting.at("import")
        mapping = Path(home) / "mapping.json"
        say(f"cdk import {stores}")
        say(f"  {write_mapping(account, adopting, mapping)}")
        cdk.run(log, "import", stores, "--resource-mapping", str(mapping), *output)
        adopting.at("prepare")
        say("cdk deploy --all --require-approval never")
        cdk.run(log, "deploy", *everything, *output)
        for sentence in check(account, assembly, policy):
            say(f"  {sentence}")
        say(f"  {old_recording_is_held(account, assembly, before)}")
        adopting.at("managed")
        say("cdk deploy --all, now that the open case is held")
        cdk.run(log, "deploy", *everything, *output)
        say(f"  {period_applies(account, before)}")
        say("cdk diff --fail, with templates that are synthesized again")
        cdk.run(log, "diff", "--fail", "--method", "template", *output)
        say("  nothing differs from what is deployed")
    say(f"The account is stopped. All of it took {time.monotonic() - began:.0f} seconds; the log is {log}.")


def _is_taken_back(cdk: CommandLine, log: Path, stack: str, account: LocalAccount, *output: str) -> str:
    """Let a deployment fail, because the instance has a place for calls already, and see what it leaves: nothing."""
    try:
        cdk.run(log, "deploy", stack, "--require-approval", "never", *output)
    except DeploymentError:
        described = account.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
        left = [one for one in account.created if one.declaration.stack == stack]
        # The next deployment deletes such a stack first; an import does not.
        account.client("cloudformation").delete_stack(StackName=stack)
        if described["StackStatus"] != "ROLLBACK_COMPLETE" or left:
            raise DeploymentError(f"{stack} is {described['StackStatus']}, and left {len(left)} resources") from None
        return "refused by Connect, and everything that was created before is taken back"
    raise DeploymentError(f"{stack} was deployed although the instance stores calls elsewhere")
