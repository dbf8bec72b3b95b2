"""A real browser, Chromium, without a window: what it makes of a page, at any width, and what a program says in it.

It comes inside a package of npm, so that nothing has to be installed by hand. It is spoken to through a pair of pipes,
in the words of the Chrome DevTools Protocol (https://chromedevtools.github.io/devtools-protocol/). Nothing is fetched
from outside: a page has nothing from there.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import platform
import select
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

from deployment.npm import PackageError, fetched, node
from second_opinion.own_python import HOME, NotHereError

NAME: Final = "@sparticuz/chromium"
VERSION: Final = "153.0.0"
INTEGRITY: Final = "sha512-jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA=="

_UNPACK: Final = (
    "const z = require('zlib'), fs = require('fs'); const [from, to] = process.argv.slice(1);"
    "fs.writeFileSync(to, z.brotliDecompressSync(fs.readFileSync(from)))"
)
"""Python's standard library knows no Brotli; Node.js does."""

_SWITCHES: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--hide-scrollbars",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--remote-debugging-pipe",
)
"""As root, without graphics, with scroll bars that take no room, and asking nothing of anybody."""

_ASKED_FOR: Final = ("Arial", "Helvetica", "sans-serif")
"""Fonts that the pages name, and no machine need have."""

_ABOVE: Final = 10
_WITHIN: Final = 60.0
"""Seconds. An idle machine takes less than one for anything that is asked."""


@dataclass
class Browser:
    """A browser that runs until its context ends, and the one page in it."""

    reads: int
    writes: int
    session: str = ""
    _asked: int = 0
    _heard: bytearray = field(default_factory=bytearray)

    def show(self, page: bytes, width: int, height: int = 900) -> None:
        """Show a page on a screen of so many pixels, with every picture and style laid out."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        frame = self.ask("Page.getFrameTree")["frameTree"]["frame"]["id"]
        self.ask("Page.setDocumentContent", frameId=frame, html=page.decode())

    def picture(self) -> bytes:
        """Return what the screen shows, as a PNG."""
        return base64.b64decode(self.ask("Page.captureScreenshot")["data"])

    def run(self, script: str) -> Any:  # noqa: ANN401 - whatever the script comes to
        """Return what a script in the page comes to, as JSON has it. Raises ``ScriptError`` where it fails."""
        said = self.ask("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in said:
            raise ScriptError(str(said["exceptionDetails"].get("exception", {}).get("description", "no reason given")))
        return said["result"].get("value")

    def ask(self, method: str, **parameters: object) -> dict[str, Any]:
        """Ask for one thing and return the answer. Raises ``ScriptError`` for a refusal, TimeoutError for none."""
        self._asked += 1
        said: dict[str, Any] = {"id": self._asked, "method": method, "params": parameters}
        if self.session:
            said["sessionId"] = self.session
        _write(self.writes, json.dumps(said).encode() + b"\0")
        until = time.monotonic() + _WITHIN
        while time.monotonic() < until:
            heard = self._next(until)
            if heard.get("id") == self._asked:
                if "error" in heard:
                    raise ScriptError(f"{method}: {heard['error'].get('message')}")
                answer: dict[str, Any] = heard["result"]
                return answer
        raise TimeoutError(f"the browser did not answer {method} within {_WITHIN:.0f} seconds")

    def _next(self, until: float) -> dict[str, Any]:
        """Return the next message, or an empty one when the time is over. Raises ConnectionError where it has ended."""
        while b"\0" not in self._heard:
            ready, _, _ = select.select([self.reads], [], [], max(until - time.monotonic(), 0))
            if not ready:
                return {}
            more = os.read(self.reads, 1 << 16)
            if not more:
                raise ConnectionError("the browser has ended")
            self._heard += more
        first, _, rest = bytes(self._heard).partition(b"\0")
        self._heard = bytearray(rest)
        message: dict[str, Any] = json.loads(first)
        return message


class ScriptError(Exception):
    """The browser refused something, or a script in the page failed: in its words."""


@contextmanager
def running() -> Iterator[Browser]:
    """Start a browser and stop it at the end. Raises NotHereError where there is none for this machine."""
    program = _installed()
    (to_browser, from_us), (from_browser, to_us) = _pipe(), _pipe()
    with tempfile.TemporaryDirectory(prefix="steward-browser-") as folder:
        # The protocol is spoken on the descriptors 3 and 4, which a shell puts there: nothing runs between fork and
        # exec in this process.
        command = f'exec 3<&{to_browser} 4>&{to_us}; exec "$@"'
        process = subprocess.Popen(  # noqa: S603 - pinned, and ours
            [
                "/bin/bash",
                "-c",
                command,
                "browser",
                str(program),
                *_SWITCHES,
                f"--user-data-dir={folder}",
                "about:blank",
            ],
            env=_variables(program, folder),
            pass_fds=(to_browser, to_us),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_browser)
        os.close(to_us)
        browser = Browser(from_browser, from_us)
        try:
            _open_page(browser)
            yield browser
        finally:
            process.kill()
            process.wait()
            os.close(from_browser)
            os.close(from_us)


def _pipe() -> tuple[int, int]:
    """Return the ends of a pipe, both above the descriptors that the browser listens on."""
    low = os.pipe()
    reads, writes = (fcntl.fcntl(one, fcntl.F_DUPFD_CLOEXEC, _ABOVE) for one in low)
    for one in low:
        os.close(one)
    return reads, writes


def _open_page(browser: Browser) -> None:
    try:
        target = browser.ask("Target.createTarget", url="about:blank")["targetId"]
        browser.session = browser.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
    except (OSError, ScriptError) as error:
        raise NotHereError(f"the browser does not start on this machine ({error})") from error


def _variables(program: Path, folder: str) -> dict[str, str]:
    """Return its environment: libraries that a machine may lack lie beside it, after the machine's own."""
    return {
        "HOME": folder,
        "TMPDIR": folder,
        "PATH": "/usr/bin:/bin",
        "LD_LIBRARY_PATH": str(program.parent / "lib"),
        "FONTCONFIG_FILE": str(_fonts(program.parent / "fonts", Path(folder))),
    }


def _fonts(own: Path, folder: Path) -> Path:
    """Write which fonts there are: those that came with the browser, and the machine's for what they lack."""
    said = (
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"<dir>{escape(str(own))}</dir><dir>/usr/share/fonts</dir><cachedir>{escape(str(folder))}</cachedir>"
        + "".join(
            f"<alias binding='same'><family>{one}</family><prefer><family>Open Sans</family></prefer></alias>"
            for one in _ASKED_FOR
        )
        + "</fontconfig>"
    )
    path = folder / "fonts.conf"
    path.write_text(said, encoding="utf-8")
    return path


def _installed() -> Path:
    """Return the program, unpacking it where it is not yet."""
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        raise NotHereError(f"{NAME} is for Linux on x86_64 alone")
    try:
        package = fetched(NAME, VERSION, INTEGRITY, HOME / "browser")
    except PackageError as error:
        raise NotHereError(str(error)) from error
    folder = package.parent.parent.parent / "unpacked" / VERSION
    program = folder / "chromium"
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("al2023.tar", "fonts.tar", "swiftshader.tar"):
            _unpack(package / "bin" / f"{name}.br", folder / name)
            with tarfile.open(folder / name) as archive:
                archive.extractall(folder, filter="data")
            (folder / name).unlink()
        part = folder / "chromium.part"
        _unpack(package / "bin" / "chromium.br", part)
        part.chmod(0o755)
        part.replace(program)
    return program


def _unpack(packed: Path, to: Path) -> None:
    done = subprocess.run([str(node()), "-e", _UNPACK, str(packed), str(to)], check=False)  # noqa: S603 - our own
    if done.returncode:
        with suppress(FileNotFoundError):
            to.unlink()
        raise NotHereError(f"{packed.name} of {NAME} could not be unpacked")


def _write(descriptor: int, message: bytes) -> None:
    while message:
        message = message[os.write(descriptor, message) :]
