import dataclasses
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.core.commands import Expectation, ExpectKind
from ivr.core.errors import Bug
from ivr.core.events import Meaning
from ivr.core.flow.model import Intent, Slot, SlotType
from ivr.core.limits import LIMITED, measure
from ivr.core.telephone import is_e164
from ivr.understanding.answer_cache import ACCEPTED, BEST
from ivr.understanding.pipeline import NOTHING, FlowModel, by_rules, understand
from ivr.understanding.text import vocabulary, words
from tests.understanding import restaurant
from tests.understanding.front_desk import FLOW, INTENTS, BagOfWords, trained

DESK = trained(FLOW)
SLOT_OF: dict[str, str] = {slot.type: slot.name for slot in FLOW.slots.values()}


def expecting(kind: ExpectKind, *intents: str) -> Expectation:
    return Expectation(kind, intents=intents, slot=SLOT_OF.get(kind, ""), today="2026-03-11")


def meaning_of(text: str, expectation: Expectation, model: FlowModel = DESK) -> Meaning:
    return understand(model, text, expectation, BagOfWords().embed([text])[0])


EVERYTHING = expecting("intents", *INTENTS)


@pytest.mark.parametrize("kind", get_args(ExpectKind))
@pytest.mark.parametrize(
    ("text", "name"),
    [("can I talk to a real person please", "agent"), ("pardon?", "repeat"), ("Bye!", "goodbye")],
)
def test_universals_are_heard_at_every_step(kind: ExpectKind, text: str, name: str) -> None:
    meaning = meaning_of(text, expecting(kind, "book"))
    assert (meaning.kind, meaning.name, meaning.decided_by) == ("universal", name, "universal")


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("four two seven one", "digits", "4271"),
        ("forty two", "integer", 42),
        ("Tuesday please", "choice", "tuesday"),
        ("yes that's right", "confirm", True),
        ("no that's wrong", "confirm", False),
        ("yep", "yes_no", True),
        ("  My knee hurts.\n", "text", "My knee hurts."),
        ("twelve fifty", "money", "12.50"),
        ("could we say the 20th?", "date", "2026-03-20"),
        ("half past two", "time", "14:30"),
        ("tomorrow at ten", "date_time", "2026-03-12T10:00"),
        ("two one two, triple five, oh one two three", "phone", "+12125550123"),
        ("j smith at g mail dot com", "email", "jsmith@gmail.com"),
        ("my name is mary jones", "name", "Mary Jones"),
        ("B as in boy, double t", "spelling", "BTT"),
        ("I live at twelve Main Street", "address", "12 Main Street"),
    ],
)
def test_the_grammar_of_what_was_asked(text: str, kind: ExpectKind, value: object) -> None:
    meaning = meaning_of(text, expecting(kind))
    assert (meaning.kind, meaning.value, meaning.decided_by) == ("value", value, "grammar")


def test_a_plain_answer_to_the_question_goes_before_a_built_in_universal() -> None:
    assert meaning_of("that's it", expecting("confirm")).value is True
    assert meaning_of("that's it", EVERYTHING).name == "goodbye"


def test_the_steps_own_words_go_before_a_built_in_universal_but_not_before_the_flows_own() -> None:
    own = ("front desk", "speak to a nurse")
    model = trained(dataclasses.replace(FLOW, intents={**FLOW.intents, "desk": Intent("desk", own)}))
    assert meaning_of("front desk", expecting("intents", "desk"), model) == Meaning(
        "intent", name="desk", decided_by="classifier"
    )
    assert meaning_of("front desk", expecting("intents", "book"), model).name == "agent"
    assert meaning_of("speak to a nurse", expecting("intents", "desk"), model).kind == "universal"


def test_intents_and_answers_by_the_classifier() -> None:
    meaning = meaning_of("cancel my visit please", EVERYTHING)
    assert (meaning.kind, meaning.name, meaning.decided_by) == ("intent", "cancel", "classifier")
    assert 0.5 <= meaning.confidence < 1
    assert meaning_of("when do you open", EVERYTHING).kind == "answer"


def test_an_intent_that_the_step_does_not_listen_for_is_not_chosen() -> None:
    meaning = meaning_of("cancel my visit please", expecting("intents", "refill"))
    assert meaning.name != "cancel"


def test_a_yes_is_not_taken_for_a_no_that_sounds_like_it() -> None:
    done = {"finished": Intent("finished", ("no i am all good", "no that is fine"))}
    model = trained(dataclasses.replace(FLOW, intents={**FLOW.intents, **done}))
    step = expecting("intents", "finished", "book")
    assert meaning_of("no i am good", step, model).name == "finished"
    assert meaning_of("yes i am all good", step, model) == NOTHING


@pytest.mark.parametrize(
    ("above", "at_desk", "question", "words_alone"),
    [(0.05, True, False, False), (0.25, True, True, False), (0.35, True, True, True)],
)
def test_a_slot_is_left_for_what_is_likelier_and_likelier_still_for_words_that_are_no_question(
    above: float, *, at_desk: bool, question: bool, words_alone: bool
) -> None:
    said, classifier = "the car park", DESK.classifier
    assert classifier is not None
    guess = classifier.guess(words(said), BagOfWords().embed([said])[0], frozenset(classifier.labels))
    assert guess is not None
    strict = dataclasses.replace(
        DESK, classifier=dataclasses.replace(classifier, threshold=guess.score - above)
    )
    assert (meaning_of(said, EVERYTHING, strict).kind == "answer") is at_desk
    assert (meaning_of(f"{said}?", expecting("digits"), strict).kind == "answer") is question
    assert (meaning_of(said, expecting("digits"), strict).kind == "answer") is words_alone


def test_no_answer_is_given_that_is_about_as_likely_wrong() -> None:
    said, classifier = "where do I park when you are open", DESK.classifier
    assert classifier is not None
    guess = classifier.guess(words(said), BagOfWords().embed([said])[0], frozenset(classifier.labels))
    assert guess is not None
    assert guess.label.kind == "answer"
    for above, kind in ((0.05, "nothing"), (0.4, "answer")):
        near = dataclasses.replace(classifier, threshold=guess.score - above)
        assert meaning_of(said, EVERYTHING, dataclasses.replace(DESK, classifier=near)).kind == kind


@pytest.mark.parametrize("kind", ["intents", "yes_no", "confirm", "digits", "choice", "date"])
@pytest.mark.parametrize("text", ["I want to speak to the mechanic", "No, I want to speak to the mechanic"])
def test_who_wants_to_speak_to_somebody_comes_to_a_person(kind: ExpectKind, text: str) -> None:
    meaning = meaning_of(text, expecting(kind))
    assert (meaning.kind, meaning.name) == ("universal", "agent")
    assert meaning_of("yes, I want to speak to the mechanic", expecting("confirm")).value is True


def test_an_intent_about_just_this_person_goes_before_the_wish_for_somebody() -> None:
    nurse = {"nurse": Intent("nurse", ("talk to the nurse", "can a nurse call me", "a question for a nurse"))}
    model = trained(dataclasses.replace(FLOW, intents={**FLOW.intents, **nurse}))
    step = expecting("intents", *INTENTS, "nurse")
    assert meaning_of("can I please talk to the nurse today", step, model).name == "nurse"
    assert (
        meaning_of("can I please talk to the mechanic", expecting("intents", "book"), model).name == "agent"
    )


def test_out_of_scope_is_nothing() -> None:
    assert meaning_of("purple elephants dance quietly", EVERYTHING) == NOTHING


def test_a_wrong_value_says_why() -> None:
    assert meaning_of("four two", expecting("digits")).name == "too_few"
    assert meaning_of("4 2 7 1 9", expecting("digits")).name == "too_many"
    meaning = meaning_of("three hundred", expecting("integer"))
    assert (meaning.kind, meaning.name, meaning.value) == ("nothing", "out_of_range", 300)
    yesterday = meaning_of("yesterday", expecting("date"))
    assert (yesterday.kind, yesterday.name, yesterday.value) == ("nothing", "out_of_range", "2026-03-10")
    assert meaning_of("tomorrow", expecting("date_time")).name == "no_time"
    assert meaning_of("at ten", expecting("date_time")).name == "no_day"
    assert meaning_of("twenty euros", expecting("money")).name == "other_currency"
    assert meaning_of("five five five, oh one two three", expecting("phone")).name == "too_few"


@pytest.mark.parametrize("kind", ["yes_no", "confirm", "digits", "integer", "choice", "text"])
def test_a_canonical_question_in_the_middle_of_a_slot_is_a_digression(kind: ExpectKind) -> None:
    meaning = meaning_of("what are your opening hours?", expecting(kind))
    assert (meaning.kind, meaning.name) == ("answer", "hours")


def test_a_question_about_a_choice_is_a_digression_when_the_classifier_is_sure() -> None:
    assert meaning_of("when are you open on Tuesday?", expecting("choice")).name == "hours"
    assert meaning_of("Tuesday when you are open", expecting("choice")).value == "tuesday"


def test_free_text_is_no_question_unless_phrased_as_one() -> None:
    meaning = meaning_of("parking", expecting("text"))
    assert (meaning.kind, meaning.value) == ("value", "parking")
    assert meaning_of("can I ask about my sore knee?", expecting("text")).kind == "value"


def test_intents_are_never_chosen_while_a_slot_is_asked_for() -> None:
    assert meaning_of("cancel my appointment", expecting("digits")) == NOTHING


def test_pauses_alone_are_nothing() -> None:
    for text in ("", "...", "um, uh", "\x00\x01"):
        assert meaning_of(text, expecting("text")) == NOTHING


def test_free_text_is_kept_printable() -> None:
    meaning = meaning_of("a\x00b\tc\u2028d\x1b[31m", expecting("text"))
    assert meaning.value == "a b c d [31m"


def test_without_a_vector_the_rules_stand() -> None:
    assert understand(DESK, "Tuesday", expecting("choice"), None).value == "tuesday"
    assert understand(DESK, "cancel my visit please", EVERYTHING, None) == NOTHING


def test_what_the_rules_settle_needs_no_classifier() -> None:
    assert by_rules(DESK, "pardon", EVERYTHING).settled
    assert by_rules(DESK, "Tuesday", expecting("choice")).settled
    assert by_rules(DESK, "book an appointment", EVERYTHING).settled
    assert not by_rules(DESK, "cancel my visit please", EVERYTHING).settled
    assert not by_rules(DESK, "four two", expecting("digits")).settled
    silent = trained(dataclasses.replace(FLOW, intents={}, answers={}))
    assert by_rules(silent, "four two", expecting("digits")).settled


def test_a_slot_that_the_flow_lacks_is_our_bug() -> None:
    with pytest.raises(Bug, match="no slot 'colour'"):
        meaning_of("red", Expectation("choice", slot="colour"))


VALUES = vocabulary(
    """
    yes no four double oh bye and a hundred minus the one to not half quarter past at dot tuesday week may
    third next last in two days from now dollars cents point million plus p m as for b name is spelled
    february 3/4 12.50 2026 twenty my street under - @ . , ' ?
    """
) | {"-1", "9" * 400}
hostile = st.one_of(
    st.text(max_size=300),
    st.lists(st.sampled_from(sorted(VALUES)), max_size=40).map(" ".join),
    st.text(max_size=20).map(lambda text: (text + " ") * 3000),
)


@settings(max_examples=150, deadline=None)
@given(hostile, st.sampled_from(get_args(ExpectKind)))
def test_any_text_has_a_meaning(text: str, kind: ExpectKind) -> None:
    meaning = meaning_of(text, expecting(kind, "book", "unknown"))
    assert 0 <= meaning.confidence <= 1
    assert meaning.decided_by in {"universal", "grammar", "classifier", "none"}
    if meaning.kind == "value" and kind in {"yes_no", "confirm"}:
        assert isinstance(meaning.value, bool)
    if meaning.kind == "value" and kind == "digits":
        assert isinstance(meaning.value, str)
        assert len(meaning.value) == 4
        assert set(meaning.value) <= set("0123456789")
    if meaning.kind == "value" and kind in LIMITED:
        assert measure(kind, meaning.value or "") is not None
    if meaning.kind == "value" and kind == "phone":
        assert isinstance(meaning.value, str)
        assert is_e164(meaning.value)
    if meaning.kind == "value" and kind == "integer":
        assert isinstance(meaning.value, int)
        assert 1 <= meaning.value <= 120
    if meaning.kind == "nothing":
        assert meaning.value is None or meaning.name in ("out_of_range", "no_time", "no_day")


def test_canonical_answers_come_from_the_cache_when_the_question_is_theirs() -> None:
    assert meaning_of("what are your opening hours please", EVERYTHING).decided_by == "cache"
    assert meaning_of("where can I park", EVERYTHING).decided_by == "cache"
    assert meaning_of("is there a car park", EVERYTHING).name == "parking"


@pytest.mark.parametrize(
    ("text", "by"),
    [("what are your opening hours please", "cache"), ("purple elephants dance quietly", "none")],
)
def test_what_else_was_near_is_told_with_the_meaning(text: str, by: str) -> None:
    meaning = meaning_of(text, EVERYTHING)
    assert meaning.decided_by == by
    names = [one.name for one in meaning.candidates]
    assert len(names) == len(set(names)) > 1
    assert set(names) <= {*EVERYTHING.intents, *FLOW.answers}
    scores = [one.score for one in meaning.candidates]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    if by == "cache":
        assert names[0] == meaning.name
        assert meaning.cache_score is not None
        assert meaning.cache_score >= ACCEPTED


def test_what_the_rules_settled_has_no_candidates() -> None:
    meaning = meaning_of("where can I park", EVERYTHING)
    assert (meaning.candidates, meaning.cache_score) == ((), BEST)
    assert meaning_of("a person please", EVERYTHING).candidates == ()


def test_an_intent_is_never_answered_from_the_cache() -> None:
    meaning = meaning_of("book an appointment please", EVERYTHING)
    assert (meaning.kind, meaning.decided_by) == ("intent", "classifier")
    assert meaning_of("book an appointment please", expecting("intents", "cancel")).kind != "answer"


def test_topics_that_get_no_canonical_answer() -> None:
    model = trained(dataclasses.replace(FLOW, never_cache=("opening hours",)))
    for text in ("what are your opening hours", "what are your opening hours please"):
        vector = BagOfWords().embed([text])[0]
        assert understand(model, text, EVERYTHING, vector).kind == "nothing"
    assert understand(model, "where can I park", EVERYTHING, None).name == "parking"


def test_an_answer_that_has_expired_is_not_given() -> None:
    answers = {**FLOW.answers, "hours": dataclasses.replace(FLOW.answers["hours"], expires="2030-01-31")}
    model = trained(dataclasses.replace(FLOW, answers=answers))
    text = "what are your opening hours"
    for today, name in (("2030-01-31", "hours"), ("2030-02-01", ""), ("", "hours")):
        expectation = dataclasses.replace(EVERYTHING, today=today)
        assert understand(model, text, expectation, BagOfWords().embed([text])[0]).name == name


@pytest.mark.parametrize(
    ("kind", "slot", "spoken", "value"),
    [
        ("name", "who", "B as in boy, A, double t", "Batt"),
        ("text", "reason", "K N double E", "KNEE"),
        ("choice", "size", "L A R G E", "large"),
        ("name", "who", "it's Smith", "Smith"),
        ("digits", "number", "4 2 7 1", "4271"),
    ],
)
def test_what_was_asked_to_be_spelled_is_read_as_letters(
    kind: SlotType, slot: str, spoken: str, value: str
) -> None:
    expectation = Expectation(kind, slot=slot, today=restaurant.TODAY, spelled=True)
    assert by_rules(restaurant.MODEL, spoken, expectation).meaning.value == value


def test_another_value_of_an_earlier_choice_changes_it_while_a_choice_is_asked_for() -> None:
    size = Slot("size", "choice", choices={"small": (), "large": ("the big one",)})
    flow = dataclasses.replace(FLOW, slots={**FLOW.slots, "size": size})
    model = trained(flow)
    asked = Expectation("choice", slot="size", known=(SLOT_OF["choice"],), today="2026-03-11")
    changed = meaning_of("Tuesday please", asked, model)
    assert (changed.kind, changed.name, changed.value) == ("correction", SLOT_OF["choice"], "tuesday")
    assert meaning_of("large", asked, model).value == "large"
    assert meaning_of("Tuesday is my birthday", asked, model).kind == "nothing"
    digits = dataclasses.replace(asked, kind="digits", slot=SLOT_OF["digits"])
    assert meaning_of("Tuesday please", digits, model).kind == "nothing"
