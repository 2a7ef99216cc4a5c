"""The built-in phrases in Spanish, by the keys of `ivr.core.phrases`."""

from __future__ import annotations

from typing import Final

SPANISH: Final[dict[str, str]] = {
    "no_input": "Perdone, no le he oído.",
    "no_match": "Perdone, no le he entendido.",
    "to_person": "Lo siento. Le paso con una persona.",
    "put_through": "Un momento, por favor. Le paso con una persona.",
    "is_right": "¿Es correcto?",
    "denied": "Perdone.",
    "corrected": "De acuerdo.",
    "holding": "Tómese su tiempo. Sigo aquí.",
    "working": "Un momento, por favor.",
    "unknown": "Lo siento, eso no lo sé.",
    "unanswered": "Lo siento, ahora mismo no puedo consultarlo.",
    "goodbye": "Gracias por su llamada. Adiós.",
    "too_few": "Es demasiado corto.",
    "too_many": "Es demasiado largo.",
    "out_of_range": "Eso no es posible.",
    "no_time": "Necesito también una hora.",
    "no_day": "Necesito también un día.",
    "other_currency": "No puedo aceptar esa moneda.",
    "slower": "Por supuesto. Hablaré más despacio.",
    "no_back": "Aquí es donde empezamos.",
    "help": "Puede contestar con sus propias palabras, o decir repita para oír la pregunta otra vez.",
    "help_person": "Para hablar con una persona, diga agente.",
    "give_up": "Lo siento, ahora mismo no puedo ayudarle. Por favor, llame más tarde. Adiós.",
    "trouble": "Lo siento, algo no funciona ahora mismo.",
    "trouble_keys": "Por favor, use las teclas de su teléfono.",
    "trouble_person": "Pulse cero para hablar con una persona.",
    "not_reached": "Lo siento, ahora no puede atenderle nadie. Por favor, llame más tarde. Adiós.",
    "whisper_keys": "Pulse 1 para aceptar la llamada, o 2 para rechazarla.",
    "line_back": "Lo siento, se ha cortado un momento.",
    "voicemail": "Por favor, deje su mensaje después de la señal.",
    "voicemail_empty": "No he oído ningún mensaje.",
    "voicemail_play": "Este es su mensaje.",
    "voicemail_keep": "¿Lo guardo? Si dice que no, puede grabarlo otra vez.",
    "voicemail_kept": "Gracias. Su mensaje se ha guardado.",
    "busy": "Todas nuestras líneas están ocupadas. Por favor, llame dentro de unos minutos. Adiós.",
    "confirm_yes_no": "Por favor, diga sí o no.",
}
