"""The phone pages in a real browser: signature, photos made small, and a basement without a network."""

import json
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from core.flows.queries import timeline
from core.kit import sql
from core.tickets import actions, flow, orders, queries
from core.tickets.schemas import NewTicket
from tests.browser.conftest import Opened, Served, picture, violations
from tests.factories import Company, new_repair

pytestmark = pytest.mark.browser
