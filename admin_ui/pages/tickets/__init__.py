"""`/tickets`: the list, what is done to many of it at once, and each ticket's page."""

from admin_ui.pages.tickets.batch import BatchPages
from admin_ui.pages.tickets.board import TicketListPage
from admin_ui.pages.tickets.record import TicketPages

PAGES = [TicketListPage, BatchPages, TicketPages]

__all__ = ["PAGES"]
