"""What is different, call by call and in sum."""

from __future__ import annotations

from ivr.core.flow.load import load_flow
from ivr.rehearsal.past_call import PastCall, read, rerun
from ivr.rehearsal.reading import TextReader, exact_model
from ivr.rehearsal.replaying import Compared, Difference, Sum, add_up, compare
from tests.engines.records.past import SOURCE, call, leaves, orders


def compared(past: PastCall, *changes: tuple[str, str]) -> Compared:
    source = SOURCE
    for was, now in changes:
        assert was in source
        source = source.replace(was, now)
    flow = load_flow(source, "new.yaml")
    return compare(past, rerun(flow, past, TextReader(exact_model(flow), None)))


def order() -> PastCall:
    made = call("CA1", orders)
    return read(made.flow, made.rows)


def test_other_words_are_a_difference_where_they_are_said() -> None:
    one = compared(order(), ("Small or large?", "Big or small?"))
    assert one.call_id == "CA1"
    assert one.differences == (
        Difference("said", "Small or large?", "Big or small?", "2: 'one pizza please'"),
        Difference(
            "said",
            "We are open until ten. Small or large?",
            "We are open until ten. Big or small?",
            "3: 'when are you open'",
        ),
    )


def test_another_way_another_end_and_a_slot_that_is_new() -> None:
    one = compared(
        order(),
        ("    - say: A {size} pizza is on its way.", "    - set_slots: {size: small}\n    - transfer: shop"),
        ("    - hangup: Goodbye.\n", ""),
    )
    assert Difference("outcome", "completed", "transferred to shop") in one.differences
    assert Difference("slot", '"large"', '"small"', "size") in one.differences
    assert Difference("path", "main/2", "order/4") in one.differences


def test_an_understanding_that_changed_and_a_move_that_comes_too_late() -> None:
    one = compared(
        order(),
        ("intents:\n  order:", "intents:\n  stop: [mumble mumble]\n  order:"),
        (
            "          order: {call: order}",
            "          stop: [{hangup: Bye.}]\n          order: {call: order}",
        ),
    )
    assert Difference("understood", "nothing", "intent stop", "1: 'mumble mumble'") in one.differences
    assert [d.at for d in one.differences if d.what == "unused"] == ["2", "3", "4", "5"]


def test_the_sum() -> None:
    left = call("CA2", leaves)
    calls = [order(), read(left.flow, left.rows)]
    same = [compared(one) for one in calls]
    assert add_up(same) == Sum(
        2, 0, {("completed", "completed"): 1, ("hung up by caller", "hung up by caller"): 1}, (1, 1), (1, 1)
    )
    new = [compared(one, ("one pizza please,", "one pizza please, mumble mumble,")) for one in calls]
    total = add_up(new)
    assert (total.calls, total.changed, total.reprompts) == (2, 1, (1, 1))
