"""What runs on your own machine: the embedded AWS and the ``steward`` command. Nothing here is deployed."""
