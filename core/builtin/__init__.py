"""Core as the host sees it: its own implementations of the hooks."""
