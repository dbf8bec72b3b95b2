"""Pages of ``docs/`` that are generated from what the code and the policies say."""
