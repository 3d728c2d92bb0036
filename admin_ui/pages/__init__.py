"""HTML pages: `/tickets` is `tickets.py`."""
