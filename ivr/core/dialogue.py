"""The dialogue: what follows in the flow from what the caller meant, keyed, or left unsaid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from ivr.core import halves, keys, working
from ivr.core.away import Result as TransferResult
from ivr.core.changing import changed
from ivr.core.commands import Expectation
from ivr.core.correcting import correctable, named
from ivr.core.dialogue_state import Dialogue, Draft, Frame, Out, Result, WaitingStep
from ivr.core.events import Meaning, SlotValue
from ivr.core.flow import model as m
from ivr.core.messages import Taken
from ivr.core.repairing import Run

KEYS_TIMEOUT_MS: Final = 10_000
"""How long we wait at least for the first key, once keys are asked for."""

SPELLING_SILENCE_MS: Final = 1_500
"""The silence that ends the turn of somebody who was asked to spell, at least."""

_HARMLESS: Final = frozenset(["agent", "repeat", "slower", "help"])


def begin(
    flow: m.Flow, preset: Mapping[str, SlotValue], today: str = "", step: str = "", minute: int = 0
) -> Result:
    """Start at `step`, or at the entry. Slots and a step that the flow does not have are ignored."""
    slots = {s.name: s.initial for s in flow.slots.values() if s.initial is not None}
    slots |= {name: value for name, value in preset.items() if name in flow.slots}
    return Run(flow, Dialogue(stack=(_place(flow, step),), slots=slots, today=today, minute=minute)).go()


def _place(flow: m.Flow, step: str) -> Frame:
    for sub in flow.flows.values():
        for index, known in enumerate(sub.steps):
            if known.id == step:
                return Frame(sub.name, index)
    return Frame(flow.entry, 0)


def waiting_step(flow: m.Flow, dialogue: Dialogue) -> WaitingStep | None:
    """The step that waits for the caller."""
    if not dialogue.waiting:
        return None
    frame = dialogue.stack[-1]
    step = flow.flows[frame.flow].steps[frame.at]
    return step if isinstance(step, WaitingStep) else None


def holding(flow: m.Flow, dialogue: Dialogue) -> m.HoldStep | None:
    """The hold that waits for a word or key of the caller."""
    if not working.at_work(dialogue):
        return None
    frame = dialogue.stack[-1]
    step = flow.flows[frame.flow].steps[frame.at]
    return step if isinstance(step, m.HoldStep) and step.until else None


def settings(flow: m.Flow, dialogue: Dialogue) -> m.Settings:
    """Settings of the step that waits, else the flow's."""
    step = waiting_step(flow, dialogue)
    if step is not None and (mode := dialogue.stack[-1].mode):
        return _in_mode(step.settings, mode)
    if step is None and working.at_work(dialogue):
        return replace(flow.settings, no_input_timeout_ms=m.NO_LIMIT)
    return step.settings if step else flow.settings


def _in_mode(settings: m.Settings, mode: m.Mode) -> m.Settings:
    """Who fetches a card to key a number in needs time, and so does who spells."""
    if mode == "keys":
        return replace(settings, no_input_timeout_ms=max(settings.no_input_timeout_ms, KEYS_TIMEOUT_MS))
    if settings.end_silence_ms is not None:
        return replace(settings, end_silence_ms=max(settings.end_silence_ms, SPELLING_SILENCE_MS))
    patient = dict.fromkeys(("unknown", "unfinished", "unclear", "open"), SPELLING_SILENCE_MS)
    return replace(settings, end_silences=tuple((patient | dict(settings.end_silences)).items()))


def expectation(flow: m.Flow, dialogue: Dialogue) -> Expectation | None:
    """What the waiting step can take, and in which language if there are several."""
    step = waiting_step(flow, dialogue)
    language = flow.language if flow.family else ""
    if step is None:
        return _expected_at_work(flow, dialogue, language)
    known = tuple(correctable(flow, dialogue))
    asked = _asked_by(flow, dialogue, step, known)
    return changed(asked, today=dialogue.today, known=known, language=language)


def _expected_at_work(flow: m.Flow, dialogue: Dialogue, language: str) -> Expectation | None:
    if hold := holding(flow, dialogue):
        return Expectation("intents", intents=hold.until, language=language)
    return Expectation("nothing", language=language) if working.at_work(dialogue) else None


def _asked_by(flow: m.Flow, dialogue: Dialogue, step: WaitingStep, known: tuple[str, ...]) -> Expectation:
    """What the question of a step is about."""
    match step:
        case m.ListenStep():
            asked = step.prompt.text if step.prompt else ""
            intents = tuple(step.intents)
            return Expectation("intents", intents=intents, hints=step.hints, asked=asked, ahead=step.ahead)
        case m.CollectStep():
            slot = flow.slots[step.slot]
            ahead = tuple(name for name in step.ahead if name not in dialogue.slots)
            return Expectation(
                slot.type,
                slot=step.slot,
                hints=() if slot.type in keys.MANY else step.hints,
                asked=step.prompt.text if step.prompt else slot.ask,
                sensitive=slot.sensitive,
                ahead={"": ahead} if ahead else {},
                spelled=dialogue.stack[-1].mode == "spell",
            )
        case m.ConfirmStep():
            about = tuple(name for name in named(flow, step) if name in known)
            hidden = bool(step.slot) and flow.slots[step.slot].sensitive
            return Expectation(
                "confirm", slot=step.slot, asked=step.prompt.text, sensitive=hidden, about=about
            )


def finish_key(flow: m.Flow, dialogue: Dialogue) -> str:
    """The key that ends a value of several keys which the caller may be keying now; "" for none."""
    match waiting_step(flow, dialogue):
        case m.CollectStep(slot=slot, finish_on_key=key) if flow.slots[slot].type in keys.MANY:
            return key
        case _:
            return ""


def sensitive(flow: m.Flow, dialogue: Dialogue) -> bool:
    """Whether what the caller says now must not be shown anywhere."""
    match waiting_step(flow, dialogue):
        case m.CollectStep(slot=slot) | m.ConfirmStep(slot=slot) if slot:
            return flow.slots[slot].sensitive
        case _:
            return False


def on_meaning(flow: m.Flow, dialogue: Dialogue, meaning: Meaning) -> Result:
    """Go on from what the caller meant. What the step cannot take counts as no match."""
    step = waiting_step(flow, dialogue)
    run = Run(flow, dialogue)
    if step and _hardly_heard(step, dialogue, meaning):
        return run.repair("low_confidence", "")
    if isinstance(step, m.CollectStep) and (half := halves.of(flow.slots[step.slot], meaning)):
        whole = halves.joined(flow.slots[step.slot], dialogue.half, half, meaning, dialogue.today)
        return on_meaning(flow, dialogue, whole) if whole else run.keep_half(half)
    match meaning.kind, step:
        case "universal", _ if meaning.name in flow.universals:
            return run.universal(flow.universals[meaning.name])
        case "answer", _ if _current(flow, meaning.name, dialogue.today):
            return run.answer(flow.answers[meaning.name])
        case "intent", m.ListenStep(intents=intents) if meaning.name in intents:
            return run.accept().remember(meaning, dialogue.heard).jump(intents[meaning.name]).go()
        case "value", m.CollectStep(slot=slot) if meaning.value is not None:
            if reason := run.why_not(slot, meaning.value):
                return run.refuse(slot, meaning.value, reason)
            run.accept().remember(meaning, dialogue.heard)
            return run.set(slot, meaning.value, certainty(dialogue, meaning)).next().go()
        case "correction", _ if meaning.name in correctable(flow, dialogue):
            return _corrected(flow, dialogue, meaning)
        case "nothing", m.CollectStep(slot=slot) if meaning.value is not None or _too_large(meaning):
            return run.refuse(slot, meaning.value, meaning.name)
        case "intent", None if (hold := holding(flow, dialogue)) and meaning.name in hold.until:
            return run.accept().end_hold()
        case "value", m.ConfirmStep(yes=yes, no=no) if isinstance(meaning.value, bool):
            return run.accept().settle(step, right=meaning.value).jump(yes if meaning.value else no).go()
        case _:
            return on_no_match(flow, dialogue, meaning.name if meaning.kind == "nothing" else "")


def _hardly_heard(step: WaitingStep, dialogue: Dialogue, meaning: Meaning) -> bool:
    """Whether the words are to be asked for again since the recogniser is not sure of them.

    A wish for a person, or to hear something again, is granted however faint it is.
    """
    if meaning.decided_by == "keys" or dialogue.heard >= step.settings.low_confidence:
        return False
    if meaning.kind == "universal" and meaning.name in _HARMLESS:
        return False
    return dialogue.low_confidence < len(step.repair.low_confidence)


def _corrected(flow: m.Flow, dialogue: Dialogue, meaning: Meaning) -> Result:
    """Change slots. Where a read-back is open, "yes, Thursday" when it was Thursday is a yes."""
    run = Run(flow, dialogue)
    if meaning.value is None:
        return run.ask_anew(meaning.name)
    allowed = correctable(flow, dialogue)
    values = {meaning.name: meaning.value} | {
        slot: value for slot, value in meaning.fills.items() if slot in allowed
    }
    step = waiting_step(flow, dialogue)
    same = all(
        dialogue.slots[slot] == new and not flow.slots[slot].sensitive  # masked, all look the same
        for slot, new in values.items()
    )
    if isinstance(step, m.ConfirmStep) and same:
        yes = meaning.rest.split()[:1] != ["no"]
        return on_meaning(flow, dialogue, Meaning("value", value=yes, decided_by=meaning.decided_by))
    return run.correct(values, certainty(dialogue, meaning))


def certainty(dialogue: Dialogue, meaning: Meaning) -> float:
    """How sure we are of a value: as the grammar, but no more than the recogniser; of keys quite."""
    return 1.0 if meaning.decided_by == "keys" else min(meaning.confidence, dialogue.heard)


def _current(flow: m.Flow, answer: str, today: str) -> bool:
    """Whether the flow has this answer and it has not expired."""
    known = flow.answers.get(answer)
    return known is not None and not (known.expires and today > known.expires)


def _too_large(meaning: Meaning) -> bool:
    """Whether a number was understood that is too large to be said back."""
    return meaning.name == "out_of_range" and meaning.value is None


def on_no_match(flow: m.Flow, dialogue: Dialogue, reason: str = "") -> Result:
    """The caller said something that means nothing here. `reason`: a key of the phrases."""
    if working.at_work(dialogue):
        return Run(flow, dialogue).still_working()
    return Run(flow, dialogue).repair("no_match", reason or "no_match")


def on_nothing_heard(flow: m.Flow, dialogue: Dialogue) -> Result:
    """There was a sound, and no word in it."""
    return (dialogue, ()) if working.at_work(dialogue) else on_no_match(flow, dialogue)


def on_still_working(flow: m.Flow, dialogue: Dialogue) -> Result:
    """The caller has waited for a while."""
    return Run(flow, dialogue).still_working()


def on_work_over(flow: m.Flow, dialogue: Dialogue) -> Result:
    """What the conversation waits for outside has ended (`working.over`)."""
    return Run(flow, dialogue).go()


def on_no_input(flow: m.Flow, dialogue: Dialogue) -> Result:
    """The caller said nothing."""
    return Run(flow, dialogue).repair("no_input", "no_input")


def on_put_through(flow: m.Flow, dialogue: Dialogue, contact: str) -> Result:
    """An operator hands the caller to a contact: say so, and end here."""
    return Run(flow, dialogue).put_through(contact)


def on_trouble(flow: m.Flow, dialogue: Dialogue) -> Result:
    """An engine failed: say so in prepared words, offer keys or a person, wait again."""
    return Run(flow, dialogue).trouble()


def on_parts(flow: m.Flow, dialogue: Dialogue) -> Result:
    """Sentences of an answer have come, and nobody speaks (`working.has_parts`)."""
    return Run(flow, dialogue).speak_parts()


def on_transfer(flow: m.Flow, dialogue: Dialogue, result: TransferResult) -> Result:
    """A transfer came to nothing, and the caller is back."""
    run = Run(flow, dialogue)
    run.transfer_failed(result)
    return run.go()


def on_message(flow: m.Flow, dialogue: Dialogue) -> Result:
    """A message is over, or nothing was said."""
    run = Run(flow, dialogue)
    run.taken()
    return run.go()


def taking_message(flow: m.Flow, dialogue: Dialogue) -> m.VoicemailStep | None:
    """The step that takes a message."""
    frame = dialogue.stack[-1] if dialogue.waiting and dialogue.stack else None
    step = flow.flows[frame.flow].steps[frame.at] if frame else None
    return step if isinstance(step, m.VoicemailStep) else None


def with_draft(flow: m.Flow, dialogue: Dialogue, taken: Taken) -> Dialogue:
    """Note what the caller has left; nothing, if nothing was said."""
    step = taking_message(flow, dialogue)
    if step is None or not taken.number:
        return dialogue
    return changed(dialogue, draft=Draft(taken.number, step.mailbox, taken.length_ms))


def on_return(flow: m.Flow, dialogue: Dialogue) -> Result:
    """The caller was cut off and is here again."""
    return Run(flow, dialogue).back()


def on_key(flow: m.Flow, dialogue: Dialogue, key: str) -> tuple[Dialogue, tuple[Out, ...], bool]:
    """Take a key. The last value says whether more keys are awaited."""
    pressed = dialogue.keys + key
    step = waiting_step(flow, dialogue)
    match step:
        case m.ListenStep():
            return *_listen_key(flow, dialogue, step, key), False
        case m.CollectStep() if key != "0" or flow.slots[step.slot].type in keys.MANY:
            return _collect_keys(flow, dialogue, step, pressed, finished=False)
        case m.ConfirmStep() if key in "12":
            meaning = Meaning("value", value=keys.yes_no(key).value, decided_by="keys")
            return *on_meaning(flow, dialogue, meaning), False
        case m.CollectStep() | m.ConfirmStep() if key == "0" and "agent" in flow.universals:
            return *Run(flow, dialogue).universal(flow.universals["agent"]), False
        case None if working.at_work(dialogue) and key == "0" and "agent" in flow.universals:
            return *Run(flow, dialogue).universal(flow.universals["agent"]), False
        case None if holding(flow, dialogue):
            return *Run(flow, dialogue).accept().end_hold(), False
        case None if not working.at_work(dialogue):
            return dialogue, (), False
        case _:
            return *on_no_match(flow, dialogue), False


def on_keys_done(flow: m.Flow, dialogue: Dialogue) -> Result:
    """No further key came in time."""
    step = waiting_step(flow, dialogue)
    if not isinstance(step, m.CollectStep):
        return changed(dialogue, keys=""), ()
    after, outs, _ = _collect_keys(flow, dialogue, step, dialogue.keys, finished=True)
    return after, outs


def _listen_key(flow: m.Flow, dialogue: Dialogue, step: m.ListenStep, key: str) -> Result:
    run = Run(flow, dialogue)
    if key in step.keys:
        return run.accept().jump(step.keys[key]).go()
    if key == "0" and "agent" in flow.universals:
        return run.universal(flow.universals["agent"])
    return run.repair("no_match", "no_match")


def _collect_keys(
    flow: m.Flow, dialogue: Dialogue, step: m.CollectStep, pressed: str, *, finished: bool
) -> tuple[Dialogue, tuple[Out, ...], bool]:
    slot = flow.slots[step.slot]
    result = keys.read(step, slot, pressed, finished=finished, today=dialogue.today)
    if result.status == "more":
        return changed(dialogue, keys=pressed), (), True
    cleared = changed(dialogue, keys="")
    if result.status == "value":
        return *on_meaning(flow, cleared, Meaning("value", value=result.value, decided_by="keys")), False
    wrong = Meaning("nothing", name=result.reason, value=result.value, decided_by="keys")
    return *on_meaning(flow, cleared, wrong), False
