from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ivr.rehearsal.differences import as_text, differences, nearest_stretch

WORDS = st.lists(st.sampled_from(["a", "b", "c", "dd"]), max_size=8).map(" ".join)


def test_words_that_differ_are_marked() -> None:
    assert as_text(differences("We open at eight.", "we open at nine. Bye.")) == (
        "we open at [-eight.-] {+nine. Bye.+}"
    )


@given(WORDS, WORDS)
def test_both_texts_can_be_put_together_again(want: str, got: str) -> None:
    pieces = differences(want, got)
    assert " ".join(p.words for p in pieces if p.kind != "got") == want
    assert " ".join(p.words for p in pieces if p.kind != "want") == got


def test_the_nearest_stretch_may_be_several_sentences() -> None:
    said = ["Hello.", "We are open.", "From eight to five.", "Anything else?"]
    assert nearest_stretch("We are open. From nine to five.", said) == "We are open. From eight to five."
    assert nearest_stretch("xyz", said) == ""
    assert nearest_stretch("xyz", []) == ""
