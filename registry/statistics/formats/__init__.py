"""Formats in which slices of tables are published, one module each."""
