"""The journal in a SQL database, and the files beside it."""
