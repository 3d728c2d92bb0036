"""`/tickets`: the list, and each ticket's page."""

from admin_ui.pages.tickets.board import TicketListPage
from admin_ui.pages.tickets.record import TicketPages

PAGES = [TicketListPage, TicketPages]

__all__ = ["PAGES"]
