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
name: "{title}"
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
    - no
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
  number:
    type: phone
    ask: Which number may we call you at? Please say it, or key it in and press the hash key at the end.
  time:
    type: date_time
    ask: On which day, and at what time?
    min: today
    max: today + 14 days

# Heard at every step, before anything else.
universals:
  agent:
    - transfer: {{contact: office, say: I'll put you through.}}
  repeat: true
  goodbye:
    - link: closing

flows:
  main:
    - say: Hello, this is {title}.
    - link: menu

  menu:
    - id: menu
      listen:
        ask: Would you like to leave a message, or to be called back?
        intents:
          message: {{link: message}}
          callback: {{link: callback}}
          finished: {{link: closing}}
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

  # What callers leave is kept on disk: `ivr messages` lists it.
  message:
    - voicemail: Please leave your message after the tone.
    - link: more

  callback:
    - callback: {{number: number, time: time}}
    - say: Thank you. We will call you then.
    - link: more

  more:
    - set_slots: {{number: null, time: null}}
    - id: more
      listen:
        ask: Is there anything else I can do for you?
        intents:
          message: {{link: message}}
          callback: {{link: callback}}
          finished: {{link: closing}}
        on_no_input:
          - - link: closing

  closing:
    - hangup: Thank you for calling {title}. Goodbye.
"""

TESTS: Final = """\
# Calls to {title}: ivr test {file}
test_cases:
  - test_case: The line says who it is
    steps:
      - assert: {{said: ["Hello, this is {title}.", Would you like to leave a message], step: menu}}

  - test_case: Leaving a message
    steps:
      - caller: can you take a message please
        assert: {{understood: message, said: leave your message after the tone}}
      - caller: This is Ann. I shall be late.
        assert: {{voicemail: false}}
      - caller: "yes"
        assert: {{voicemail: true, said: Is there anything else, step: more}}
      - caller: no that's all
        assert: {{said: Thank you for calling {title}., ended: completed}}

  - test_case: A message that is spoken again
    steps:
      - keys: "1"
      - caller: This is Ann.
      - caller: "no"
        assert: {{said: leave your message after the tone, voicemail: false}}

  - test_case: No message, and then one after all
    steps:
      - keys: "1"
      - silence: true
        assert: {{voicemail: false, step: more}}
      - caller: can you take a message please
        assert: {{said: leave your message after the tone}}

  - test_case: Being called back, with a number that was heard wrong
    now: "2030-01-07 10:00"
    steps:
      - caller: could somebody ring me back please
        assert: {{understood: callback, said: Which number may we call you at?}}
      - keys: "2025550143#"
        assert: {{said: On which day, slots: {{number: "+12025550143"}}}}
      - caller: tomorrow at ten in the morning
        assert: {{said: Is that right?, slots: {{time: "2030-01-08T10:00"}}}}
      - caller: "no"
        assert: {{said: Which number may we call you at?, callback: false}}
      - keys: "2025550199#"
      - caller: on Friday at nine in the morning
      - caller: "yes"
        assert: {{callback: true, said: [We will call you then., Is there anything else], step: more}}
      - caller: please call me back
        assert: {{said: Which number may we call you at?}}

  - test_case: Nothing more to say
    steps:
      - keys: "1"
      - caller: I shall be late.
      - silence: true
        assert: {{voicemail: true, step: more}}
      - silence: true
        assert: {{said: Thank you for calling {title}., ended: completed}}

  - test_case: A question in between
    steps:
      - keys: "2"
      - caller: when are you open?
        assert: {{understood: opening_hours, said: [Monday to Friday, Which number may we call you at?]}}

  - test_case: Nothing at all is wanted
    steps:
      - caller: no that's all
        assert: {{understood: finished, ended: completed}}

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
    title = " ".join(word[0].upper() + word[1:] for word in re.split("[-_]+", path.stem) if word)
    words = {"title": title, "file": path}
    try:
        tests.parent.mkdir(parents=True, exist_ok=True)
        for file, text in ((path, FLOW), (tests, TESTS)):
            with file.open("x", encoding="utf-8") as out:
                out.write(text.format(**words))
    except OSError as error:
        raise ConfigError(f"{error.filename} cannot be written: {error.strerror}.") from error
    return path, tests
