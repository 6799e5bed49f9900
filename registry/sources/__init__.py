"""Readers of what others hand in as files."""
