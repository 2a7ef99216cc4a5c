"""What is rendered before anybody calls."""

from ivr.core.commands import Say
from ivr.core.events import Meaning
from ivr.core.flow.prompts import fixed_sentences
from tests.core.talk import Talk, flow_of


def test_a_hit_of_the_answer_cache_speaks_words_that_were_rendered_before() -> None:
    flow = flow_of("- listen: {ask: Hello?, intents: {book: {say: Booking.}}}\n- hangup: Bye.")
    talk = Talk(flow)
    talk.listen()
    before = len(talk.commands)
    talk.says("when are you open", Meaning("answer", name="hours", decided_by="cache"))
    said = [s for c in talk.commands[before:] if isinstance(c, Say) for s in c.segments]
    assert said[0].text == "We are open from eight to five."
    assert said[0].fixed
    assert said[0].words in fixed_sentences(flow)
