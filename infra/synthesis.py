"""From a policy file to a folder of templates and assets (CDK's cloud assembly)."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from infra import layers
from infra.checks.guard import refusals
from infra.checks.places import explained
from infra.config import DEFAULT_ENVIRONMENT, cdk_context, choose
from infra.council_folder import ENVIRONMENTS, ROOT, council_folder
from infra.refusal import RefusalError
from steward.policy.load import PolicyError, kept_by, load_policy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from infra.config import Deployment

CACHE = "synthesis"
SOURCES = ("infra", "functions", "layers", "cdk.json", "requirements/run.txt", "requirements/checks.txt")
"""What a synthesis depends on, besides the policy file and the environment's entry."""


def synthesize(deployment: Deployment, policy_path: Path, out_dir: Path, *, validate: bool = False) -> Path:
    """Write the templates and assets of one deployment into ``out_dir`` and return it.

    With ``validate`` the library's own rules and the compliance packs are applied as well; they take longer than the
    rest. Raises :class:`RefusalError` with a sentence for each reason why this may not be deployed.
    """
    # Importing the CDK library takes two seconds, which a cached synthesis does without.
    from infra.application import build  # noqa: PLC0415

    try:
        policy, kept = load_policy(policy_path), kept_by(policy_path)
    except PolicyError as error:
        raise RefusalError(explained(error)) from error
    app = build(deployment=deployment, policy=policy, kept=kept, context=cdk_context(), out_dir=out_dir)
    app.synth()
    reasons = refusals(out_dir, policy, deployment)
    if reasons:
        raise RefusalError("\n".join(reasons))
    if validate:
        from infra.checks.validation import validate as check  # noqa: PLC0415 - as above, and its own seconds

        check(app, deployment.environment.region)
    return out_dir


def cached_synthesis(policy_path: Path, environment: str = DEFAULT_ENVIRONMENT) -> Path:
    """Return the assembly of that policy, synthesized only if anything it is made from has changed.

    Several processes may ask at once; the folder appears whole or not at all. Nobody may write into it.
    """

    def make(folder: Path) -> None:
        synthesize(choose(cdk_context(), environment), policy_path, folder)

    return made_once(fingerprint(policy_path, environment), make)


def made_once(mark: str, make: Callable[[Path], object]) -> Path:
    """Return the folder of that mark, which ``make`` fills if it is not there yet; where it raises, none is left."""
    cache = council_folder().built(CACHE)
    target = cache / mark
    if not target.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=cache, prefix=".making-"))
        try:
            make(folder)
            try:
                folder.rename(target)
            except OSError:
                if not target.is_dir():
                    raise
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return target


def fingerprint(policy_path: Path, deployment: str) -> str:
    """Return what differs as soon as the policy, the sources or what is said of the deployment do.

    Raises :class:`RefusalError` for a policy that cannot be read.
    """
    digest = hashlib.sha256(deployment.encode())
    try:
        digest.update(policy_path.read_bytes())
    except OSError as error:
        raise RefusalError(f"{policy_path}: cannot be read ({error.strerror})") from error
    own = council_folder().path / ENVIRONMENTS
    if own.is_file():
        digest.update(own.read_bytes())
    digest.update(_sources())
    return digest.hexdigest()[:32]


@cache
def _sources() -> bytes:
    """Return the digest of everything that is the same for each policy and entry, as this process first found it.

    What of it was imported stays as it was, too, so another digest would belong to templates that nobody here makes.
    """
    digest = hashlib.sha256()
    for path in _source_files():
        digest.update(f"\0{path.relative_to(ROOT)}\0".encode())
        digest.update(path.read_bytes())
    # The same sources make another layer where there is no Python to make its bytecode.
    for path in sorted(path for path in layers.DEPENDENCIES.rglob("*") if path.name != ".ready"):
        digest.update(f"\0{path.relative_to(layers.DEPENDENCIES)}\0{path.stat().st_size}".encode())
    return digest.digest()


def _source_files() -> Iterator[Path]:
    for name in SOURCES:
        source = ROOT / name
        if source.is_file():
            yield source
            continue
        for folder, folders, files in os.walk(source):
            folders[:] = sorted(inner for inner in folders if inner != "__pycache__")
            yield from (Path(folder) / file for file in sorted(files) if not file.endswith(".pyc"))
