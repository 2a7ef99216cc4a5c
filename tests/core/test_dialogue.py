"""What follows in a flow from what the caller means."""

import pytest

from ivr.core.commands import HangUp, TransferCall
from ivr.core.flow.load import load_flow
from ivr.core.phrases import DEFAULTS
from tests.core.talk import AGENT, HEAD, Talk, answer, flow_of, intent, universal, value

MENU = """
- say: Welcome.
- listen:
    ask: How can I help?
    ask_again: Anything else?
    intents:
      book: {say: Booking.}
      cancel: {transfer: desk}
    keys:
      "1": {say: Key one.}
- hangup: Bye.
"""


def test_prompts_queue_until_a_step_waits():
    talk = Talk(flow_of(MENU))
    assert talk.listen() == ["Welcome.", "How can I help?"]
    assert talk.state.dialogue.waiting


def test_an_intent_takes_its_branch_then_goes_on_behind_the_listen():
    talk = Talk(flow_of(MENU))
    talk.listen()
    talk.says("I want to book", intent("book"))
    assert talk.listen() == ["Booking.", "Bye."]
    assert talk.ended == [HangUp("completed")]


def test_a_key_takes_its_branch():
    talk = Talk(flow_of(MENU))
    talk.listen()
    talk.keys("1")
    assert talk.listen() == ["Key one.", "Bye."]


def test_a_canonical_answer_returns_to_the_question():
    talk = Talk(flow_of(MENU))
    talk.listen()
    talk.says("when are you open", answer("hours"))
    assert talk.listen() == ["We are open from eight to five.", "Anything else?"]
    talk.says("book", intent("book"))
    assert talk.listen() == ["Booking.", "Bye."]


def test_an_intent_that_the_step_does_not_offer_is_no_match():
    talk = Talk(flow_of(MENU))
    talk.listen()
    assert talk.says("something", intent("order_pizza"))[0] == DEFAULTS["no_match"]


def test_the_built_in_ladder_ends_with_goodbye_where_there_is_nobody():
    talk = Talk(flow_of(MENU))
    talk.listen()
    for _ in range(2):
        talk.silence()
        assert talk.listen() == [DEFAULTS["no_input"], "How can I help?"]
    talk.silence()
    assert " ".join(talk.listen()) == DEFAULTS["give_up"]
    assert talk.ended == [HangUp("no_input")]


def test_the_built_in_ladder_ends_with_a_person_where_there_is_one():
    talk = Talk(flow_of(MENU, AGENT))
    talk.listen()
    for _ in range(3):
        talk.says("blah")
        talk.listen()
    assert talk.ended == [TransferCall("desk")]


def test_the_author_s_ladder_may_change_the_way():
    talk = Talk(
        flow_of(
            """
- collect:
    slot: number
    on_no_match:
      - Once more, please.
      - Please key it in.
      - [{transfer: {contact: desk, say: One moment.}}]
"""
        )
    )
    talk.listen()
    talk.says("uh")
    assert talk.listen() == ["Once more, please."]
    talk.says("uh")
    assert talk.listen() == ["Please key it in."]
    talk.says("uh")
    assert talk.listen() == ["One moment."]
    assert talk.ended == [TransferCall("desk")]


def test_the_ladders_begin_anew_when_the_caller_was_understood():
    talk = Talk(flow_of("- collect: number\n- collect: age\n- hangup:"))
    talk.listen()
    talk.says("uh")
    talk.listen()
    talk.says("4271", value("4271"))
    talk.listen()
    assert (talk.state.dialogue.no_match, talk.state.dialogue.no_input) == (0, 0)


def test_slots_are_collected_and_spoken_digit_by_digit():
    talk = Talk(flow_of("- collect: number\n- say: 'You said {number}.'\n- hangup:"))
    talk.listen()
    talk.says("4271", value("4271"))
    assert talk.listen()[0] == "You said 4, 2, 7, 1."
    assert talk.state.dialogue.slots == {"number": "4271"}


def test_a_slot_that_is_known_is_not_asked_for():
    talk = Talk(flow_of("- collect: number\n- say: Thanks.\n- hangup:"), number="1234")
    assert talk.listen()[0] == "Thanks."


def test_keys_are_gathered_until_the_slot_is_full():
    talk = Talk(flow_of("- collect: number\n- say: Thanks.\n- hangup:"))
    talk.listen()
    assert talk.keys("427") == []
    talk.keys("1")
    assert talk.listen()[0] == "Thanks."


def test_keys_that_stop_short_are_told_so():
    talk = Talk(flow_of("- collect: number\n- hangup:"))
    talk.listen()
    talk.keys("42")
    assert talk.silence()[0] == DEFAULTS["too_few"]


@pytest.mark.parametrize(("given", "said"), [(value(True), "Done."), (value(False), "Sorry.")])
def test_confirm_branches(given, said):
    talk = Talk(flow_of("- confirm: {ask: 'Right?', yes: {say: Done.}, no: {say: Sorry.}}\n- hangup:"))
    assert talk.listen() == ["Right?"]
    talk.says("…", given)
    assert talk.listen()[0] == said


def test_confirm_has_keys():
    talk = Talk(flow_of("- confirm: {ask: 'Right?', yes: {say: Done.}, no: {say: Sorry.}}\n- hangup:"))
    talk.listen()
    talk.keys("2")
    assert talk.listen()[0] == "Sorry."


def test_conditions_branch_on_slots():
    flow = flow_of(
        """
- collect: age
- if: age >= 18
  then: {say: Grown up.}
  else: {say: Young.}
- hangup:
"""
    )
    for age, said in ((40, "Grown up."), (4, "Young.")):
        talk = Talk(flow)
        talk.listen()
        talk.says(str(age), value(age))
        assert talk.listen()[0] == said


def test_call_returns_and_link_does_not():
    text = (
        HEAD
        + """
flows:
  main: [{call: aside}, {say: Back.}, {link: last}]
  aside: [{say: Aside.}]
  last: [{say: Last.}, {hangup: }]
"""
    )
    talk = Talk(load_flow(text, "test.yaml"))
    assert talk.listen() == ["Aside.", "Back.", "Last."]
    assert talk.ended == [HangUp("completed")]


def test_zero_is_a_way_to_a_person_at_every_step_that_does_not_take_digits():
    for step in (
        MENU,
        "- confirm: {ask: 'Right?', yes: {say: A.}, no: {say: B.}}\n- hangup:",
        "- collect: reason\n- hangup:",
    ):
        talk = Talk(flow_of(step, AGENT))
        talk.listen()
        talk.keys("0")
        assert talk.listen() == ["Putting you through."]
        assert talk.ended == [TransferCall("desk")]


def test_universals_are_heard_at_every_step():
    talk = Talk(flow_of("- collect: number\n- hangup:", AGENT))
    talk.listen()
    talk.says("a person please", universal("agent"))
    assert talk.listen() == ["Putting you through."]
    assert talk.ended == [TransferCall("desk")]


def test_repeat_says_the_last_prompts_again():
    talk = Talk(flow_of(MENU, AGENT))
    talk.listen()
    talk.says("pardon", universal("repeat"))
    assert talk.listen() == ["Welcome.", "How can I help?"]
    talk.says("uh")
    talk.listen()
    talk.says("pardon", universal("repeat"))
    assert talk.listen() == ["How can I help?"], "the last thing, not everything since the call began"


def test_a_meaning_of_the_wrong_kind_is_no_match():
    talk = Talk(flow_of("- collect: number\n- hangup:"))
    talk.listen()
    for meaning in (intent("book"), answer("nothing such"), universal("agent")):
        assert talk.says("x", meaning)[0] in (DEFAULTS["no_match"], DEFAULTS["give_up"].split(". ")[0] + ".")
        talk.listen()


def test_an_expired_answer_is_no_longer_given():
    text = HEAD.replace("say: We are open", "expires: 2026-11-22\n    say: We are open")
    talk = Talk(
        load_flow(text + "flows:\n  main: [{listen: {intents: {book: }}}, {hangup: }]\n", "test.yaml")
    )
    assert talk.says("when are you open", answer("hours"))[0] == DEFAULTS["no_match"]


def test_a_flow_that_calls_itself_for_ever_is_stopped():
    text = HEAD + "flows:\n  main: [{collect: age}, {set_slots: {age: null}}, {call: main}]\n"
    talk = Talk(load_flow(text, "test.yaml"))
    for _ in range(60):
        talk.listen()
        if talk.ended:
            break
        talk.says("4", value(4))
    assert "inside one another" in talk.reports[0]
    assert talk.ended == [HangUp("failed")]
