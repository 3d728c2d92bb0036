"""The HTML pages of core and administration, the design they share, and its translations."""
