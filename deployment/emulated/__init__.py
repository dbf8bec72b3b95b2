"""The real CDK command line against an emulated account on this machine, which is gone afterwards."""
