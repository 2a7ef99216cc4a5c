"""`ivr new`: a first flow with its tests, to be changed into one's own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from ivr.core.errors import ConfigError
from ivr.rehearsing import FOLDER, SUFFIXES

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")

FLOW: Final = """\
# {title}. `ivr check {file}` looks it over, `ivr test {file}` runs its tests, `ivr chat {file}` talks to it.
ivr: 1
name: {title}
language: en-US
timezone: UTC

# Who a call may be handed to. Put your own number here.
contacts:
  office: "+15550100123"

# What a caller may want: five or more ways to say it, as different from each other as callers are.
intents:
  message:
    - I'd like to leave a message
    - can you take a message
    - tell them I called
    - please let them know something
    - I want to leave word for somebody
  callback:
    - please call me back
    - can somebody ring me
    - I'd like a call back
    - have someone phone me
    - could you return my call
  finished:
    - no that's all
    - nothing else
    - I'm done
    - that was everything
    - no thank you

# Questions with one right answer, spoken word for word at any step.
answers:
  opening_hours:
    examples:
      - when are you open
      - what are your hours
      - what time do you close
      - are you open on Saturday
      - how late are you there
    say: We are here Monday to Friday, from nine in the morning until five in the afternoon.

slots:
  what:
    type: text
    ask: What is the message?
  number:
    type: digits
    min_length: 7
    max_length: 15
    ask: Which number may we call? Please say or key in the digits, and press the hash key at the end.

# Heard at every step, before anything else.
universals:
  agent:
    - transfer: {{contact: office, say: I'll put you through.}}
  repeat: true
  goodbye:
    - hangup: Thank you for calling. Goodbye.

flows:
  main:
    - say: Hello, this is {spoken}.
    - link: menu

  menu:
    - id: menu
      listen:
        ask: Would you like to leave a message, or to be called back?
        ask_again: Is there anything else I can do for you?
        intents:
          message: {{call: message}}
          callback: {{call: callback}}
          finished: {{hangup: Thank you for calling. Goodbye.}}
        keys:
          "1": message
          "2": callback
        on_no_input:
          - Are you still there? You can say, for example, call me back.
          - Please press one to leave a message, two to be called back, or zero for a person.
          - - transfer: {{contact: office, say: I'll put you through to somebody.}}
        on_no_match:
          - Sorry, could you say that in other words?
          - Please press one to leave a message, two to be called back, or zero for a person.
          - - transfer: {{contact: office, say: I'll put you through to somebody.}}
    - say: Is there anything else?
    - link: menu

  message:
    - set_slots: {{what: null}}
    - collect: {{slot: what, end_silence: 1.2s}}
    - say: Thank you. I have written that down.

  callback:
    - set_slots: {{number: null}}
    - collect: number
    - confirm:
        ask: I have {{number}}. Is that right?
        no:
          - say: Sorry. Once more, please.
          - call: callback
"""

TESTS: Final = """\
# Calls to {title}: ivr test {file}
test_cases:
  - test_case: The line says who it is
    steps:
      - assert: {{said: [this is {spoken}, Would you like to leave a message], step: menu}}

  - test_case: Leaving a message
    steps:
      - caller: can you take a message please
        assert: {{understood: message, said: What is the message?}}
      - caller: I shall be late
        assert: {{said: Thank you., slots: {{what: I shall be late}}, step: menu}}
      - caller: no that's all
        assert: {{ended: completed}}

  - test_case: Being called back, with a number that was heard wrong
    steps:
      - caller: could somebody ring me back please
        assert: {{understood: callback}}
      - keys: "5550100#"
        assert: {{said: Is that right?, slots: {{number: "5550100"}}}}
      - caller: "no"
        assert: {{said: [Sorry., Which number may we call?]}}
      - caller: five five five oh one nine nine
      - caller: "yes"
        assert: {{slots: {{number: "5550199"}}, step: menu}}

  - test_case: A question in between
    steps:
      - keys: "1"
      - caller: when are you open?
        assert: {{understood: opening_hours, said: [Monday to Friday, What is the message?]}}

  - test_case: A call back, by keys
    steps:
      - keys: "2"
        assert: {{said: Which number may we call?}}

  - test_case: Silence comes to a person
    steps:
      - silence: true
        assert: {{said: Are you still there?}}
      - silence: true
        assert: {{said: Please press one}}
      - silence: true
        assert: {{transfer: office}}

  - test_case: Being misunderstood comes to a person
    steps:
      - caller: purple monkey dishwasher
        assert: {{said: in other words}}
      - keys: "9"
      - keys: "9"
        assert: {{transfer: office}}

  - test_case: A person, at any time
    steps:
      - keys: "0"
        assert: {{transfer: office}}

  - test_case: Goodbye
    steps:
      - interrupts: goodbye
        assert: {{ended: completed}}
"""


def write(name: str) -> tuple[Path, Path]:
    """Write a flow `name`.yaml and its tests. Gives both paths; never touches a file that is there."""
    path = Path(name)
    stem = path.stem if path.suffix in SUFFIXES else path.name
    if not _NAME.fullmatch(stem):
        raise ConfigError(
            f"'{stem}' cannot be the name of a flow. Use letters, digits, '-' and '_', as in my-line."
        )
    path = path if path.suffix in SUFFIXES else path.with_name(f"{stem}.yaml")
    tests = path.parent / FOLDER / path.name
    for file in (path, tests):
        if file.exists():
            raise ConfigError(f"{file} is there already and stays as it is. Choose another name.")
    title = re.sub("[-_]+", " ", path.stem)
    title = title[0].upper() + title[1:]
    words = {"title": title, "spoken": f"the {title.lower()}", "file": path}
    try:
        tests.parent.mkdir(parents=True, exist_ok=True)
        for file, text in ((path, FLOW), (tests, TESTS)):
            with file.open("x", encoding="utf-8") as out:
                out.write(text.format(**words))
    except OSError as error:
        raise ConfigError(f"{error.filename} cannot be written: {error.strerror}.") from error
    return path, tests
