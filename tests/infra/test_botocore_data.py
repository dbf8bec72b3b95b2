"""What is left of botocore's descriptions is enough to call every service."""

from __future__ import annotations

import shutil
from pathlib import Path

import botocore
import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError
from botocore.loaders import Loader

from infra import botocore_data
from infra.layers import SERVICES

WHOLE = Path(botocore.__file__).parent / "data"
NOBODY = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def trimmed(tmp_path_factory: pytest.TempPathFactory) -> botocore.session.Session:
    data = tmp_path_factory.mktemp("data")
    for path in WHOLE.iterdir():
        if path.is_file():
            shutil.copy(path, data)
        elif path.name in SERVICES:
            shutil.copytree(path, data / path.name)
    botocore_data.trim(data, SERVICES)
    session = botocore.session.Session(include_builtin_handlers=True)
    session.register_component(
        "data_loader", Loader(extra_search_paths=[str(data)], include_default_search_paths=False)
    )
    session.set_credentials("x", "x")
    return session


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_every_service_can_be_called(trimmed: botocore.session.Session, service: str) -> None:
    """The request is made and finds nobody: every description that is read on the way was there."""
    config = Config(connect_timeout=1, retries={"total_max_attempts": 1})
    client = trimmed.create_client(service, region_name="eu-west-2", endpoint_url=NOBODY, config=config)
    models = (client.meta.service_model.operation_model(name) for name in client.meta.service_model.operation_names)
    plain = next(one for one in models if not (one.input_shape and one.input_shape.required_members))
    call = {operation: method for method, operation in client.meta.method_to_api_mapping.items()}[plain.name]
    with pytest.raises(EndpointConnectionError):
        getattr(client, call)()


def test_nothing_of_the_documentation_is_left_but_what_botocore_reads(trimmed: botocore.session.Session) -> None:
    loader = trimmed.get_component("data_loader")
    model = loader.load_service_model("s3", "service-2")
    assert {one["documentation"] for one in model.pop("clientContextParams").values()} == {""}
    assert "documentation" not in model["operations"]["CopyObject"]
