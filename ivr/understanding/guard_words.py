"""The words that the guard of the answer cache watches, by language.

A moment is written with all its names, the first of which stands for it; opposites are written
`one side : the other side`. Words are in the plain form of `ivr.understanding.text`: lower case, without
apostrophes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ivr.understanding.text import vocabulary

Pole = tuple[int, bool]
"""A pair of opposites, by number, and which side of it."""


@dataclass(frozen=True, slots=True)
class GuardWords:
    """The words of one language.

    denials  words that turn a sentence round
    numbers  number words that are not folded into numerals (English ones are)
    moments  a word for a time -> the first of its names
    poles    a word -> the sides of opposites that it stands on
    """

    denials: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    moments: Mapping[str, str] = field(default_factory=dict)
    poles: Mapping[str, tuple[Pole, ...]] = field(default_factory=dict)


def _moments(text: str) -> dict[str, str]:
    lines = [line.split() for line in text.splitlines()]
    return {word: names[0] for names in lines for word in names}


def _poles(text: str) -> dict[str, tuple[Pole, ...]]:
    found: dict[str, list[Pole]] = defaultdict(list)
    for pair, line in enumerate(line for line in text.splitlines() if line.strip()):
        first, second = line.split(":")
        for side, words in ((True, first), (False, second)):
            for word in words.split():
                found[word].append((pair, side))
    return {word: tuple(poles) for word, poles in found.items()}


_ENGLISH: Final = GuardWords(
    denials=vocabulary(
        """
        not no never none nothing nobody nowhere neither nor without cannot cant dont doesnt didnt isnt arent
        wasnt werent wont wouldnt couldnt shouldnt mustnt havent hasnt hadnt aint except unless instead
        """
    ),
    moments=_moments(
        """
        monday mon mondays
        tuesday tue tues tuesdays
        wednesday wed weds wednesdays
        thursday thu thur thurs thursdays
        friday fri fridays
        saturday sat saturdays
        sunday sun sundays
        january jan
        february feb
        march
        april apr
        june jun
        july jul
        august aug
        september sept sep
        october oct
        november nov
        december dec
        today
        tonight
        tomorrow tomorrows
        yesterday yesterdays
        weekend weekends
        weekday weekdays
        morning mornings am
        afternoon afternoons
        evening evenings
        night nights
        noon midday
        midnight
        spring
        summer
        autumn fall
        winter
        christmas xmas
        easter
        thanksgiving
        holiday holidays
        daily everyday
        weekly
        monthly
        yearly annual annually
        """
    ),
    poles=_poles(
        """
        open opens opened opening : close closes closed closing shut shuts
        start starts started starting begin begins : stop stops stopped stopping end ends ended ending finish
        on : off
        up : down
        in inside indoor indoors : out outside outdoor outdoors
        increase increases raise raised higher more up : decrease decreases reduce lower less down
        louder faster : quieter slower
        maximum max most highest longest biggest : minimum min least lowest shortest smallest
        add adds adding added : remove removes removing removed delete drop subtract
        buy buys buying bought purchase : sell sells selling sold
        send sends sending sent : receive receives receiving received get
        deposit deposits depositing : withdraw withdraws withdrawing withdrawal
        activate activating enable : deactivate deactivating disable cancel
        unlock unblock unfreeze : lock block blocked freeze frozen
        accept accepted approve approved : refuse refused reject rejected decline declined
        lost lose missing : found find
        before earlier early sooner : after later late
        arrive arrives arrival arriving : leave leaves departure depart departing
        import importing : export exporting
        upload : download
        incoming inbound : outgoing outbound
        borrow borrowing : lend lending loan
        credit : debit
        domestic local : international foreign abroad overseas
        first : last final
        new newest : old oldest existing current
        cheap cheapest cheaper : expensive pricey
        hot warm : cold cool
        push : pull
        win : lose
        remember : forget forgot forgotten
        connect connected : disconnect disconnected
        with : without
        include included including : exclude excluded excluding
        allowed permitted : forbidden prohibited banned
        safe : dangerous unsafe
        possible : impossible
        free : paid
        public : private
        business commercial : personal
        adult adults : child children kid kids
        man men male husband father : woman women female wife mother
        my mine me : your yours
        true right correct : false wrong incorrect
        join joining : quit quitting
        save saving : spend spending
        next upcoming : previous past
        single : married double
        full : empty
        minimum : maximum
        """
    ),
)
_GERMAN: Final = GuardWords(
    denials=vocabulary(
        "nicht kein keine keinen keinem keiner keines nie niemals nichts niemand ohne ausser weder noch"
    ),
    numbers=vocabulary(
        "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig dreissig vierzig fünfzig hundert"
    ),
    moments=_moments(
        """
        montag montags
        dienstag dienstags
        mittwoch mittwochs
        donnerstag donnerstags
        freitag freitags
        samstag samstags sonnabend
        sonntag sonntags
        januar
        februar
        märz
        april
        mai
        juni
        juli
        august
        september
        oktober
        november
        dezember
        heute
        morgen
        gestern
        abend abends
        nachmittag nachmittags
        mittag mittags
        nacht nachts
        wochenende wochenenden
        feiertag feiertage feiertagen
        weihnachten
        ostern
        """
    ),
    poles=_poles(
        """
        auf offen öffnen öffnet geöffnet : zu schliessen schliesst geschlossen
        an ein : aus ab
        kaufen : verkaufen
        anfang anfangen beginnt : ende enden endet
        mit : ohne
        mehr höher : weniger niedriger
        vor früher : nach später
        neu neue neuen neuer : alt alte alten alter
        mein meine meinen meiner : ihr ihre ihren ihrer dein deine
        erwachsene erwachsener : kind kinder
        ankunft ankommen : abfahrt abreise abfahren
        erste ersten erster : letzte letzten letzter
        """
    ),
)
_FRENCH: Final = GuardWords(
    denials=vocabulary("pas ne non jamais rien personne aucun aucune sans sauf ni"),
    numbers=vocabulary(
        "deux trois quatre cinq six sept huit neuf dix onze douze vingt trente quarante cinquante cent mille"
    ),
    moments=_moments(
        """
        lundi lundis
        mardi mardis
        mercredi mercredis
        jeudi jeudis
        vendredi vendredis
        samedi samedis
        dimanche dimanches
        janvier
        février
        mars
        avril
        mai
        juin
        juillet
        août
        septembre
        octobre
        novembre
        décembre
        aujourdhui
        demain
        hier
        matin matins
        soir soirs
        midi
        nuit
        weekend
        férié fériés
        noël
        pâques
        """
    ),
    poles=_poles(
        """
        ouvrir ouvre ouvrez ouvert ouverte ouverture : fermer ferme fermez fermé fermée fermeture
        acheter : vendre
        début commencer commence : fin finir finit
        avec : sans
        plus : moins
        avant : après
        nouveau nouvelle : ancien ancienne
        mon ma mes : votre vos ton ta tes
        adulte adultes : enfant enfants
        arrivée arriver : départ partir
        premier première : dernier dernière
        """
    ),
)
_SPANISH: Final = GuardWords(
    denials=vocabulary("no nunca jamás nada nadie ningún ninguna ninguno sin excepto ni tampoco"),
    numbers=vocabulary(
        "dos tres cuatro cinco seis siete ocho nueve diez once doce veinte treinta cuarenta cincuenta cien"
    ),
    moments=_moments(
        """
        lunes
        martes
        miércoles
        jueves
        viernes
        sábado sábados
        domingo domingos
        enero
        febrero
        marzo
        abril
        mayo
        junio
        julio
        agosto
        septiembre setiembre
        octubre
        noviembre
        diciembre
        hoy
        mañana mañanas
        ayer
        tarde tardes
        noche noches
        mediodía
        finde
        festivo festivos
        navidad
        pascua
        """
    ),
    poles=_poles(
        """
        abrir abre abren abierto abierta apertura : cerrar cierra cierran cerrado cerrada cierre
        comprar : vender
        empezar empieza inicio : terminar termina fin
        con : sin
        más : menos
        antes : después
        nuevo nueva : viejo vieja antiguo antigua
        mi mis : su sus tu tus
        adulto adultos : niño niños niña niñas
        llegada llegar : salida salir
        primero primera : último última
        """
    ),
)
GUARD_WORDS: Final[Mapping[str, GuardWords]] = {"en": _ENGLISH, "de": _GERMAN, "fr": _FRENCH, "es": _SPANISH}
"""By two-letter code. A language that is not here is not guarded: only an example's very words count."""
