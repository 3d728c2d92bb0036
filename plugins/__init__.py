"""Procedure families that a company switches on and off, each found by its entry point."""
