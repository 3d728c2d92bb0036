"""Requests of households: one table for all kinds, registered at the desk, worked by departments,
called back.
"""
