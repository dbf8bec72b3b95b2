"""How much is read of a file that somebody else may have made: what is larger or deeper is one clear line.

The figures keep a check within 10 seconds and 1 GB.
"""

from __future__ import annotations

from typing import Final

LARGEST: Final = 2_000_000
"""Bytes of a flow or a template: CloudFormation takes a template of 1 MB, and Connect a flow of 256,000 characters.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
"""

DEEPEST: Final = 64
"""Objects and lists within one another."""

DEEPEST_TEMPLATE: Final = 200
"""The same of a template, whose flows may be written out in it."""

MOST_REPEATED: Final = 16_000_000
"""Characters of a template, those counted again that an alias of YAML repeats. CloudFormation takes no alias."""

LARGEST_SETTINGS: Final = 256 * 1024
"""Bytes of a ``flowlint.toml``."""
