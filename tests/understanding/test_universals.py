import pytest

from ivr.core.flow.model import Universal
from ivr.understanding.text import words
from ivr.understanding.universals import Universals, compile_universals

ALL = ("agent", "repeat", "goodbye", "slower", "menu", "back", "help")
UNIVERSALS = compile_universals({name: Universal(name, "flow", "x") for name in ALL})

AGENT = """
um, can I please talk to a real person | representative | Operator! | human please | agent agent agent
I want to speak to someone | Can I speak with a representative, please? | let me talk to somebody
I need to talk to a human being | put me through to reception | is there a real person I can talk to?
I'd like to speak to someone else | get me a human | could you connect me to an operator
I don't want to talk to a robot | just give me a person | transfer me to an agent | customer service
I would like to speak to a human being | I want somebody real | I'd like to speak to someone in charge
let me speak to the owner | put me through to someone in charge | can I speak to somebody who can help me
get me your supervisor | No, I want a human being | talk to a live agent now
I said agent | I want a human | Yeah, hi, can I talk to a person please
"""
REPEAT = """
say that again | pardon | What did you say? | Sorry? | can you repeat that please | come again | what?
could you say that again | what was that | I didn't catch that | repeat | huh | Sorry, what was that?
say it one more time please | I didn't hear you | one more time | sorry, can you repeat the question
"""
GOODBYE = """
bye | Goodbye. | that's all thanks | hang up | no that's all, thank you very much, goodbye
that's it thank you | okay thanks bye | I'm done | have a nice day | no thanks bye
Okay, thank you. Bye-bye. Have a good day.
"""
OTHERS = """
slower: speak a little more slowly please | slower: you're going too fast | menu: main menu
menu: start over | back: can you go back | help: help | slower: please slow down | slower: you talk too fast
back: take me back to the previous question | back: I made a mistake | help: I don't know what to say
"""
SPANISH = """
agent: quiero hablar con una persona | agent: ¿Puedo hablar con un agente, por favor? | agent: operadora
agent: páseme con un representante | agent: comuníqueme con alguien | agent: una persona real, por favor
agent: no quiero hablar con una máquina | repeat: ¿puede repetir, por favor? | repeat: ¿Cómo?
repeat: otra vez | repeat: no le entendí | repeat: perdón, no escuché bien | repeat: ¿qué dijo?
goodbye: adiós, gracias | goodbye: eso es todo, muchas gracias | goodbye: hasta luego
goodbye: no, nada más, gracias | slower: más despacio, por favor
slower: ¿puede hablar más lento? | slower: habla muy rápido
menu: menú principal | menu: volver al menú | back: atrás | back: quiero regresar | help: ayuda
help: ¿qué puedo decir? | : quiero hablar con alguien sobre mi factura | : necesito ayuda con mi cuenta | : sí
: no | : gracias | : quiero repetir mi receta | : el menú del día | : mi agente de seguros no llama
"""
NEITHER = """
I want to see a person about my knee | person to person call rates | my agent told me to call
I need to cancel | are you a real person | what time do you open | I'd like to repeat my prescription
repeat prescription | say hello to my friend | goodbye party booking | my operator licence | no | yes
thank you | okay | can I speak Spanish | I need a doctor | hello can I speak Spanish | what is the address
is there parking | the representative never called me back | sorry I'm late for my appointment
back pain | help with my bill | I want to talk to someone about my bill | I have to go to the hospital
"""


def listed(text: str) -> list[str]:
    return [item.strip() for item in text.strip().replace("\n", "|").split("|")]


def spanish() -> list[str]:
    return [f" {item}" if item.startswith(":") else item for item in listed(SPANISH)]


def heard(universals: Universals, text: str) -> str:
    spoken = words(text)
    return universals.own_words(spoken) or universals.built_in_ways(spoken)


@pytest.mark.parametrize(
    ("text", "name"),
    [(text, "agent") for text in listed(AGENT)]
    + [(text, "repeat") for text in listed(REPEAT)]
    + [(text, "goodbye") for text in listed(GOODBYE)]
    + [(text, name) for name, text in (item.split(": ") for item in listed(OTHERS))]
    + [(text, name.strip()) for name, text in (item.split(": ", 1) for item in spanish())]
    + [(text, "") for text in listed(NEITHER)],
)
def test_built_in_ways(text: str, name: str) -> None:
    assert heard(UNIVERSALS, text) == name


def test_only_what_the_flow_declares() -> None:
    quiet = compile_universals({"repeat": Universal("repeat", "repeat")})
    assert heard(quiet, "operator") == ""
    assert heard(quiet, "pardon") == "repeat"
    assert heard(compile_universals({}), "pardon") == ""


def test_the_flows_own_phrases() -> None:
    own = compile_universals(
        {"nurse": Universal("nurse", "flow", "x", ("Can I speak to a nurse?", "emergency"))}
    )
    assert heard(own, "could I please speak to a nurse") == "nurse"
    assert heard(own, "um, emergency!") == "nurse"
    assert heard(own, "it is not an emergency") == ""
    assert heard(own, "speak") == ""


def test_the_flows_own_phrases_with_more_words_around_them() -> None:
    phrases = ("I have chest pain", "it's an emergency", "help me")
    own = compile_universals({"emergency": Universal("emergency", "flow", "x", phrases)})
    for text in (
        "help, I have chest pain!",
        "I have chest pain and my arm hurts",
        "please hurry it's an emergency",
    ):
        assert heard(own, text) == "emergency", text
    for text in (
        "I don't know if it's an emergency",
        "it's an emergency exit",
        "I have chest pain medicine to pick up at the pharmacy on Monday",
        "help me with my bill",
        "no it's an emergency contact that I want to change",
    ):
        assert heard(own, text) == ("emergency" if text == "it's an emergency exit" else ""), text


def test_a_phrase_that_is_all_politeness_matches_only_itself() -> None:
    own = compile_universals({"stop": Universal("stop", "flow", "x", ("okay stop",))})
    assert heard(own, "okay stop") == "stop"
    assert heard(own, "stop") == ""


def test_hostile_text_is_quick_to_refuse() -> None:
    for text in ("bye " * 5000, "no " * 5000, "x" * 100_000, "speak to a " * 3000, "bye and " * 8):
        heard(UNIVERSALS, text)
    assert heard(UNIVERSALS, "please talk to " * 1000) == ""


def test_a_wish_to_speak_to_somebody_whom_no_list_knows() -> None:
    for text in (
        "I would like to speak to the mechanic",
        "can I talk to one of your nurses please",
        "No, I want to speak to the doctor",
        "could you put me through to the billing department",
        "speak to someone in sales",
        "quisiera hablar con el mecánico",
    ):
        assert UNIVERSALS.somebody(words(text)) == "agent", text
    for text in (
        "I spoke to the mechanic",
        "I want to talk about my bill",
        "the mechanic",
        "I would like to speak to the mechanic who repaired my car on Monday and left a tool in it",
        "talk to me",
        "",
    ):
        assert UNIVERSALS.somebody(words(text)) == "", text
    assert compile_universals({}).somebody(words("speak to the mechanic")) == ""
