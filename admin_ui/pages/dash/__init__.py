"""`/dash`: how the service stands, for those who answer for it."""

from admin_ui.pages.dash.pages import NAVIGATION, DashPages

__all__ = ["NAVIGATION", "DashPages"]
