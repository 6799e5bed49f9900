"""The command `registry`: each command is one use case and its printing."""
