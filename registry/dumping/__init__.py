"""Dumps: everything that is published, as files to take away."""
