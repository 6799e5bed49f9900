"""Forms in which a record is shown: pure functions over versions."""
