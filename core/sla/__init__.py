"""Clocks: limits, windows, working days, and when something is due."""
