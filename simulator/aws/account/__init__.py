"""The embedded AWS: the synthesized templates, brought to life on moto with a clock of its own."""
