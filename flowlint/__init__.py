"""Contact flows (flow language 2019-10-30): read, checked and run without an Amazon Connect instance."""
