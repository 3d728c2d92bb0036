"""The front desk: who calls, what they want, and what waits, on one page."""

from admin_ui.pages.desk.contact import ContactPages
from admin_ui.pages.desk.pages import DeskPages

PAGES = (DeskPages, ContactPages)
