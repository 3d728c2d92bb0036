"""The guided tour: two companies with households, staff and sixty days of tickets, and everything served."""

from guanjia.demo.run import run

__all__ = ["run"]
