"""Pages for people: one template each, rendered on the server."""
