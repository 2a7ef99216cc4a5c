"""Mistakes of authors who have never programmed: each is told where it is, what it is, and what to write."""
# ruff: noqa: E501 - a mistake and what is told about it stand in one line

from __future__ import annotations

import pytest

from ivr.core.flow.load import check_text

GOOD = """\
ivr: 1
name: Pizza
intents:
  order: [I want to order, can I order a pizza, one pizza please]
  hours: [when are you open, your opening hours]
slots:
  size: {type: choice, ask: Small or large?, choices: {small: [little], large: [big]}}
  ok: yes_no
  day: {type: date, ask: Which day?}
  count: {type: integer, ask: How many?}
contacts: {shop: "+15550100123"}
hours:
  office: {weekdays: 9:00-17:00}
universals:
  agent: {transfer: shop}
flows:
  main:
    - listen:
        ask: Hello, what can I do for you?
        intents:
          order: {call: order}
          hours: {say: We open at nine.}
        keys: {"1": order}
        on_no_input: [Are you there?]
    - hangup: Thank you. Goodbye.
  order:
    - collect: size
    - collect: count
    - confirm:
        ask: A {size} pizza. Is that right?
        no: [{set_slots: {size: null}}, {call: order}]
    - collect: {slot: ok, ask: Anything else?}
    - collect: day
"""
LAST = "    - collect: day"
ASK = "ask: Hello, what can I do for you?"


def told(text: str) -> list[str]:
    return [str(problem) for problem in check_text(text, "f")[1]]


def test_the_flow_is_in_order() -> None:
    assert told(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "only"),
    [
        ("    - hangup:", "   - hangup:", "f:25:4: This line does not line up with those before it. Give lines"),
        ("    - hangup:", "\t- hangup:", "f:25:1: A tab stands where YAML wants spaces. Indent with spaces only."),
        ("- collect: size", "- collect size", "f:27:7: This is not a step. Did you mean 'collect: size'?"),
        ("- collect: size", "- collect:size", "f:27:7: This is not a step. Did you mean 'collect: size'?"),
        ("{size: null}}", "{ok: yes}}", "f:31:31: 'ok' is a yes_no slot and cannot be 'yes'. Write true or false."),
        ("A {size} pizza", "A {size pizza", "f:30:16: A '{' is not closed. For the brace itself, write '{{'."),
        ("A {size} pizza", "A size} pizza", "f:30:20: A '}' closes nothing. For the brace itself, write '}}'."),
        ("A {size} pizza", "A ${size} pizza",
         "f:30:16: warning: '${size}' is said as it stands, with the $. To say the slot, write {size}."),
        ("A {size} pizza", "A {{size}} pizza",
         "f:30:16: warning: '{{size}}' is said as it stands, braces and all. To say the slot, write {size}."),
        ("ask: A {size} pizza", "ask: {size} pizza",
         "f:30:21: A text that begins with '{' must stand in quotes. Put the whole text in quotes."),
        ("ask: A {size}", 'ask: "A {size}', "f:30:14: A quote is opened and never closed. Close it, or use"),
        (ASK, "ask: 'I'm here'", "f:19:17: Text goes on after a closing quote. Put the whole text in quotes of"),
        (ASK, "ask: Hello: what?", "f:19:19: A ':' is not expected here. If it belongs to a text, put the text"),
        (ASK, "ask: @home", "f:19:14: A text cannot begin with '@'. Put the whole text in quotes."),
        (ASK, "ask: *Hello* what?", "f:19:14: '*Hello*' is an alias, and a flow has none. Write the value out;"),
        (ASK, "ask: Say it, or press # for help",
         "f:19:31: warning: What stands from this '#' on is a comment, and is not said. Put the whole text in"),
        (ASK, "ask: [sound hello.wav]", 'f:19:15: \'[sound hello.wav]\' must stand in quotes. Write "[sound hello.wav]".'),
        (ASK, "ask: [sound hello.wav] Hello.", "f:19:32: A text that begins with '[' must stand in quotes."),
        (ASK, 'ask: "[sound hello.mp3]"', "f:19:15: '[sound hello.mp3]' is no sound: it names no WAV file below"),
        (LAST, "    - ask: Which day?", "f:33:7: There is no step 'ask'. To ask what the caller wants, write 'listen'"),
        (LAST, "    - goto: order", "f:33:7: There is no step 'goto'. To go on in another flow, write 'link: flow';"),
        (LAST, "    - order:", "f:33:7: There is no step 'order'. 'order' is a flow: did you mean 'call: order'?"),
        (LAST, "    - Play: Hi", "f:33:7: There is no step 'Play'. To speak, write 'say: text'."),
        (LAST, "    - zzz: Hi", "f:33:7: There is no step 'zzz'. The steps are 'action', 'answer',"),
        (LAST, "    - if: ok\n      say: fine",
         "f:34:7: 'if' and 'say' stand in one step. What happens if it is so belongs under 'then:'."),
        (LAST, "    - if: size = large\n      then: {say: fine}",
         "f:33:16: This is not an expression. To compare, write '=='."),
        (LAST, "    - if: size == large\n      then: {say: fine}",
         "f:33:19: There is no slot 'large'. A text stands in quotes: \"large\"."),
        (LAST, "    - if: ok == yes\n      then: {say: fine}", "f:33:17: There is no slot 'yes'. Write true."),
        ("    - hangup: T", "      hangup: T",
         "f:25:7: 'listen' and 'hangup' stand in one step. Give each step a '- ' of its own."),
        ("on_no_input", "on_no_inptu", "f:24:9: There is no key 'on_no_inptu' here. Did you mean 'on_no_input'?"),
        ("        on_no_input", "        no_input_timeout: 5 seconds\n        on_no_input",
         "f:24:27: '5 seconds' is not a time. Write 5s."),
        ("        on_no_input", "        no_input_timeout: 1.5 min\n        on_no_input",
         "f:24:27: '1.5 min' is not a time. Write 90s."),
        ("{call: order}\n", "{call: oder}\n", "f:21:25: There is no flow 'oder'. Did you mean 'order'?"),
        ("9:00-17:00", "9:00-24:30", "f:13:22: '9:00-24:30' is no time of opening. Write 24 hours, as 9:00-17:30,"),
        ("9:00-17:00", "9am-5pm", "f:13:22: '9am-5pm' is no time of opening. Write 24 hours, as 9:00-17:30,"),
        ("transfer: shop", 'transfer: "+15550100123"',
         "f:15:21: There is no contact '+15550100123'. Give the number a name under 'contacts',"),
        ("[I want to order, can I order a pizza, one pizza please]", "I want to order",
         "f:4:10: 'order' must be a list. Write [I want to order], or each item on a line of its own,"),
        ("[little], large", "[little] large", "f:7:72: A ',' or a closing '}' is missing before this."),
        ('{"1": order}', '{"10": order}', "f:23:16: The telephone has no key '10'. Keys are 0-9, * and #."),
        ('{"1": order}', '{"1": {order}}', "f:23:21: There is no step 'order'. 'order' is a flow: did you mean"),
        ("  main:", "  Main:", "f:16:1: There is no flow 'main' for a call to begin with. Did you mean 'Main'?"),
        ('{"1": order}', '{"1": {say: Sure, one moment.}}',
         "f:23:33: There is no key 'one moment.' here. A comma in { } ends a text: put the whole text in quotes."),
        (LAST, "    -collect: day", "f:33:5: A blank is missing behind the '-'. Write '- ', with a blank."),
        ("contacts: {", "contacts:{", "f:11:31: A blank is missing behind the ':'. Write ': ', with a blank."),
        ("    - collect: count", "    collect: count",
         "f:28:5: This line stands among steps and has no '-' before it. Write '- ' before it, as above."),
        (LAST, "    - if: closed(office)\n      then: {say: Bye}",
         "f:33:11: There is no function 'closed'. Write '!open(HOURS)'."),
        ('"+15550100123"', "2025550177", "f:11:18: 'shop' must be text. Put it in quotes: \"+12025550177\"."),
        ('"+15550100123"', "\u201c+12025550177\u201d",
         "f:11:18: '\u201c+12025550177\u201d' is not a number to call. Write \"+12025550177\"."),
        ("    - listen:\n", "    - id: desk\n      no_input_timeout: 6s\n      listen:\n",
         "f:19:7: There is no key 'no_input_timeout' here. It belongs under 'listen'."),
        ("  agent: {transfer: shop}\n", "  agent: {transfer: shop}\n  back: yes\n",
         "f:16:9: 'yes' is not a step. Write true."),
        ("9:00-17:00}", "9:00-17:00, holidays: Easter}",
         "f:13:44: The holidays of 'Easter' are not known. Write a country, as US, IE or US-CA; a day by itself"),
        ("- hangup: T", "- Hangup: T", "f:25:7: There is no step 'Hangup'. Did you mean 'hangup'?"),
    ],
)  # fmt: skip
def test_one_mistake_is_one_message(old: str, new: str, only: str) -> None:
    assert old in GOOD
    found = told(GOOD.replace(old, new, 1))
    assert len(found) == 1, found
    assert found[0].startswith(only), found


def test_a_list_of_intents_without_their_steps() -> None:
    text = GOOD.replace("          order: {call: order}\n          hours: {say: We open at nine.}\n", "")
    found = told(text.replace("        intents:\n", "        intents: [order, hours]\n"))
    assert found == [
        "f:20:18: 'intents' must be a mapping. Write 'name: value' lines below it.",
        "f:21:21: This step listens for no intent 'order'. Name it under 'intents' of this step, or write steps here.",
    ]


def test_a_flow_whose_steps_have_no_dashes() -> None:
    text = GOOD[: GOOD.index("  order:\n    - collect")] + "  order:\n    collect: size\n"
    errors = [line for line in told(text) if "warning" not in line]
    assert errors == [
        "f:27:5: There is no key 'collect' here. A flow is a list of steps: write '- ' before each."
    ]


def test_a_file_that_ends_too_early() -> None:
    assert told('{"ivr": 1, "flows": {"main": [{"say": "Hi"}]}') == [
        "f:1:1: This '{' is never closed. Add '}' at its end."
    ]


@pytest.mark.parametrize(
    "harmless",
    [
        (ASK, "ask: Hello, what can I do? # the greeting"),
        (ASK, 'ask: "Press # for help"'),
        (ASK, "ask: Press 1 for an order."),
        (ASK, "ask: Sound good?"),
        (ASK, 'ask: "[sound hello.wav: Hello.]"'),
        ("A {size} pizza.", "A {size} pizza for ${count}."),
        ("A {size} pizza.", "A {size} pizza {{really}}."),
        (ASK, "end_silence: 2s # press\n        " + ASK),
    ],
)
def test_what_is_no_mistake(harmless: tuple[str, str]) -> None:
    assert told(GOOD.replace(*harmless)) == []
