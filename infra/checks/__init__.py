"""What is looked at before anything is deployed: the templates, and the buckets that are to be adopted."""
