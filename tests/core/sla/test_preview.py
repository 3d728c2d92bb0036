"""`/sla/preview` without the web: what is asked, what is answered, what is refused."""

import msgspec
import pytest

from core.kit.errors import Required, ZoneRequired
from core.policies.layers import merge
from core.sla.calendars import national
from core.sla.errors import AmountInvalid, LimitNotTimed, LimitUnknown, PauseReversed, UnitNotAllowed
from core.sla.policy import SlaPolicy
from core.sla.preview import PreviewRequest, preview
from tests.core.sla.oracle import at

POLICY = SlaPolicy()


def ask(policy=POLICY, **body):
    return preview(msgspec.convert(body, PreviewRequest), policy, national())


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"code": "SLA-07", "start": "2026-11-23T18:30:00+08:00"}, "2026-11-24 02:30"),
        ({"code": "SLA-07", "unit": "S", "start": "2026-11-23T18:30:00+08:00"}, "2026-11-24 14:30"),
        ({"code": "SLA-07", "amount": 60, "start": "2026-11-23T10:30:00Z"}, "2026-11-23 19:30"),
        ({"unit": "E", "amount": 120, "start": "2026-11-23T20:30:00+08:00"}, "2026-11-23 22:30"),
        ({"unit": "S", "amount": 240, "start": "2026-11-21T21:30:00+08:00"}, "2026-11-22 13:00"),
        ({"unit": "SD", "start": "2026-11-22T21:00:00+08:00"}, "2026-11-23 21:00"),
        ({"unit": "CD", "amount": 3, "start": "2026-12-30T16:00:00+08:00"}, "2027-01-02 21:00"),
        ({"unit": "WD", "amount": 3, "start": "2026-09-30T17:00:00+08:00"}, "2026-10-10 18:00"),
        ({"unit": "month", "amount": 3, "start": "2026-11-30T09:00:00+08:00"}, "2027-02-28 21:00"),
        ({"unit": "AT", "start": "2026-11-20T17:50:00+08:00"}, "2026-11-20 17:50"),
    ],
)
def test_each_unit(body, expected):
    assert ask(**body).due_at == at(expected)


def test_pauses_come_in_pairs():
    pauses = [["2026-11-21T20:00:00+08:00", "2026-11-22T10:00:00+08:00"]]
    answer = ask(unit="S", amount=240, start="2026-11-21T19:00:00+08:00", pauses=pauses)
    assert answer.due_at == at("2026-11-22 13:00")
    assert [step.kind for step in answer.steps] == ["window", "paused", "window", "due"]


def test_the_answer_as_json():
    answer = ask(code="SLA-14b", start="2026-12-31T16:00:00+08:00")
    body = msgspec.json.decode(msgspec.json.encode(answer))
    assert body["due_at"] == "2027-01-06T18:00:00+08:00"
    assert body["target_at"] == "2027-01-04T18:00:00+08:00"
    assert body["provisional"] is True
    assert body["steps"][0] == {
        "kind": "start_day",
        "from": "2026-12-31T09:00:00+08:00",
        "to": "2026-12-31T18:00:00+08:00",
    }


def test_a_target_past_the_tried_amount_is_left_out():
    assert ask(code="SLA-14c", amount=4, start="2026-11-20T16:00:00+08:00").target_at is None


def test_the_companys_windows_count():
    policy = merge(SlaPolicy, {"service_window": [{"opens": "07:30", "closes": "20:00"}]})
    answer = ask(policy, unit="S", amount=240, start="2026-11-23T18:15:00+08:00")
    assert answer.due_at == at("2026-11-24 09:45")


@pytest.mark.parametrize(
    ("error", "body"),
    [
        (ZoneRequired, {"unit": "E", "amount": 5, "start": "2026-11-23T18:30:00"}),
        (ZoneRequired, {"unit": "E", "amount": 5, "start": "2026-11-23T18:30:00+08:00",
                        "pauses": [["2026-11-23T19:30:00", "2026-11-23T20:30:00"]]}),
        (PauseReversed, {"unit": "E", "amount": 5, "start": "2026-11-23T18:30:00+08:00",
                         "pauses": [["2026-11-23T19:30:00Z", "2026-11-23T18:30:00Z"]]}),
        (Required, {"start": "2026-11-23T18:30:00+08:00"}),
        (Required, {"unit": "S", "start": "2026-11-23T18:30:00+08:00"}),
        (LimitUnknown, {"code": "SLA-99", "start": "2026-11-23T18:30:00+08:00"}),
        (UnitNotAllowed, {"code": "SLA-07", "unit": "WD", "start": "2026-11-23T18:30:00+08:00"}),
        (LimitNotTimed, {"code": "SLA-01", "start": "2026-11-23T18:30:00+08:00"}),
        (LimitNotTimed, {"code": "SLA-36", "start": "2026-11-23T18:30:00+08:00"}),
        (AmountInvalid, {"unit": "E", "amount": -5, "start": "2026-11-23T18:30:00+08:00"}),
        (AmountInvalid, {"unit": "WD", "amount": 0, "start": "2026-11-23T18:30:00+08:00"}),
        (AmountInvalid, {"code": "SLA-07", "amount": 0, "start": "2026-11-23T18:30:00+08:00"}),
        (AmountInvalid, {"unit": "S", "amount": 10**12, "start": "2026-11-23T18:30:00+08:00"}),
    ],
)  # fmt: skip
def test_refused(error, body):
    with pytest.raises(error) as caught:
        ask(**body)
    assert caught.value.at_field


def test_a_unit_that_is_none_is_refused_by_the_struct():
    with pytest.raises(msgspec.ValidationError):
        ask(unit="weeks", amount=1, start="2026-11-23T18:30:00+08:00")
