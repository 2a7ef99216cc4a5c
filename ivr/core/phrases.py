"""What the line says of its own accord, when the author has not said it otherwise (`phrases:`)."""

from __future__ import annotations

from typing import Final

from ivr.core.phrases_spanish import SPANISH

DEFAULTS: Final[dict[str, str]] = {
    "no_input": "Sorry, I didn't hear you.",
    "no_match": "Sorry, I didn't get that.",
    "to_person": "I'm sorry about that. Let me put you through to somebody.",
    "holding": "Take your time. I'm still here.",
    "put_through": "One moment, please. I'm putting you through to somebody.",
    "working": "One moment, please.",
    "unknown": "I'm sorry, I don't know that.",
    "unanswered": "I'm sorry, I can't look that up just now.",
    "goodbye": "Thank you for calling. Goodbye.",
    "too_few": "That was too short.",
    "too_many": "That was too long.",
    "out_of_range": "That isn't possible.",
    "past": "That time has passed already.",
    "closed": "I'm sorry, we are closed then.",
    "what_time": "At what time?",
    "what_day": "On which day?",
    "no_time": "I need a time as well.",
    "no_day": "I need a day as well.",
    "other_currency": "I can't take that currency.",
    "is_right": "Is that right?",
    "denied": "Sorry about that.",
    "corrected": "All right.",
    "slower": "Of course. I'll speak more slowly.",
    "no_back": "This is where we began.",
    "help": "You can answer in your own words, or say repeat to hear the question again.",
    "help_person": "To talk to a person, say agent.",
    "give_up": "I'm sorry, I can't help you with this just now. Please call again later. Goodbye.",
    "trouble": "I'm sorry, something isn't working on my side just now.",
    "trouble_keys": "Please use the keys of your telephone.",
    "trouble_person": "Press zero for a person.",
    "not_reached": "I'm sorry, nobody can take your call just now. Please call again later. Goodbye.",
    "whisper_keys": "Press 1 to take the call, or 2 to refuse it.",
    "line_back": "I'm sorry, we were cut off for a moment.",
    "voicemail": "Please leave a message after the tone.",
    "voicemail_empty": "I didn't hear a message.",
    "voicemail_play": "This is your message.",
    "voicemail_keep": "Shall I keep it? If you say no, you can record it again.",
    "callback_at": "We will call you at",
    "voicemail_kept": "Thank you. Your message has been kept.",
    "busy": "All our lines are busy at the moment. Please call again in a few minutes. Goodbye.",
    "confirm_yes_no": "Please say yes or no.",
}
"""English wording by key. A flow may set any of these under `phrases`."""

_BY_LANGUAGE: Final = {"es": SPANISH}


def built_in(key: str, language: str) -> str:
    """The built-in wording of a phrase in a language (`es-US`), in English where there is none."""
    words = _BY_LANGUAGE.get(language.partition("-")[0], DEFAULTS)
    return words.get(key) or DEFAULTS.get(key) or DEFAULTS["no_match"]
