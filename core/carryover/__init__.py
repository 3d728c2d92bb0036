"""Carry-over (TK-06): what is unfinished when the desk closes, why, and what comes next."""
