"""Spreadsheets: what people fill in and hand in, and get back with remarks."""
