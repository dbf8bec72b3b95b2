"""Which settings of which resources are compared, and which are not, with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from steward.configuration.checking import Check
from steward.configuration.checks import connect, keeping, roles, running, s3, watching

CHECKS: Final[Mapping[str, tuple[Check, ...]]] = {
    **s3.CHECKS,
    **connect.CHECKS,
    **keeping.CHECKS,
    **running.CHECKS,
    **roles.CHECKS,
    **watching.CHECKS,
}
"""By CloudFormation's name of the type."""

NOT_YET: Final = "Nothing reads it yet: a change beside the deployment is not found"
NOTHING_TO_CHANGE: Final = "It cannot be changed once it is made"

UNCHECKED: Final[Mapping[str, str]] = {
    "AWS::CloudWatch::Dashboard": "It keeps and decides nothing",
    "AWS::CloudTrail::Trail": NOT_YET,
    "AWS::Connect::EvaluationForm": NOT_YET,
    "AWS::Connect::IntegrationAssociation": NOT_YET,
    "AWS::Connect::Rule": NOT_YET,
    "AWS::Connect::TestCase": "No caller meets it: it enters a flow that no number runs",
    "AWS::Events::Archive": NOT_YET,
    "AWS::Events::EventBus": NOT_YET,
    "AWS::Events::EventBusPolicy": NOT_YET,
    "AWS::KMS::Alias": NOT_YET,
    "AWS::Kinesis::Stream": NOT_YET,
    "AWS::KinesisFirehose::DeliveryStream": NOT_YET,
    "AWS::Lambda::LayerVersion": NOTHING_TO_CHANGE,
    "AWS::Lambda::Permission": NOT_YET,
    "AWS::Lambda::Url": NOT_YET,
    "AWS::Lambda::Version": NOTHING_TO_CHANGE,
    "AWS::Logs::LogStream": NOTHING_TO_CHANGE,
    "AWS::SMSVOICE::ConfigurationSet": NOT_YET,
    "AWS::SMSVOICE::OptOutList": NOT_YET,
    "AWS::SMSVOICE::ProtectConfiguration": NOT_YET,
    "AWS::SSM::Parameter": "The disposal switch is an engineer's to turn, and is read at every run",
    "AWS::Scheduler::ScheduleGroup": NOTHING_TO_CHANGE,
}
"""What is not compared, with the reason. A type of the templates that is in neither fails the tests."""
