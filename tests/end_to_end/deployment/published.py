"""The stacks of the default policy, deployed into a local account through its API, without the CDK command line."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from deployment.emulated.server import LocalAccount, local_account
from infra.config import ROOT, Environment, cdk_context, choose
from infra.synthesis import cached_synthesis
from simulator.aws.cloudformation.assembly import Stack, read_assembly

ENVIRONMENT = choose(cdk_context()).environment
POLICY = ROOT / ENVIRONMENT.policy
ASSETS = f"cdk-hnb659fds-assets-{ENVIRONMENT.account}-{ENVIRONMENT.region}"

Templates = dict[str, dict[str, Any]]


def publish(account: LocalAccount, stacks: list[Stack]) -> None:
    """Bootstrap the account and upload the packages of the functions, as the command line does."""
    storage = account.client("s3")
    storage.create_bucket(Bucket=ASSETS, CreateBucketConfiguration={"LocationConstraint": account.region})
    account.client("ssm").put_parameter(Name="/cdk-bootstrap/hnb659fds/version", Value="30", Type="String")
    for key, folder in {key: path for stack in stacks for key, path in stack.assets.items() if path.is_dir()}.items():
        package = io.BytesIO()
        with zipfile.ZipFile(package, "w") as archive:
            for path in sorted(folder.rglob("*")):
                archive.write(path, path.relative_to(folder))
        storage.put_object(Bucket=ASSETS, Key=f"{key}.zip", Body=package.getvalue())


@contextmanager
def deployed(change: Callable[[Templates], None] = lambda _: None) -> Iterator[tuple[LocalAccount, Path]]:
    """Deploy the default policy's stacks, with a change that the assembly does not have."""
    assembly = cached_synthesis(POLICY)
    with published(assembly, ENVIRONMENT, change) as account:
        yield account, assembly


@contextmanager
def published(
    assembly: Path, environment: Environment, change: Callable[[Templates], None] = lambda _: None
) -> Iterator[LocalAccount]:
    """Deploy the stacks that an assembly's manifest names into that environment's account."""
    stacks = read_assembly(assembly)
    templates: Templates = {stack.name: json.loads(json.dumps(stack.template)) for stack in stacks}
    change(templates)
    with local_account(environment) as account:
        publish(account, stacks)
        cloudformation = account.client("cloudformation")
        for stack in stacks:
            body = json.dumps(templates[stack.name])
            place = {"StackName": stack.name, "ChangeSetName": f"{stack.name}-change"}
            cloudformation.create_change_set(**place, ChangeSetType="CREATE", TemplateBody=body)
            cloudformation.execute_change_set(**place)
            cloudformation.update_termination_protection(
                StackName=stack.name, EnableTerminationProtection=stack.protected
            )
        yield account
