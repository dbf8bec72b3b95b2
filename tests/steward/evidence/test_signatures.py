"""The form in which documents are signed, against tools that nobody here wrote."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from cli.evidence.signatures import BadSignature, signed_with
from steward.evidence.signatures import canonical, fingerprint, signed
from tests.support.signing import DeskSigner

DOCUMENT = {"format": "x/1", "case": "C-1 ü", "empty": [], "rows": [{"bytes": 5, "why": None}], "open": True}


def test_the_same_facts_give_the_same_bytes_whether_they_are_signed_or_not() -> None:
    body = signed(DOCUMENT, DeskSigner())

    assert canonical(json.loads(body)) == canonical(DOCUMENT)
    assert json.loads(body)["signature"]["algorithm"] == "ECDSA_SHA_256"


def test_a_signed_document_names_its_key() -> None:
    signer = DeskSigner()

    assert signed_with(json.loads(signed(DOCUMENT, signer))) == fingerprint(signer.public(serialization.Encoding.DER))


def test_a_changed_document_does_not_bear_its_signature() -> None:
    changed = {**json.loads(signed(DOCUMENT, DeskSigner())), "open": False}

    with pytest.raises(BadSignature, match="says something else than was signed"):
        signed_with(changed)


@pytest.mark.skipif(
    not (shutil.which("jq") and shutil.which("openssl")),
    reason="jq and openssl, which a reader would use, are not here",
)
@pytest.mark.parametrize("document", [DOCUMENT, {**DOCUMENT, "open": False}])
def test_jq_and_openssl_verify_it_as_the_page_says(tmp_path: Path, document: dict[str, object]) -> None:
    signer = DeskSigner()
    whole = json.loads(signed(DOCUMENT, signer))
    manifest, key, value, said = (tmp_path / name for name in ("C-1.json", "key.pem", "value", "said"))
    manifest.write_text(json.dumps({**document, "signature": whole["signature"]}))
    key.write_bytes(signer.public(serialization.Encoding.PEM))
    value.write_bytes(base64.b64decode(whole["signature"]["value"]))
    said.write_bytes(_run("jq", "-j", "del(.signature)", str(manifest)).stdout)

    verified = _run("openssl", "dgst", "-sha256", "-verify", str(key), "-signature", str(value), str(said))

    assert (verified.returncode == 0) is (document == DOCUMENT)


def _run(*command: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - our own words
