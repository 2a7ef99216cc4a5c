"""Turns that meant nothing: masked, in heaps, with what they are nearest to."""

from ivr.engines.reader import train_flow
from ivr.review.records import SlotRow, Unhandled, WholeCall
from ivr.review.unhandled import heaped, heard
from ivr.understanding.classifier import Label
from tests.understanding.front_desk import FLOW, BagOfWords

CLASSIFIER = train_flow(FLOW, BagOfWords()).classifier


class FakeRecords:
    """The part of `Records` that is asked."""

    def __init__(self, words: list[str], slots: tuple[SlotRow, ...] = ()) -> None:
        self.rows = [Unhandled(f"CA{i}", 1, 0, FLOW.name, "main:0", text) for i, text in enumerate(words)]
        self.slots = slots

    async def unhandled(self, flow: str = "", since_ms: int = 0, limit: int = 500) -> list[Unhandled]:
        assert flow == FLOW.name
        return self.rows[:limit]

    async def call(self, call_id: str) -> WholeCall | None:
        return WholeCall(None, "", slots=self.slots)  # type: ignore[arg-type] # the head is not read


def slot(name: str, value: object) -> SlotRow:
    return SlotRow(0, name, value, 0, 1, "main:0", final=True)


async def test_what_was_said_is_masked_and_what_was_hidden_is_left_out() -> None:
    records = FakeRecords(
        ["I am Mary Jones on 4271", "•••", "?!"], (slot("patient", "Mary Jones"), slot("day", "monday"))
    )
    found = await heard(records, FLOW)  # type: ignore[arg-type] # the part that is asked
    assert [one.words for one in found] == ["I am ### on ###"]


async def test_heaps_with_the_nearest_meaning() -> None:
    said = [
        "refill the medicine box",
        "refill my medicine box",
        "refill the medicine box",
        "purple elephants",
    ]
    records = FakeRecords(said)
    found = heaped(await heard(records, FLOW), CLASSIFIER, BagOfWords())  # type: ignore[arg-type] # as above
    first, second = found
    assert (first.times, set(first.said)) == (3, set(said[:3]))
    assert first.nearest == Label("intent", "refill")
    assert first.score > second.score
    assert first.calls == ("CA0", "CA2", "CA1") or set(first.calls) == {"CA0", "CA1", "CA2"}
    assert (second.said, second.times, second.steps) == (("purple elephants",), 1, ("main:0",))
    assert heaped([], CLASSIFIER, BagOfWords()) == ()


async def test_a_flow_without_examples_has_nothing_near() -> None:
    (heap,) = heaped(await heard(FakeRecords(["hello you"]), FLOW), None, BagOfWords())  # type: ignore[arg-type] # as above
    assert heap.nearest is None
