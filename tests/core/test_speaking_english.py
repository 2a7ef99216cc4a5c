from __future__ import annotations

import pytest

from ivr.core.speaking.reading import reader

SAID = {
    # dates
    "It is on 2026-11-23.": "It is on November twenty-third, twenty twenty-six.",
    "2026-11-23T14:30:00Z": "November twenty-third, twenty twenty-six at two thirty PM",
    "by 11/23/2026 or 3/4/26": "by November twenty-third, twenty twenty-six"
    " or March fourth, twenty twenty-six",
    "born 04/15/1980": "born April fifteenth, nineteen eighty",
    "13/01/2026": "January thirteenth, twenty twenty-six",
    "on 11/23.": "on November twenty-third.",
    "Nov 23rd": "November twenty-third",
    "Dec. 24-26": "December twenty-fourth to twenty-sixth",
    "the 3rd of March 1980": "the third of March, nineteen eighty",
    "3 May": "May third",
    "in Sept. 2005": "in September two thousand five",
    "Mon-Fri": "Monday to Friday",
    "Monday\u2013Friday": "Monday to Friday",
    "Sat. 10-2": "Saturday ten to two",
    "99/99/9999 and 31/31": "ninety-nine over ninety-nine over nine thousand nine hundred ninety-nine"
    " and thirty-one over thirty-one",
    # times
    "at 14:30": "at two thirty PM",
    "at 2:30 pm": "at two thirty PM",
    "at 2:30": "at two thirty",
    "at 09:05": "at nine oh five AM",
    "9:00-17:00": "nine AM to five PM",
    "9am-5pm": "nine AM to five PM",
    "9-5pm": "nine to five PM",
    "from 00:00 to 12:00": "from midnight to noon",
    "We close at 5 p.m.": "We close at five PM.",
    "At 10 a.m. tomorrow.": "At ten AM tomorrow.",
    "14:30 PM": "two thirty PM",
    # money
    "$90": "ninety dollars",
    "$12.50": "twelve dollars and fifty cents",
    "$1.01": "one dollar and one cent",
    "$0.99": "ninety-nine cents",
    "$1,200.00": "one thousand two hundred dollars",
    "$1.5 million": "one point five million dollars",
    "20 EUR": "twenty euros",
    "\u00a33.20": "three pounds and twenty pence",
    "$5-$10": "five dollars to ten dollars",
    "-$5": "minus five dollars",
    # telephone and order numbers, codes
    "202-555-0143": "two zero two, five five five, zero one four three",
    "(202) 555-0143": "two zero two, five five five, zero one four three",
    "+12025550143": "two zero two, five five five, zero one four three",
    "+353 1 234 5678": "plus three five three, one, two three four, five six seven eight",
    "1-800-555-1212": "one, eight hundred, five five five, one two one two",
    "555-1212": "five five five, one two one two",
    "order 4271": "order four two seven one",
    "order number is 100423987": "order number is one zero zero, four two three, nine eight seven",
    "4111 1111 1111 1111": "four one one one, one one one one, one one one one, one one one one",
    "room 305": "room three zero five",
    "call 911": "call nine one one",
    "123-45-6789": "one two three, four five, six seven eight nine",
    "AB-1234": "A, B, one two three four",
    "vitamin B12": "vitamin B twelve",
    "COVID-19": "COVID nineteen",
    "#7 and #4271": "number seven and number four two seven one",
    "desk@example.org": "desk at example dot org",
    "www.example.com/help": "W W W dot example dot com slash help",
    # abbreviations
    "Dr. Smith": "Doctor Smith",
    "12 Elm Dr.": "twelve Elm Drive.",
    "123 Main St.": "one twenty-three Main Street.",
    "St. John's Church": "Saint John's Church",
    "near St. Mary": "near Saint Mary",
    "on Main St. near the park": "on Main Street near the park",
    "1205 N. 5th Ave. in Austin, TX 78701": "twelve oh five North fifth Avenue in Austin, Texas"
    " seven eight seven, zero one",
    "Mr. and Mrs. Jones": "Mister and Missus Jones",
    "approx. ten, e.g. twelve, etc.": "approximately ten, for example twelve, et cetera.",
    "No. 5": "Number five",
    "No. Thanks.": "No. Thanks.",
    # units, ordinals, ranges, years, decimals
    "5kg": "five kilograms",
    "1 kg": "one kilogram",
    "3.5 km, 180cm": "three point five kilometers, one hundred eighty centimeters",
    "20 \u00b0C": "twenty degrees Celsius",
    "5%": "five percent",
    "10%-20%": "ten percent to twenty percent",
    "1st, 2nd, 3rd, 12th, 20th, 101st": "first, second, third, twelfth, twentieth, one hundred first",
    "8-10 people": "eight to ten people",
    "8 \u2013 10 people": "eight to ten people",
    "2020-2024": "twenty twenty to twenty twenty-four",
    "It is -5.": "It is minus five.",
    "since 1999, the 1990s": "since nineteen ninety-nine, the nineteen nineties",
    "1,234,567": "one million two hundred thirty-four thousand five hundred sixty-seven",
    "0.05": "zero point zero five",
    "1.2.3": "one point two point three",
    "007": "zero zero seven",
    "10000 or 12345": "ten thousand or one two three, four five",
    "1/2 cup, 2 1/2 hours, \u00be": "one half cup, two and a half hours, three quarters",
    "4, 2, 7, 1": "four, two, seven, one",
    "press 1, 2 or 3, or 4, 5 kg": "press one, two or three, or four, five kilograms",
    "1 2 3, 4 5": "one two three, four five",
    # symbols
    "A&B, and/or, his/her": "A and B, and or, his or her",
    "24/7": "twenty-four seven",
    "Well - fine \u2014 good": "Well, fine, good",
    "*very* [[x]] <b>": "very x b",
    "Please wait... thank you\u2026": "Please wait, thank you.",
    "Well... \u201cno\u201d \u2026 Hm.": "Well. \u201cno\u201d. Hm.",
}

IRISH = {
    "11/23/2026": "the twenty-third of November, twenty twenty-six",
    "3/4/2026": "the third of April, twenty twenty-six",
    "+12025550143": "plus one, two zero two, five five five, zero one four three",
    "1,234": "one thousand two hundred and thirty-four",
    "3 km": "three kilometres",
}

PLAIN = (
    "Hello, this is Maple Street Clinic. What can I do for you?",
    "Don't worry (it's well-known): you may come on Monday, in May or March.",
    "I'm sorry: \u201cyes\u201d or \u201cno\u201d? The stop is on Saturday.",
    "Please bring a photo I D, and say agent!",
)


@pytest.mark.parametrize("written", SAID)
def test_said_as_a_person_would(written: str) -> None:
    assert reader("en-US", {}).say(written) == SAID[written]


@pytest.mark.parametrize("written", IRISH)
def test_the_region_decides(written: str) -> None:
    assert reader("en-IE", {}).say(written) == IRISH[written]


@pytest.mark.parametrize("text", PLAIN)
def test_plain_words_stay_as_they_are(text: str) -> None:
    assert reader("en-US", {}).say(text) == text


def test_other_languages_are_left_to_the_voice() -> None:
    assert reader("fr-FR", {}).say("Il est 14:30, M. Dupont.") == "Il est 14:30, M. Dupont."
