"""``python -m flowlint``."""

import sys

from flowlint.command import main

sys.exit(main())
