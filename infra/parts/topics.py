"""Topics that tell people by e-mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_sns as sns

from infra.parts.acceptance import accept

if TYPE_CHECKING:
    from aws_cdk import aws_kms as kms
    from constructs import Construct


def topic(scope: Construct, construct_id: str, *, display_name: str, key: kms.IKey, email: str | None) -> sns.Topic:
    """Return a topic that takes messages over TLS only; whoever is named has to confirm the subscription."""
    made = sns.Topic(scope, construct_id, display_name=display_name, master_key=key, enforce_ssl=True)
    if email is not None:
        # The library's own way names the construct after the address, of which a logical id here would say nothing.
        told = sns.Subscription(made, "Email", topic=made, protocol=sns.SubscriptionProtocol.EMAIL, endpoint=email)
        # After six hours SNS drops the mail.
        # https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
        accept(
            told,
            "SNS tries a mail for six hours, and what it said is kept where it came from: the register, the evidence"
            " store, the alarm itself. A dead-letter queue would keep people's references a second time, for nobody to"
            " read",
            "Serverless-SNSRedrivePolicy",
        )
    return made
