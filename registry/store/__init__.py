"""The graph store: its one writer, its snapshots, and the queries of strangers."""
