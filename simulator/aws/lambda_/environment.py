"""An execution environment: the handler's modules, imported fresh and kept warm, under the function's own variables.

Differences from Lambda, on purpose:

- third-party packages come from this machine's virtual environment, because the dependency layer is built for arm64;
- ``/opt`` does not exist here: a variable that points below it is answered with the same file in the layer's asset
  (the shim ``outside_opt``);
- the modules of our layer that keep nothing are executed once for a process (``shared_modules``).
"""

from __future__ import annotations

import atexit
import importlib
import os
import shutil
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from simulator.aws.lambda_ import shared_modules

if TYPE_CHECKING:
    from simulator.aws.lambda_.invocation import FunctionSpec

_OWN_PACKAGE: Final = Path(__file__).parents[3] / "layers" / "steward" / "python"
_KEPT_VARIABLES: Final = ("PATH", "HOME", "LANG", "MOTO_ACCOUNT_ID", "PYTHONDONTWRITEBYTECODE")
_RUNTIME_PACKAGES: Final = frozenset({"boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3"})
"""What the Python runtime of Lambda brings along (Lambda developer guide, "Runtime-included SDK versions")."""
_BYTECODE: Final = tempfile.mkdtemp(prefix="steward-bytecode-")
"""Every world imports the handlers again; keeping their bytecode for the life of the process makes that cheap."""
atexit.register(shutil.rmtree, _BYTECODE, ignore_errors=True)

Handler = Callable[[Any, Any], Any]


class ExecutionEnvironment:
    """One warm copy of one function."""

    def __init__(self, spec: FunctionSpec, *, account: str, region: str) -> None:
        self._spec = spec
        self._variables = _variable_store(_variables(spec, account, region))
        own_layers = [layer / "python" for layer in spec.layers if (layer / "python" / "steward").is_dir()]
        self._path = [str(spec.code), *map(str, own_layers)]
        self._own_names = _top_level_names([spec.code, *own_layers])
        self._modules = shared_modules.lend(spec.layers)
        self._lent = frozenset(self._modules)
        self._handler: Handler | None = None
        self._seen: dict[str, tuple[int, list[str]]] = {}
        self.busy_until: datetime | None = None
        """When its last invocation ended; virtual time may not have come there yet."""

    def handler(self) -> Handler:
        """Return the handler, importing it on first use. Call it inside ``entered``."""
        if self._handler is None:
            module_name, _, function_name = self._spec.handler.rpartition(".")
            module = importlib.import_module(module_name.replace("/", "."))
            loaded = self._loaded()
            self._require_layers(loaded)
            shared_modules.keep(self._spec.layers, loaded)
            self._handler = getattr(module, function_name)
        return self._handler

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Give the process this function's modules, import path and variables for a while."""
        outside_modules = self._take_modules("outside")
        sys.modules.update(self._modules)
        outside_path, outside_finders = sys.path, sys.meta_path
        outside_cache = sys.dont_write_bytecode, sys.pycache_prefix
        outside_variables = os.environ._data  # type: ignore[attr-defined]  # noqa: SLF001 - see _variable_store
        sys.path = [*self._path, *_without_own_package(tuple(outside_path))]
        sys.meta_path = [
            one for one in outside_finders if not getattr(one, "__module__", "").startswith("__editable__")
        ]
        sys.dont_write_bytecode, sys.pycache_prefix = False, _BYTECODE
        os.environ._data = self._variables.copy()  # type: ignore[attr-defined]  # noqa: SLF001
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("default")
                yield
        finally:
            os.environ._data = outside_variables  # type: ignore[attr-defined]  # noqa: SLF001
            sys.dont_write_bytecode, sys.pycache_prefix = outside_cache
            sys.path, sys.meta_path = outside_path, outside_finders
            self._modules = self._take_modules("inside")
            sys.modules.update(outside_modules)

    def _take_modules(self, side: str) -> dict[str, ModuleType]:
        """Take this function's packages out of the process, looking for them again only when modules were added."""
        size, names = self._seen.get(side, (-1, []))
        if size != len(sys.modules):
            names = [name for name in sys.modules if name.partition(".")[0] in self._own_names]
            self._seen[side] = (len(sys.modules), names)
        return {name: sys.modules.pop(name) for name in names if name in sys.modules}

    def _require_layers(self, loaded: Mapping[str, ModuleType]) -> None:
        """Refuse a third-party package that this machine has but that no layer of the function ships."""
        shipped = {entry.name for layer in self._spec.layers for entry in _entries(layer / "python")}
        for name, module in loaded.items():
            for value in vars(module).values():
                origin = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", None)
                package = str(origin).partition(".")[0]
                if package in _third_party() - _RUNTIME_PACKAGES - shipped - self._own_names:
                    raise ModuleNotFoundError(
                        f"No module named {package!r} in the layers of the function ({name} uses it)"
                    )

    def _loaded(self) -> dict[str, ModuleType]:
        """Return the modules that were imported here and are not lent."""
        return {
            name: one
            for name, one in sys.modules.items()
            if name.partition(".")[0] in self._own_names and name not in self._lent
        }


def _entries(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []


def _top_level_names(folders: list[Path]) -> frozenset[str]:
    found = {entry.stem for folder in folders for entry in _entries(folder) if entry.suffix in {"", ".py"}}
    return frozenset({"steward"} | (found - _third_party()))


@cache
def _third_party() -> frozenset[str]:
    """Return what is installed on this machine: shared by every function, never imported twice."""
    return frozenset(packages_distributions()) - {"steward"}


@cache
def _without_own_package(path: tuple[str, ...]) -> list[str]:
    """Return an import path on which ``steward`` is found only if a layer brings it."""
    return [entry for entry in path if not entry or Path(entry).resolve() != _OWN_PACKAGE]


def _variable_store(variables: Mapping[str, str]) -> dict[bytes, bytes]:
    """Return what ``os.environ`` keeps inside.

    Exchanging it is instant, whereas setting each variable tells the C library too, twice for each invocation.
    """
    return {os.fsencode(name): os.fsencode(value) for name, value in variables.items()}


def _variables(spec: FunctionSpec, account: str, region: str) -> dict[str, str]:
    """Return the variables Lambda documents under "Defined runtime environment variables", and the template's."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    return {
        **kept,
        "TZ": ":UTC",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_LAMBDA_FUNCTION_NAME": spec.name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(spec.memory),
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{spec.name}",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_SESSION_TOKEN": "testing",
        "MOTO_ACCOUNT_ID": account,
        **{name: outside_opt(value, spec.layers) for name, value in spec.environment.items()},
    }


def outside_opt(value: str, layers: tuple[Path, ...]) -> str:
    """Shim: answer a path below ``/opt`` with the file in the topmost layer that has it, as Lambda's overlay would."""
    if not value.startswith("/opt/"):
        return value
    inside = value.removeprefix("/opt/")
    return next((str(layer / inside) for layer in reversed(layers) if (layer / inside).exists()), value)
