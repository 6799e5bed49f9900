"""The catalogue as it is kept: its datasets, their changes, ready-made fragments."""
