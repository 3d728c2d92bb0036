"""The template environment, addresses of static files, and what makes the phone pages installable."""

import hashlib
import json

import pytest
from jinja2 import DictLoader, TemplateNotFound

from admin_ui import rendering
from core.kit import i18n


def test_addresses_change_with_the_content() -> None:
    content = (rendering.STATIC / "gj.css").read_bytes()
    asset = rendering.Assets(rendering.read_assets())
    assert asset("gj.css") == f"/static/gj.css?v={hashlib.sha256(content).hexdigest()[:10]}"
    assert asset("js/base.js").startswith("/static/js/base.js?v=")


def test_a_file_that_is_not_there_is_a_mistake() -> None:
    environment = rendering.environment([DictLoader({"a": "{{ asset('nowhere.js') }}"})])
    with pytest.raises(KeyError):
        environment.get_template("a").render()


def test_the_first_loader_wins_and_plugins_find_the_base() -> None:
    plugin = DictLoader(
        {"housekeeping/orders.html": '{% extends "base_auth.html" %}{% block main %}订单{% endblock %}'}
    )
    environment = rendering.environment([rendering.own_loader(), plugin])
    html = environment.get_template("housekeeping/orders.html").render(
        locale="zh-Hans", request_id="", tenant=None
    )
    assert "订单" in html
    assert '<html lang="zh-Hans">' in html
    with pytest.raises(TemplateNotFound):
        environment.get_template("nobody.html")


@pytest.mark.parametrize(
    ("locale", "said"),
    [("zh-Hans", "跳到主要内容"), ("zh-Hant", "跳到主要內容"), ("en", "Skip to main content")],
)
def test_words_follow_the_language(locale: str, said: str) -> None:
    i18n.load([rendering.STATIC.parent / "locale"])  # type: ignore[attr-defined]
    token = i18n.language.set(locale)
    html = (
        rendering.environment([rendering.own_loader()])
        .get_template("offline.html")
        .render(locale=locale, tenant=None)
    )
    i18n.language.reset(token)
    assert said in html


def test_manifest_of_the_phone_pages() -> None:
    found = json.loads(
        rendering.web_manifest(name="云栖物业", locale="zh-Hans", assets=rendering.read_assets())
    )
    assert found["start_url"] == "/m/jobs"
    assert {icon["sizes"] for icon in found["icons"]} == {"192x192", "512x512"}
    assert {icon["purpose"] for icon in found["icons"]} == {"any", "maskable"}
