"""HTTP over the registry: a route negotiates, calls one use case, returns."""
