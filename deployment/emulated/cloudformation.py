"""CloudFormation as the CDK command line meets it: stacks come as change sets, code as packages in a bucket."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from moto.cloudformation import parsing

from deployment.emulated.stacks import complete_stacks
from simulator.aws.cloudformation.reader import completed

if TYPE_CHECKING:
    from simulator.aws.account.account import EmbeddedAws
    from simulator.aws.cloudformation.resource import Resource


@contextmanager
def completed_cloudformation(world: EmbeddedAws, folder: Path) -> Iterator[list[Resource]]:
    """Let moto's CloudFormation create resources as the world does, unpacking code into ``folder``.

    What the world does not know, such as the bootstrap stack's container registry, moto creates itself. Yields the list
    to which each other resource is added.
    """

    def code(bucket: str, key: str) -> Path | None:
        """Unpack the package that was uploaded for a function or a layer, as Lambda does."""
        target = folder / key.removesuffix(".zip")
        if not target.is_dir():
            package = world.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
            with zipfile.ZipFile(BytesIO(package)) as archive:
                archive.extractall(target)
        return target

    making = world.making(code)
    with completed(making, others=parsing.get_model_map()) as created, complete_stacks(making):
        try:
            yield created
        finally:
            shutil.rmtree(folder, ignore_errors=True)
