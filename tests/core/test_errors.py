"""The error tree is split by whose fault it is, and its drawing shows all of it."""

from __future__ import annotations

import re

from ivr.core import errors
from ivr.core.errors import Bug, CarrierError, ConfigError, EngineError, FlowError, IvrError, Shed


def test_each_fault_has_one_to_blame():
    assert set(IvrError.__subclasses__()) >= {FlowError, CarrierError, ConfigError, EngineError, Bug}
    for kind in (FlowError, CarrierError, ConfigError, EngineError, Bug):
        assert kind.__bases__ == (IvrError,)
    assert issubclass(Shed, EngineError)


def test_the_drawing_holds_every_class_of_the_module():
    drawn = re.findall(r"^ +(?:[│├└─ ]+)?([A-Z]\w+)", errors.__doc__ or "", re.MULTILINE)
    defined = [name for name, kind in vars(errors).items() if isinstance(kind, type)]
    assert sorted(drawn) == sorted(defined)


def test_a_carriers_mistake_is_answered_with_a_close_code():
    assert CarrierError("the message is not JSON").close_code == 1002
    assert CarrierError("too much", 1009).close_code == 1009
    assert str(CarrierError("too much", 1009)) == "too much"
