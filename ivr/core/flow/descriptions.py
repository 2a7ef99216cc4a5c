"""What each key of a flow file is for, in a sentence or two: editors show these."""

from __future__ import annotations

from typing import Final

DESCRIPTIONS: Final[dict[str, dict[str, str]]] = {
    "SpeakingSettings": {
        "interruptible": "What stops a prompt: none, keys, speech, or any of the two. Default: any.",
        "interrupt_after": "How much speech it takes to stop a prompt: 200ms, 0.5s. Default: 150ms.",
    },
    "WaitingSettings": {
        "end_silence": (
            "The silence that ends the caller's turn: 700ms, 1.2s; or by case, {complete: 300ms, unfinished: "
            "2s}. Default: by what is asked and what was heard, see `ivr turns`."
        ),
        "no_input_timeout": "How long to wait for a first word or key after the prompt. Default: 5s.",
        "inter_digit_timeout": "How long to wait for the next key. Default: 2.5s.",
        "low_confidence": "Words heard with less confidence (0 to 1) take on_low_confidence. Default: 0.5.",
        "dead_air": (
            "How long a caller who has finished may hear nothing before they are told to wait. Default: 1.5s."
        ),
    },
    "EndSilence": {
        "always": "Where nothing else is said here.",
        "unknown": "Nothing has been recognised yet: the longest wait for words.",
        "nothing": "There was a sound, and no word in it.",
        "unfinished": "More must come: too few digits, or a last word such as and, um.",
        "unclear": "Words that mean nothing here, or that may have been misheard.",
        "open": "An answer to which more may belong: digits of any number, no.",
        "complete": "All that was asked for.",
    },
    "Named": {"id": "A name of your own for this step: it stands in call records and tests."},
    "SayBody": {"text": "The words. {slot} says a slot, {slot | digits} says it digit by digit."},
    "Say": {"say": "Speak, and go on."},
    "Asking": {
        "on_no_input": (
            "What to do about silence: a text or steps for the first time, the second and so on. The step "
            "waits again after each; past the last comes a person, if the line has one."
        ),
        "on_no_match": (
            "What to do when nothing was understood: a text or steps for the first time, the second, …"
        ),
        "on_low_confidence": (
            "What to do about words that were hardly heard: ask in other words, for the first time, the "
            "second, … Past the last the words are taken as they were heard."
        ),
        "help": "What is said when the caller asks for help here; the question follows.",
        "ask": "The question.",
        "ask_again": "The shorter question when it is put again, after another one was answered.",
        "hints": "Words worth telling the recogniser.",
    },
    "ListenBody": {
        "intents": "What the caller may want, and the steps that follow. Goes on behind the branch.",
        "keys": 'What keys do: "1": steps, or the name of an intent of this step.',
    },
    "Listen": {"listen": "Ask, and branch on what the caller wants or on a key."},
    "CollectBody": {
        "slot": "The slot that gets the value. A slot that has one is not asked for.",
        "ask_before_filling": "Ask even if the caller has said the value together with another answer.",
        "finish_on_key": 'The key that ends keyed input; "" for none. Default: #.',
        "max_digits": "How many keys make the whole value: after the last nothing is waited for.",
    },
    "Collect": {"collect": "Ask until a slot has a value."},
    "ConfirmBody": {
        "ask": "What is read back, with a question.",
        "yes": "Steps for yes; without them the flow goes on.",
        "no": "Steps for no.",
    },
    "Confirm": {"confirm": "Read back, and branch on yes or no."},
    "SetSlots": {"set_slots": "Give slots values; null clears. A text that begins with = is an expression."},
    "If": {
        "if": "A condition, as age >= 18 && has(name). Put one that begins with ! or a quote in quotes.",
        "then": "Steps for when it is true.",
        "else": "Steps for when it is not.",
    },
    "Call": {"call": "Run another flow, then go on here."},
    "Link": {"link": "Go on in another flow and do not come back."},
    "TransferBody": {
        "contact": "Who gets the caller: a name under 'contacts'.",
        "say": "What is said before.",
        "whisper": (
            "What the person hears before they are connected; they press 1 to take the call, 2 to refuse it."
        ),
        "timeout": "How long it may ring: 20s. Default: the contact's, or 30s.",
        "on_busy": "Steps for when the person is on the telephone.",
        "on_no_answer": "Steps for when nobody picks up in time, or a machine does.",
        "on_failed": "Steps for when the call cannot be placed, and for the others where they have none.",
        "on_refused": "Steps for when the person does not take the call.",
    },
    "VoicemailBody": {
        "say": "What is said before the tone.",
        "mailbox": "Whose message it is, for whoever listens to it. Default: general.",
        "max_length": "The longest message: 60s. Default: 120s.",
        "end_silence": "The silence that ends the message. Default: 3s.",
        "no_input_timeout": "How long to wait for a first word. Default: 6s.",
        "finish_on_key": "The key that ends the message. Default: any key.",
        "review": "Play it back and ask whether to keep it. Default: true.",
        "ask": "The question whether to keep it: yes keeps it, no begins again.",
        "on_empty": "Steps for when nothing was said.",
    },
    "Voicemail": {"voicemail": "Take a message, play it back, keep it or take it again."},
    "CallbackBody": {
        "number": "The slot for the number to call: of type phone.",
        "time": "The slot for when to call: of type date_time, date, time or text.",
        "hours": "The opening hours in which the time must lie; another time is refused.",
        "ask": "The question that reads both back: yes keeps them, no asks again.",
        "note": "What whoever calls back should know; slots are filled in.",
    },
    "Callback": {"callback": "Ask for a number and a time, read them back, and keep them for the operator."},
    "RecordingBody": {
        "do": "start or stop, without asking.",
        "ask": "The question whether the call may be recorded. Only a yes records.",
        "yes": "Steps for yes, when it is being recorded.",
        "no": "Steps for no.",
    },
    "Recording": {"recording": "Record the call: start, stop, or ask for consent."},
    "ContactBody": {
        "number": "+15550100123 or sip:desk@example.org.",
        "say": "What a caller hears who is handed over, where the step says nothing else.",
        "whisper": "What the person hears first, where the step says nothing else.",
        "timeout": "How long it may ring: 20s. Default: 30s.",
    },
    "Transfer": {"transfer": "Hand the caller to a contact."},
    "HoldBody": {
        "say": "What is said first.",
        "for": "How long: 30s.",
        "again": "What is said while it lasts: a text, or one for the first time, the second and so on.",
        "every": "The silence before it is said. Default: 20s.",
        "until": "Intents by which the caller ends it; any key does so too.",
        "on_timeout": "Steps for when the time is over and the caller did not end it.",
    },
    "Hold": {"hold": "Keep the caller for a time, or until they say that they are ready."},
    "Language": {"language": "Go on in another language of the flow: es."},
    "Noop": {"noop": "Does nothing: a place with an id."},
    "SecretBody": {
        "env": "A variable of the server's environment whose name begins with IVR_SECRET_.",
        "prefix": "What stands before it, as 'Bearer '.",
    },
    "WorkingSettings": {
        "filler": "What is said while it lasts: a text, or one for the first time, the second and so on.",
        "filler_after": "The silence before it is said. Default: 1.5s.",
        "filler_every": "The silence before it is said again. Default: 8s.",
    },
    "ActionBody": {
        "url": "https://… with {slots} in its path or query, which are encoded.",
        "method": "GET, POST, PUT, PATCH or DELETE. Default: GET.",
        "query": "Names and values behind the ? of the URL; a slot without a value is left out.",
        "headers": "Names and values; a secret one is {env: IVR_SECRET_NAME}.",
        "body": "What is sent as JSON: names and values, with {slots}.",
        "form": "What is sent as the fields of a form.",
        "timeout": "How long one attempt may take. Default: 5s.",
        "retries": "How often it is tried again. Needs GET, PUT, DELETE or an idempotency_key. Default: 0.",
        "idempotency_key": "A header that carries the same number in every attempt, so that it is done once.",
        "save": "Slots, and where their values stand in the reply: order.status, items[0].name.",
        "on_error": (
            "Steps for when it fails; or by kind: timeout, refused, failed, reply, 404, 5xx, other."
        ),
    },
    "Action": {"action": "Ask a web service, and keep what it replies in slots."},
    "HangUpBody": {"say": "What is said before."},
    "HangUp": {"hangup": "End the call; a text is said before."},
    "AnswerStepBody": {
        "knowledge": "What the answer is made from: a name under 'knowledge'.",
        "question": "The slot that holds the question. Default: what the caller said last.",
        "tier": "The kind of model: economy or flagship. Default: by how hard the question is.",
        "manner": "How to answer, as: in one sentence, warmly.",
        "sentences": "How many sentences at most: 1 to 12. Default: 4.",
        "filler": "What is said while the caller waits.",
        "on_unknown": "What to do when the knowledge says nothing about it: a text or steps.",
        "on_error": "What to do when no model could be had: a text or steps.",
    },
    "AnswerFrom": {"answer": "Let a model answer from the flow's knowledge, and go on."},
    "IntentBody": {
        "examples": "How callers say it: five or more, as different from each other as callers are."
    },
    "AnswerBody": {
        "examples": "How callers ask: five or more, as different from each other as callers are.",
        "say": "The answer, word for word.",
        "owner": "Who keeps the answer right.",
        "expires": "The last day on which it is given: 2030-01-31.",
    },
    "SlotBody": {
        "type": "What it holds.",
        "ask": "The question that asks for it.",
        "examples": (
            "What callers say with it, the slot in the place of the value: my order number is {order_number}."
        ),
        "choices": "For a choice: the values, each with other ways to say it.",
        "min": "The smallest value.",
        "max": "The largest value.",
        "length": "How many digits or characters.",
        "min_length": "The fewest digits or characters.",
        "max_length": "The most digits or characters.",
        "region": "The country whose telephone numbers may be said without a country code: US.",
        "currency": "The currency of an amount that is said without one: USD.",
        "validate": "A condition that the value must fulfil.",
        "reject": "What is said when the value does not.",
        "sensitive": "Keeps the value out of logs and records.",
        "initial": "The value that a call begins with.",
        "ask_before_filling": "Ask even if the caller has said the value together with another answer.",
        "confirm": (
            "Whether a value is said back: never; implicit, in front of what is said next; explicit, as a "
            "question; when_unsure, as a question when it was not heard or understood well."
        ),
    },
    "Keys": {"keys": "In a ladder: says this, and gives time for the keys from now on."},
    "Spell": {"spell": "In a ladder: says this, and reads the answer as letters from now on."},
    "Person": {"person": "Goes to a person as the universal 'agent' does; the text is said before."},
    "SlotConfirmBody": {
        "when": "never, implicit, explicit or when_unsure.",
        "say": "What is said for implicit: Thank you, {day}. Without it, the value alone.",
        "ask": "What is asked for explicit and when_unsure. Without it, the value and 'Is that right?'.",
        "below": "The confidence under which when_unsure asks, from 0 to 1. Default: 0.7.",
    },
    "UniversalBody": {
        "do": "Steps; true for what the line does by itself.",
        "phrases": "How callers say it, besides the ways that are built in.",
    },
    "ReviewBody": {
        "examples": "What callers said, as it was reviewed.",
        "by": "Who reviewed it.",
        "on": "When: 2026-11-23.",
    },
    "KnowledgeBody": {"files": "Markdown files beside the flow: fees.md, or knowledge/fees.md."},
    "HolidaysBody": {
        "country": "The country whose public holidays are kept: US, IE; with its region: US-CA.",
        "region": "A part of the country with holidays of its own: CA.",
        "hours": "When it is open on holidays. Default: closed.",
    },
    "HoursBody": {
        "week": "All in one line: mon-fri 9:00-17:00, sat 10:00-13:00.",
        "every_day": "9:00-17:00, or [9:00-12:00, 13:00-17:00], or closed, or all day.",
        "weekdays": "Monday to Friday.",
        "weekend": "Saturday and Sunday.",
        **dict.fromkeys(
            ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
            "9:00-17:00, or [9:00-12:00, 13:00-17:00], or closed, or all day.",
        ),
        "holidays": "The country whose public holidays are kept: US, IE, US-CA.",
        "dates": "Days of its own: 2030-12-24, or 12-24 for every year.",
        "timezone": "Where it is. Default: that of the line.",
    },
    "FlowBody": {"steps": "What happens, one after another."},
    "FlowFile": {
        "ivr": "The version of the language: 1.",
        "name": "How records call the line.",
        "language": "The language that a call begins in: en-US.",
        "languages": "More languages; texts are then written {en: Hello., es: Hola.}.",
        "timezone": "Where the line is: Europe/Dublin.",
        "voice": "The name of a voice; default: the server's.",
        "entry": "The flow that a call begins with. Default: main.",
        "include": "Files below the flow's folder with more intents, slots, answers, flows and so on.",
        "intents": "What a caller may want: names, and examples of how people say it.",
        "answers": "Questions with one right answer, which is given at any step.",
        "reviewed": "More examples of intents and answers, with who reviewed them and when.",
        "never_cache": "Words, as results or side effects, on which no such answer is ever given.",
        "slots": "Values that the flow keeps.",
        "universals": "What a caller may say anywhere: agent, repeat, slower, back, menu, help, …",
        "contacts": "Who a call may be handed to: +15550100123 or sip:desk@example.org.",
        "knowledge": "Texts that answers may be grounded in: names, and the files of each.",
        "hours": "Opening hours by name; a condition asks open(name), a prompt tells {name | opens}.",
        "phrases": "The line's own wording of what is built in: no_input, no_match, goodbye and others.",
        "pronunciations": "How words are to be spoken: the word, and how it sounds.",
        "flows": "Named lists of steps.",
    },
}
"""Model -> key -> sentence. What a model inherits is told once, where it comes from."""
