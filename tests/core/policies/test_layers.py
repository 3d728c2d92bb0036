"""Sparse differences: merging, taking them apart again, and what is refused."""

import json
from typing import Annotated, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Meta, Struct, field

from core.policies.errors import PolicyKeyUnknown, PolicyValueInvalid
from core.policies.layers import builtins, check, diff, merge, resolve, section
from core.policies.values import STRUCTS, CallBackPolicy, JudicialPolicy, SamplingPolicy, TicketPolicy


class Rule(Struct, frozen=True, forbid_unknown_fields=True):
    on: bool = True
    days: Annotated[int, Meta(ge=0)] = 3
    note: str | None = "n"


class ToyPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    percent: int = 100
    roles: tuple[str, ...] = ("a", "b")
    main: Rule = Rule()
    rules: dict[str, Rule] = field(default_factory=lambda: {"x": Rule(), "y": Rule(days=5)})


def test_the_nearest_wins_and_the_rest_shines_through():
    project, company, preset = (
        {"percent": 1},
        {"percent": 2, "main": {"days": 2}},
        {"main": {"days": 9, "on": False}},
    )
    toy = merge(ToyPolicy, project, company, preset)
    assert toy == ToyPolicy(percent=1, main=Rule(on=False, days=2))


def test_order_is_project_company_preset_product():
    layers = [{"toy": {"percent": number}} for number in (1, 2, 3)]
    assert [resolve(ToyPolicy, *layers[first:]).percent for first in range(4)] == [1, 2, 3, 100]


def test_tables_merge_by_key_and_lists_as_a_whole():
    toy = merge(ToyPolicy, {"roles": ["c"], "rules": {"y": {"on": False}}})
    assert toy.roles == ("c",)
    assert toy.rules == {"x": Rule(), "y": Rule(on=False, days=5)}


def test_nothing_is_a_value_too():
    assert merge(ToyPolicy, {"main": {"note": None}}, {"main": {"note": "m"}}).main.note is None


def test_defaults_stay_untouched():
    merge(ToyPolicy, {"rules": {"x": {"days": 9}, "z": {}}})
    assert ToyPolicy().rules == {"x": Rule(), "y": Rule(days=5)}


@pytest.mark.parametrize(
    ("sparse", "error", "path"),
    [
        ({"percents": 5}, PolicyKeyUnknown, "toy.percents"),
        ({"main": {"day": 5}}, PolicyKeyUnknown, "toy.main.day"),
        ({"percent": "5"}, PolicyValueInvalid, "toy.percent"),
        ({"main": 5}, PolicyValueInvalid, "toy.main"),
        ({"main": {"days": -1}}, PolicyValueInvalid, "toy.main.days"),
    ],
)
def test_refusals_name_the_value(sparse, error, path):
    with pytest.raises(error) as caught:
        merge(ToyPolicy, sparse)
    assert caught.value.at_field == path


def test_a_document_is_checked_as_a_whole():
    structs = (*STRUCTS, ToyPolicy)
    check({"toy": {"percent": 5}, "ticket": {"reopen_days": 7}, "sampling": {}}, structs)
    for document in ({"toys": {}}, {"ticket": {"reopen": 7}}):
        with pytest.raises(PolicyKeyUnknown):
            check(document, structs)


def test_sections_are_named_after_their_structs():
    assert [section(struct) for struct in STRUCTS] == [
        "ticket", "call_back", "sampling", "duty", "judicial", "service_price", "publication",
    ]  # fmt: skip


rules = st.builds(Rule, on=st.booleans(), days=st.integers(0, 9), note=st.none() | st.text(max_size=3))
toys = st.builds(
    ToyPolicy,
    percent=st.integers(0, 100),
    roles=st.lists(st.text(max_size=2), max_size=3).map(tuple),
    main=rules,
    rules=st.fixed_dictionaries({"x": rules, "y": rules}),
)


def leaves(value: Any) -> int:
    return sum(leaves(each) for each in value.values()) if isinstance(value, dict) else 1


@settings(deadline=None)
@given(toys, toys)
def test_a_difference_laid_over_its_base_gives_the_value_back(value, base):
    stored = json.loads(json.dumps(diff(value, base)))
    assert merge(ToyPolicy, stored, diff(base, ToyPolicy())) == value
    assert leaves(stored) <= leaves(builtins(value))


def test_a_difference_is_sparse():
    value = merge(ToyPolicy, {"rules": {"x": {"days": 9}}, "percent": 100})
    assert diff(value, ToyPolicy()) == {"rules": {"x": {"days": 9}}}
    assert diff(value, value) == {}


@pytest.mark.spec("CF-06", "SMP-01", "SMP-02", "SMP-03", "SMP-04")
def test_percentages_keep_between_nothing_and_all():
    call_back = CallBackPolicy()
    assert (call_back.repair_percent, call_back.complaint_percent, call_back.help_percent) == (100, 100, 100)
    sampling = SamplingPolicy()
    assert (sampling.complaint_percent, sampling.help_percent, sampling.each_kind_percent) == (10, 1, 3)
    for struct, sparse in (
        (CallBackPolicy, {"repair_percent": 101}),
        (SamplingPolicy, {"help_percent": -1}),
        (TicketPolicy, {"instruction_required_kinds": ["party"]}),
        (JudicialPolicy, {"modes": ["X"]}),
    ):
        with pytest.raises(PolicyValueInvalid):
            merge(struct, sparse)
