"""The plugin API, its page and its users agree."""

import inspect
import re
from pathlib import Path

from core.plugin.hookspecs import Hooks
from guanjia import app

ROOT = Path(__file__).parents[2]
SPECS = {
    name: spec for name, spec in vars(Hooks).items() if inspect.isfunction(spec) and not name.startswith("_")
}


def test_every_hook_is_documented_with_its_arguments() -> None:
    page = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^### `(\w+)\((.*)\)`$", page, re.MULTILINE))
    real = {name: ", ".join(list(inspect.signature(spec).parameters)[1:]) for name, spec in SPECS.items()}
    assert told == real


def test_every_hook_has_a_user_besides_the_core() -> None:
    """No hook without a plugin that uses it: a mechanism appears with its user."""
    used = {
        name
        for module in (ROOT / "plugins").glob("*/plugin.py")
        for name in re.findall(r"@hookimpl\n(?:async )?def (\w+)\(", module.read_text(encoding="utf-8"))
    }
    assert set(SPECS) - used == set()


def test_nouns_answer_frozen_values() -> None:
    catalogue = app.load_catalogue()
    for noun in (
        "permissions",
        "roles",
        "navigation",
        "commands",
        "cards",
        "flows",
        "documents",
        "jobs",
        "listeners",
    ):
        for value in catalogue.of(noun):
            assert value.__struct_config__.frozen, (noun, value)


def test_titles_and_permissions_say_something() -> None:
    catalogue = app.load_catalogue()
    assert all(manifest.title for manifest in catalogue.manifests.values())
    assert all(permission.label and permission.scope for permission in catalogue.permissions().values())


def test_roles_hold_only_permissions_that_exist() -> None:
    catalogue = app.load_catalogue()
    known = set(catalogue.permissions())
    unknown = {(role.name, p) for role in catalogue.of("roles") for p in role.permissions if p not in known}
    assert not unknown


def test_every_arrow_asks_for_a_permission_that_exists() -> None:
    catalogue = app.load_catalogue()
    known = set(catalogue.permissions())
    arrows = [(f.name, a.name, a.permission) for f in catalogue.of("flows") for a in f.transitions]
    assert not [arrow for arrow in arrows if arrow[2] not in known]
