"""Spanish: how callers ask for a person, to hear it once more, more slowly, and the like. Without accents."""

from __future__ import annotations

from typing import Final

BETWEEN: Final = (
    "(?:y|si|no|pues|bueno|eh|este|oiga|oye|disculpe|perdone|por favor|muchas gracias|gracias"
    "|ahora(?: mismo)?)"
)
"""What may stand before, between and behind them."""

PARTS: Final = {
    "which": "(?:un|una|el|la|algun|alguna|otro|otra|su)",
    "role": "(?:persona|humano|ser humano|agente|operador|operadora|representante|asesor|asesora|recepcion"
    "|recepcionista|empleado|empleada|encargado|encargada|supervisor|supervisora|atencion al cliente"
    "|servicio al cliente)",
    "person": "(?:(?:<which> )?<role>(?: de verdad| real| humano| humana)?|alguien(?: de verdad)?)",
    "want": "(?:(?:yo )?(?:quiero|quisiera|querria|necesito|deseo|prefiero|puedo|podria|podemos|puede"
    "|me gustaria|se puede|es posible|dejeme|dejame))",
    "talk": "(?:hablar|comunicarme|conversar)",
    "connect": "(?:(?:me )?(?:paseme|pasame|pase|pongame|ponme|pone|poner|pasar|comuniqueme|comunicame"
    "|comunica|comunicar|transfierame|transfiereme|transfiere|transferir|conecteme|conectame|conectar))",
    "that": "(?:eso|esto|lo|la pregunta|la ultima parte|las opciones|lo que dijo|lo ultimo|todo)",
    "missed": "(?:oi|oigo|escuche|escucho|entendi|entiendo|comprendi|comprendo)",
}
"""Parts of the patterns below, written there as <part>."""

WAYS: Final = {
    "agent": """
        <person>
        (?:<want> )?<talk> con <person>
        <want> (?:a )?<person>
        (?:<want> )?<connect>(?:me)? (?:con |a )?<person>
        (?:hay|esta) <person>(?: ahi)?
        no quiero hablar con (?:una|la) (?:maquina|grabadora|computadora)|no quiero hablar con un robot
        """,
    "goodbye": """
        adios|hasta (?:luego|pronto|manana|la vista)|chao|chau|nos vemos|me despido
        (?:eso|esto) (?:es|era|seria|fue) todo(?: por (?:hoy|ahora))?|es todo|nada mas|ya no necesito nada
        no necesito nada mas|ya termine|he terminado|cuelgo|colgar|voy a colgar|tengo que (?:irme|colgar)
        que (?:tenga|pase|tengas) (?:un )?(?:buen|buena|feliz|lindo) (?:dia|tarde|noche)
        """,
    "slower": """
        (?:<want> )?(?:(?:hable|habla|hablar|hablarme|digalo|dilo|repita|repitalo|repetir) )?(?:un poco )?mas
          (?: despacio| lento| lentamente)
        despacio|(?:va|habla|hablas|vas|es) (?:muy|demasiado) (?:rapido|deprisa)|(?:muy|demasiado) rapido
        """,
    "repeat": """
        (?:<want> )?(?:me )?(?:lo )?(?:repita|repite|repetir|repetirlo|repetirmelo|repetirme|repitalo|repitelo
          |repitamelo|repitemelo|repetis)(?: <that>)?(?: otra vez| de nuevo| una vez mas)?
        (?:<want> )?(?:decirlo|decirmelo|digalo|digamelo|dilo|dimelo) (?:otra vez|de nuevo|una vez mas)
        otra vez|de nuevo|una vez mas|como|que|perdon|disculpe|perdone|mande|como dice|como dijo|como ha dicho
        que (?:dijo|dice|ha dicho|dijiste|fue eso|era eso)|cual (?:es|era|fue) la pregunta|que pregunta
        no (?:le |te |lo |la |he )?(?:<missed>|oido|escuchado|entendido)(?: bien| nada| <that>)*
        hola|alo|sigue ahi|hay alguien ahi|se (?:corto|corta|entrecorta)
        """,
    "menu": """
        (?:el )?menu(?: principal)?|(?:<want> )?(?:volver|regresar|ir|vuelva|regrese)(?: de nuevo)? al
          (?: menu(?: principal)?| inicio| principio| comienzo)
        (?:volver a )?empezar(?: de nuevo| otra vez)?|comenzar de nuevo|desde el principio|al principio
        """,
    "back": """
        atras|(?:<want> )?(?:volver|regresar|ir|vuelva|vuelve|regrese|regresa|vaya)(?: (?:un paso )?atras)?
        (?:<want> )?(?:volver|regresar|ir) a la (?:pregunta )?anterior|anterior|(?:la )?pregunta anterior
        un paso atras|me equivoque
        """,
    "help": """
        ayuda|ayudeme|ayudame|(?:<want> )?(?:ayuda|que me ayude)
        que (?:puedo|debo|tengo que) (?:decir|hacer|pedir)
        cuales son (?:mis|las) opciones|que opciones (?:hay|tengo)|no se que decir
        """,
}
"""The built-in ways by universal; one pattern or more to a line, which may go on in the next, indented."""

SOMEBODY: Final = (
    r"(?:(?:yo )?(?:quiero|quisiera|querria|necesito|puedo|podria|me gustaria) )?hablar con"
    r" (?:el|la|un|una|los|las|mi|su|uno de|una de|alguien de) \w+(?: \w+){0,3}"
)
"""To speak to somebody whom no list knows: "el mecánico", "alguien de cobranzas"."""
