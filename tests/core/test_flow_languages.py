"""One flow in several languages: texts by language, and a call that goes over in the middle."""

import pytest

from ivr.core.call import CallState, advance
from ivr.core.commands import Say, Transcribe, Understand
from ivr.core.events import CallStarted
from ivr.core.flow.load import check_text, load_flow
from ivr.core.flow.model import ListenStep
from ivr.core.journal import replay
from ivr.core.phrases import DEFAULTS, built_in
from ivr.core.phrases_spanish import SPANISH
from ivr.rehearsal.reading import TextReader, exact_model
from ivr.rehearsal.runner import run
from ivr.rehearsal.script import load_cases
from tests.core.talk import Talk, intent

SOURCE = """ivr: 1
language: en-US
languages: [es-US]
intents:
  spanish: [en español, hablo español]
  order: {en: [where is my order, track it], es: [dónde está mi pedido, mi paquete]}
slots:
  number: {type: digits, length: 4, ask: {en: Your order number?, es: ¿Cuál es su número?}}
  many: {type: integer, ask: {en: How many?, es: ¿Cuántos?}}
answers:
  hours:
    examples: {en: [when are you open, opening hours], es: [a qué hora abren, horario]}
    say: {en: From nine to five., es: De nueve a cinco.}
contacts: {desk: "+15550100123"}
universals:
  agent: {transfer: {contact: desk, say: {en: One moment., es: Un momento.}}}
  help: {phrases: {en: [what now], es: [y ahora qué]}, do: {say: {en: Say order., es: Diga pedido.}}}
flows:
  main:
    - say: {en: Welcome., es: Bienvenido.}
    - listen:
        ask: {en: What can I do?, es: ¿En qué puedo ayudarle?}
        intents:
          spanish: [{say: Claro.}, {language: es}, {link: main}]
          order: [{collect: number}, {collect: many}]
        on_no_input: [{en: Hello?, es: ¿Hola?}]
    - confirm: {ask: {en: "Order {number}, right?", es: "Pedido {number}, ¿es correcto?"}, no: []}
    - hangup: {en: Goodbye., es: Adiós.}
"""
FLOW = load_flow(SOURCE, "l.yaml")


def test_each_language_is_a_flow_of_the_same_steps():
    assert set(FLOW.family) == {"en-US", "es-US"}
    spanish = FLOW.speaking("es-US")
    assert spanish.speaking("en-US") is FLOW or spanish.speaking("en-US") == FLOW
    for name, sub in FLOW.flows.items():
        assert [(type(s), s.id) for s in sub.steps] == [(type(s), s.id) for s in spanish.flows[name].steps]
    assert spanish.digest == FLOW.digest
    assert spanish.slots["number"].ask == "¿Cuál es su número?"
    assert spanish.intents["order"].examples == ("dónde está mi pedido", "mi paquete")
    assert FLOW.intents["spanish"].examples == spanish.intents["spanish"].examples


def test_a_call_goes_over_and_everything_with_it():
    talk = Talk(FLOW)
    assert talk.listen() == ["Welcome.", "What can I do?"]
    talk.says("en español", intent("spanish"))
    assert talk.listen() == ["Claro.", "Bienvenido.", "¿En qué puedo ayudarle?"]
    languages = [segment.language for c in talk.commands if isinstance(c, Say) for segment in c.segments]
    assert languages == ["en-US", "en-US", "en-US", "es-US", "es-US"]
    assert talk.silence() == ["¿Hola?"]
    talk.listen()
    talk.says("mi paquete", intent("order"))
    heard = [c.language for c in talk.commands if isinstance(c, Transcribe) and c.speculative]
    understood = [c.expectation.language for c in talk.commands if isinstance(c, Understand)]
    assert heard == understood == ["en-US", "es-US"]
    assert talk.listen() == ["¿Cuál es su número?"]
    assert talk.silence() == [SPANISH["no_input"], "¿Cuál es su número?"]


def test_a_call_with_a_change_of_language_replays():
    talk = Talk(FLOW)
    talk.listen()
    talk.says("en español", intent("spanish"))
    talk.listen()
    state, _ = replay(FLOW, talk.events)
    assert state == talk.state
    assert state.dialogue.language == "es-US"


def test_spanish_is_understood_in_a_rehearsal():
    text = """
test_cases:
- test_case: one
  steps:
  - caller: hablo español
    assert: {understood: spanish, said: ¿En qué puedo ayudarle?}
  - caller: a qué hora abren
    assert: {understood: hours, said: De nueve a cinco.}
  - caller: y ahora qué
    assert: {understood: help, said: Diga pedido.}
  - caller: dónde está mi pedido
    assert: {said: ¿Cuál es su número?}
  - caller: mi número es uno dos doble cero
    assert: {slots: {number: "1200"}}
  - caller: cuarenta y dos
    assert: {slots: {many: 42}}
  - caller: claro que sí
    assert: {said: Adiós., ended: completed}
- test_case: two
  steps:
  - caller: hablo español
  - caller: quiero hablar con una persona
    assert: {said: Un momento., transfer: desk}
"""
    cases, problems = load_cases(text, "t.yaml", FLOW)
    assert problems == ()
    for case in cases:
        result, _ = run(FLOW, case, TextReader(exact_model(FLOW), None))
        assert result.failures == (), result.lines


def test_every_phrase_is_there_in_spanish():
    assert set(SPANISH) == set(DEFAULTS)
    assert built_in("goodbye", "es-MX") == SPANISH["goodbye"]
    assert built_in("goodbye", "fr-FR") == DEFAULTS["goodbye"]


def told(old: str, new: str, source: str = SOURCE) -> str:
    assert old in source
    return "\n".join(str(problem) for problem in check_text(source.replace(old, new), "l.yaml")[1])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("{language: es}", "{language: fr}", "l.yaml:24:47: The flow does not speak 'fr'"),
        ("[es-US]", "[Spanish]", "l.yaml:3:13: 'Spanish' is no language. One looks like es-US."),
        ("[es-US]", "[es-US, es-MX]", "'es-MX' and 'es-US' are the same language to a caller"),
        (", es: ¿En qué puedo ayudarle?", "", "warning: There is nothing for 'es' here"),
        ("{number}, ¿es", "{numero}, ¿es", "There is no slot 'numero'. Did you mean 'number'?"),
        ("many: {type: integer", "many: {type: email", "l.yaml:9:3: warning: What is said for 'many' is"),
        ("many: {type: integer", "many: {type: email", "not in 'es'. Ask for it as text there."),
    ],
)
def test_what_is_wrong_is_told_with_its_place(old, new, message):
    assert message in told(old, new)


def test_what_is_understood_in_a_language():
    assert "is understood" not in told("many: {type: integer", "many: {type: money")
    french = (
        "ivr: 1\nlanguage: fr-FR\nslots: {sum: {type: money, ask: Combien?}}\n"
        "flows: {main: [{collect: sum}, {hangup: Merci.}]}\n"
    )
    found = told("fr-FR", "fr-FR\nlanguages: [nl-NL]", french)
    assert "understood in English only, not in 'nl'. A money slot can be keyed there." in found


def test_names_of_the_author_are_no_languages():
    steps = """
    - listen:
        ask: {en: Which?, es: ¿Cuál?}
        intents: {en: {say: One.}, es: [{language: es}]}
    - hangup:
"""
    source = "ivr: 1\nlanguages: es-US\nintents: {en: [english], es: [spanish]}\nflows:\n  main:" + steps
    flow = load_flow(source, "l.yaml")
    assert set(flow.intents) == {"en", "es"}
    step = flow.speaking("es-US").flows["main"].steps[0]
    assert isinstance(step, ListenStep)
    assert set(step.intents) == {"en", "es"}


def test_a_flow_in_one_language_has_no_family():
    flow = load_flow("ivr: 1\nflows: {main: [{hangup: Bye.}]}\n", "l.yaml")
    assert flow.family == {}
    state, commands = advance(flow, CallState(), CallStarted("CA1"), 0)
    assert [s.language for c in commands if isinstance(c, Say) for s in c.segments] == [""]
    assert state.dialogue.language == ""
