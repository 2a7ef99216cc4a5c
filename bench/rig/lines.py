"""What callers say, in words. `|` is where they stop to think."""

from __future__ import annotations

from typing import Final

QUESTIONS: Final[tuple[tuple[str, str], ...]] = (
    ("What are your opening hours?", "opening_hours"),
    ("What is your address?", "address"),
    ("Where can I park my car?", "parking"),
    ("How much is a visit?", "fees"),
    ("Do you take my insurance?", "insurance"),
    ("What should I bring with me?", "what_to_bring"),
    ("Is there wheelchair access?", "wheelchair"),
    ("What time do you close today?", "opening_hours"),
    ("How do I get to the clinic?", "address"),
    ("What do you charge for a visit?", "fees"),
    ("Which insurance do you accept?", "insurance"),
    ("Which languages do you speak?", "languages"),
    ("Are you open on Saturdays?", "opening_hours"),
    ("Which street are you on?", "address"),
    ("Do you have a car park?", "parking"),
    ("Am I covered by my insurance?", "insurance"),
    ("Do you have an interpreter?", "languages"),
    ("Is there an elevator?", "wheelchair"),
)
"""Questions with a canonical answer, and its name in `flows/turns.yaml`."""

PAUSED: Final[tuple[tuple[str, str], ...]] = (
    ("What time do you | close today?", "opening_hours"),
    ("Could you tell me | what are your opening hours?", "opening_hours"),
    ("I'd like to know | where can I park | my car?", "parking"),
    ("How much is it to | see the doctor?", "fees"),
    ("Um, | do you take my insurance?", "insurance"),
    ("Hello, | what is your address please?", "address"),
    ("Which street | are you on?", "address"),
    ("Is there someone who | speaks Spanish?", "languages"),
    ("Do I need to bring | my card?", "what_to_bring"),
    ("Can I get in with a | wheelchair?", "wheelchair"),
    ("How do I get to | the clinic?", "address"),
    ("What do I need to | bring with me?", "what_to_bring"),
)
"""The same kind of questions from people who think while they speak."""

LEADS: Final = (
    "Hello, could you tell me please,",
    "Good morning, I would like to know,",
    "Excuse me, I have a question,",
)
"""What people say before they ask; with a question behind it, about 3 s."""

YES_NO: Final = (
    "Yes.",
    "No.",
    "Yes please.",
    "No thank you.",
    "Yeah.",
    "Nope.",
    "Sure.",
    "Yes, go on.",
    "No, that's wrong.",
    "That's right.",
    "Correct.",
    "Of course.",
)

BACKCHANNELS: Final = ("Uh-huh.", "Mm-hmm.", "Okay.", "Right.", "Yeah.", "Hmm.")
"""What listeners say to show that they listen."""

BARGE_INS: Final = (
    "Wait, what is your address?",
    "Sorry, I need to know when you are open.",
    "Wait, I have another question first.",
    "Excuse me, where can I park?",
    "Hold on, I have a question.",
    "No no, how much is a visit?",
    "Can I ask you something else?",
    "Please tell me your opening hours.",
)

DIGITS: Final = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
