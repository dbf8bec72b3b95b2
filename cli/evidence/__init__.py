"""``steward verify-evidence`` and ``verify-statement``: what was signed, checked without AWS."""
