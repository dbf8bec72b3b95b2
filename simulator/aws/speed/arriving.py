"""A request as moto takes it, made without werkzeug's builder of test requests, which costs as much as an answer."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

from moto.core.request import (
    PRESERVED_HEADER_NAMES_ENVIRON_KEY,
    Request,
    environ_key_for_header,
    normalize_request,
    should_preserve_original_header_name,
)

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest

_PLAIN_PATH: Final = re.compile(r"/[A-Za-z0-9%!$&'()*+,/:;=@~._-]*")
"""What werkzeug would neither quote nor change."""

_PORTS: Final = {"http": "80", "https": "443"}


class Arrived(Request):
    """moto's request with the address that it came to, which moto puts together again whenever it asks for it."""

    def __init__(self, environ: dict[str, Any], raw_path: str, raw_url: str) -> None:
        super().__init__(environ)
        self._raw_path = raw_path
        self._raw_url = raw_url

    @property
    def raw_path(self) -> str:
        """The path, not decoded."""
        return self._raw_path

    @property
    def raw_url(self) -> str:
        """The full address, not decoded."""
        return self._raw_url


def arrive(request: AWSPreparedRequest) -> Request:
    """Return what moto's ``normalize_request`` returns."""
    body: Any = request.body
    parts = urlsplit(str(request.url))
    if not (body is None or isinstance(body, bytes | str)) or not _PLAIN_PATH.fullmatch(parts.path) or parts.port:
        return normalize_request(request)
    if isinstance(body, str):
        body = body.encode()
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(parts.path).encode().decode("latin1"),
        "QUERY_STRING": parts.query,
        "REQUEST_URI": parts.path,
        "RAW_URI": parts.path,
        "SERVER_NAME": parts.netloc,
        "SERVER_PORT": _PORTS[parts.scheme],
        "HTTP_HOST": parts.netloc,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": parts.scheme,
        "wsgi.input": BytesIO(body or b""),
        "wsgi.errors": None,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        PRESERVED_HEADER_NAMES_ENVIRON_KEY: {},
    }
    if body:
        environ["CONTENT_LENGTH"] = str(len(body))
    _add_headers(environ, request)
    environ.setdefault("CONTENT_LENGTH", "0")
    raw_path = parts.path or "/"
    query = f"?{parts.query}" if parts.query else ""
    return Arrived(environ, raw_path, f"{parts.scheme}://{parts.netloc}{raw_path}{query}")


def _add_headers(environ: dict[str, Any], request: AWSPreparedRequest) -> None:
    repeated: set[str] = set()
    for name, value in request.headers.items():
        text = value.decode("utf-8") if isinstance(value, bytes) else str(value)
        key = environ_key_for_header(name)
        if key == "HTTP_TRANSFER_ENCODING":
            continue
        if should_preserve_original_header_name(name):
            environ[PRESERVED_HEADER_NAMES_ENVIRON_KEY][key] = name
        environ[key] = f"{environ[key]}, {text}" if key in repeated else text
        repeated.add(key)
