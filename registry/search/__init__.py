"""The lists of records: a projection of the journal into SQLite."""
