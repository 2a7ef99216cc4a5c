"""Days, times, money and telephone numbers in Spanish. How many are understood: `test_spoken_forms`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core.flow.model import Slot, SlotType
from ivr.understanding.spanish_moments import TYPES, spoken_in_spanish
from ivr.understanding.text import vocabulary

TODAY = "2026-03-11"  # a Wednesday


def understood(kind: SlotType, text: str, region: str = "ES", currency: str = "EUR", **limits: str) -> str:
    slot = Slot("x", kind, region=region, currency=currency, **limits)  # type: ignore[arg-type]
    found = spoken_in_spanish(kind, text, slot, TODAY)
    if found is None:
        return "-"
    return f"({found.name})" if found.kind == "nothing" else str(found.value)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("date", "ayer", "2026-03-10"),
        ("date", "el jueves de la semana que viene", "2026-03-19"),
        ("date", "mañana por la tarde, por favor", "2026-03-12"),
        ("date", "el 3 de abril del 2027", "2027-04-03"),
        ("date", "dentro de un mes", "2026-04-11"),
        ("date", "el treinta y dos", "-"),
        ("date", "el lunes o el martes", "-"),
        ("date", "quiero hablar con alguien", "-"),
        ("time", "tres y cuarto", "15:15"),
        ("time", "a la una menos diez de la tarde", "12:50"),
        ("time", "a las doce de la noche", "00:00"),
        ("time", "a las 5 p. m.", "17:00"),
        ("time", "a las doce y media del mediodía", "12:30"),
        ("time", "a las veinte y treinta", "20:30"),
        ("time", "mañana", "-"),
        ("date_time", "el 20 de marzo a las diez menos cuarto de la mañana", "2026-03-20T09:45"),
        ("date_time", "mañana por la mañana a las nueve", "2026-03-12T09:00"),
        ("money", "quince con veinte", "15.20"),
        ("money", "dos mil euros", "2000.00"),
        ("money", "20 dólares", "(other_currency)"),
        ("phone", "es el nueve uno dos, tres cuatro cinco, seis siete ocho", "+34912345678"),
        ("phone", "uno dos tres", "(too_few)"),
    ],
)
def test_as_it_is_said(kind: SlotType, text: str, value: str) -> None:
    assert understood(kind, text) == value


def test_limits_are_kept() -> None:
    assert understood("date", "ayer", least="today") == "(out_of_range)"
    assert understood("money", "doce euros", most="10") == "(out_of_range)"


SAID = vocabulary(
    """
    a las la el y menos media cuarto tres doce 31 de mayo mañana tarde noche lunes euros con mil mediodía
    pasado dentro en días medianoche primero 25:99 más
    """
)


@given(st.sampled_from(sorted(TYPES)), st.lists(st.sampled_from(sorted(SAID)), max_size=12))
def test_whatever_is_said_it_is_a_value_of_its_kind_or_none(kind: SlotType, spoken: list[str]) -> None:
    value = understood(kind, " ".join(spoken))
    shapes = {"date": 10, "time": 5, "date_time": 16}
    assert value.startswith(("-", "(")) or len(value) == shapes.get(kind, len(value))
