from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core.speaking import marks
from ivr.core.speaking.marks import Part


def test_a_pause_parts_a_text() -> None:
    assert marks.parts("Hello. [pause 300ms] How are you?") == (Part("Hello.", 300), Part("How are you?"))
    assert marks.parts("[pause 1.5s] Hello [ pause 1 s ]") == (Part("", 1500), Part("Hello", 1000))
    assert marks.parts("a [pause 1s] [pause 2s] b") == (Part("a", 3000), Part("b"))
    assert marks.parts("no [marks] here") == (Part("no [marks] here"),)


def test_a_sound_is_a_part_of_its_own() -> None:
    assert marks.parts("Hi. [sound a/jingle.wav] How are you?") == (
        Part("Hi."),
        Part("", sound="a/jingle.wav"),
        Part("How are you?"),
    )
    assert marks.parts("[ sound hello.wav : Hello there. ] [pause 1s]") == (
        Part("Hello there.", 1000, "hello.wav"),
    )
    assert marks.sounds("[sound a.wav] or [sound b.wav: B.] or [sound]") == ("a.wav", "b.wav")
    assert marks.without("Hi. [sound a.wav] [sound b.wav: B.]") == "Hi. B."


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a [sound] b", "'[sound]' is no sound: it names no WAV file below the flow's folder"),
        (
            "a [sound ../a.wav] b",
            "'[sound ../a.wav]' is no sound: it names no WAV file below the flow's folder",
        ),
        ("a [sound /a.wav] b", "'[sound /a.wav]' is no sound: it names no WAV file below the flow's folder"),
        ("a [sound a.mp3] b", "'[sound a.mp3]' is no sound: it names no WAV file below the flow's folder"),
        ("a [soudn a.wav] b", "There is no mark '[soudn a.wav]'"),
        ("a [sound a.wav: {b}] b", "What a file says is always the same: no slot stands in it"),
        ("a [pause] b", "'[pause]' is no pause"),
        ("a [pause 300] b", "'[pause 300]' is no pause"),
        ("a [Pause 300ms] b", "'[Pause 300ms]' is no pause"),
        ("a [pasue 300ms] b", "There is no mark '[pasue 300ms]'"),
        ("a [pause 9s] b", "A pause of 9 s is not between 50 ms and 5 s"),
    ],
)
def test_wrong_marks_are_told(text: str, message: str) -> None:
    (fault,) = marks.check(text)
    assert (fault.offset, fault.message) == (2, message)


def test_marks_that_have_lost_their_brackets() -> None:
    assert marks.bare(" sound a.wav ") == "sound a.wav"
    assert marks.bare("pause 300ms") == "pause 300ms"
    assert marks.bare("sound good to you?") == marks.bare("Hello.") == ""


def test_right_marks_and_other_brackets_are_left_alone() -> None:
    assert marks.check("a [pause 300ms] b [pause 5s] [or so] [1] [sound a b/c.wav: Hi.]") == ()


@given(st.text(st.sampled_from("[] pause12.ms\n"), max_size=40))
def test_no_word_is_lost(text: str) -> None:
    found = marks.parts(text)
    assert found
    assert all(part.pause_ms <= marks.MOST_MS for part in found)
    if "[pause" not in text:
        assert "".join("".join(part.text for part in found).split()) == "".join(text.split()) or "[" in text
