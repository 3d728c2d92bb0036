"""Complaints (CP): told at once, apologised for, answered in time, and never by whom they are about."""
