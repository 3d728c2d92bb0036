"""Calls that ring at the desk: the telephone system says who, the desk sees which household."""
