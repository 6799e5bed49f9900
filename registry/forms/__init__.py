"""Forms drawn from the shapes: fields, what is typed in them, and faults."""
