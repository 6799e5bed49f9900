"""One file per row of the table of addresses."""
