"""A bad and a good flow for each rule: its page shows them, and its test lints them."""

from __future__ import annotations

from collections.abc import Mapping

from flowlint.rules.examples import card, graph, others, service
from flowlint.rules.examples.builders import Example

EXAMPLES: Mapping[str, Example] = {**graph.EXAMPLES, **service.EXAMPLES, **card.EXAMPLES, **others.EXAMPLES}
