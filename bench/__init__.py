"""Measures what a request costs, and how that grows: `python -m bench`."""
