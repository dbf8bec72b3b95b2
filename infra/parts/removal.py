"""What becomes of a resource when its stack goes."""

from __future__ import annotations

from typing import Final

import aws_cdk as cdk

RETAINED: Final = cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
"""It stays when its stack is deleted or puts another in its place, but not when the deployment that was to create it
fails: what a failed first deployment leaves behind stands in the way of the second.

``DeletionPolicy: RetainExceptOnCreate``, ``UpdateReplacePolicy: Retain``:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
"""
