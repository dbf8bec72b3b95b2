"""Contact flows (flow language 2019-10-30): read and checked without an Amazon Connect instance."""

__version__ = "0.1.0"
