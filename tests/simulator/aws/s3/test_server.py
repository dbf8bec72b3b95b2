from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import boto3
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

if TYPE_CHECKING:
    from simulator.aws.s3 import S3Store


def test_a_moto_server_keeps_the_same_rules(world: S3Store) -> None:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        s3 = boto3.client(
            "s3",
            endpoint_url=f"http://{host}:{port}",
            region_name="eu-west-2",
            aws_access_key_id="key",
            aws_secret_access_key="secret",  # noqa: S106 - moto takes any
        )
        s3.create_bucket(
            Bucket="hold",
            CreateBucketConfiguration={"LocationConstraint": "eu-west-2"},
            ObjectLockEnabledForBucket=True,
        )
        world.put_object("hold", "a b+c", b"voice")
        answer = s3.copy_object(
            Bucket="hold",
            Key="copy",
            CopySource={"Bucket": "hold", "Key": "a b+c"},
            ChecksumAlgorithm="SHA256",
            ObjectLockMode="GOVERNANCE",
            ObjectLockRetainUntilDate=datetime(2027, 1, 1, tzinfo=UTC),
        )
        assert answer["CopyObjectResult"]["ChecksumSHA256"]
        mode = s3.get_object_retention(Bucket="hold", Key="copy", VersionId=answer["VersionId"])["Retention"]["Mode"]
        assert mode == "GOVERNANCE"
    finally:
        server.stop()
