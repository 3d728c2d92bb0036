"""Enquiries and look-ups (EQ): answered at once or at the time promised, by whom it is for to say."""
