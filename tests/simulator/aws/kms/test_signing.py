"""Source: AWS KMS API reference, "Sign" and "GetPublicKey"."""

from __future__ import annotations

import hashlib
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Literal
from unittest.mock import Mock

import boto3
import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

from simulator.aws.account.account import EmbeddedAws
from simulator.aws.account.start import empty_account
from steward.aws.clients import client
from steward.evidence.adapters.kms import KmsSigner
from steward.failures import AwsError

INSTANCE = "arn:aws:connect:eu-west-2:111122223333:instance/00000000-0000-4000-8000-000000000001"
BODY = b"what is signed" * 1000
DIGEST = hashlib.sha256(BODY).digest()


def _account() -> AbstractContextManager[EmbeddedAws]:
    return empty_account(
        datetime(2027, 1, 1, tzinfo=UTC), account="111122223333", region="eu-west-2", instance_arn=INSTANCE
    )


def _key() -> str:
    made = boto3.client("kms").create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
    return made["KeyMetadata"]["Arn"]


@pytest.mark.parametrize(("kind", "message"), [("DIGEST", DIGEST), ("RAW", BODY[:4096])])
def test_a_digest_is_signed_as_it_is_and_a_message_by_its_digest(
    kind: Literal["DIGEST", "RAW"], message: bytes
) -> None:
    with _account():
        kms, key = boto3.client("kms"), _key()
        made = kms.sign(KeyId=key, Message=message, MessageType=kind, SigningAlgorithm="ECDSA_SHA_256")
        public = load_der_public_key(kms.get_public_key(KeyId=key)["PublicKey"])

    assert isinstance(public, ec.EllipticCurvePublicKey)
    public.verify(made["Signature"], BODY if kind == "DIGEST" else message, ec.ECDSA(hashes.SHA256()))


def test_a_digest_of_another_length_is_refused() -> None:
    with _account(), pytest.raises(ClientError, match="invalid length"):
        boto3.client("kms").sign(KeyId=_key(), Message=b"short", MessageType="DIGEST", SigningAlgorithm="ECDSA_SHA_256")


def test_a_key_of_another_kind_does_not_sign() -> None:
    with _account():
        kms, key = boto3.client("kms"), boto3.client("kms").create_key()["KeyMetadata"]["Arn"]
        with pytest.raises(ClientError):
            kms.sign(KeyId=key, Message=DIGEST, MessageType="DIGEST", SigningAlgorithm="ECDSA_SHA_256")


def test_the_adapter_signs_a_body_of_any_length_and_asks_for_the_public_key_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with _account():
        client.cache_clear()
        signer = KmsSigner(_key())
        get = Mock(wraps=client("kms").get_public_key)
        monkeypatch.setattr(client("kms"), "get_public_key", get)

        first, second = signer.sign(BODY), signer.sign(b"another")
        client.cache_clear()

    public = load_der_public_key(first.public_key)
    assert isinstance(public, ec.EllipticCurvePublicKey)
    public.verify(first.value, BODY, ec.ECDSA(hashes.SHA256()))
    assert second.public_key == first.public_key
    assert get.call_count == 1


def test_a_key_that_is_not_there_is_an_error_of_ours() -> None:
    with _account():
        client.cache_clear()
        with pytest.raises(AwsError):
            KmsSigner("arn:aws:kms:eu-west-2:111122223333:key/none").sign(BODY)
        client.cache_clear()
