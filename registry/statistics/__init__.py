"""Statistical tables: their structure, their observations, and slices of them."""
