"""Opening hours as authors write them, and what is wrong with them."""

from __future__ import annotations

import pytest

from tests.core.scheduled import FLOWS, WEEK, schedule, told


@pytest.mark.parametrize(
    "text",
    [
        "mon-fri 9:00-17:00, sat 10:00-13:00",
        "weekdays 9-17; saturday 10-13",
        "{week: mon-sat 9-17, saturday: 10:00-13:00}",
        "{every_day: 9-17, saturday: 10-13, sunday: closed}",
    ],
)
def test_ways_to_write_a_week(text):
    assert schedule(text).week == (((540, 1020),),) * 5 + (((600, 780),), ())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{mondays: 9-17}", "h.yaml:4:12: There is no key 'mondays' here. Did you mean 'monday'?"),
        (
            "{monday: 9-25}",
            "'9-25' is no time of opening. Write 24 hours, as 9:00-17:30, or closed, or all day.",
        ),
        ("{monday: 9:70-10}", "is no time of opening"),
        ("{monday: nine}", "'nine' is no time of opening"),
        ("{monday: closed}", "'office' is never open"),
        ("fri 9-17, foo 10-12", "'foo 10-12' are no opening hours"),
        ("s 9-17", "'s 9-17' are no opening hours"),
        ("{weekdays: 9-17, holidays: XX}", "The holidays of 'XX' are not known"),
        ("{weekdays: 9-17, holidays: {country: US, region: ZZ}}", "'US' has no region 'ZZ'"),
        (
            "{weekdays: 9-17, dates: {2030-02-30: closed}}",
            "'2030-02-30' is no day. Write 2030-12-24, or 12-24",
        ),
        ("{weekdays: 9-17, timezone: Europe/Dublim}", "'Europe/Dublim' is no time zone"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text, message):
    assert message in told(text)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "open(office)",
            "open(ofice)",
            "h.yaml:8:16: There is no schedule 'ofice'. Did you mean 'office'?",
        ),
        ("{office | opens}", "{ofice | opens}", "There is no schedule 'ofice'. Did you mean 'office'?"),
        ("open(office)", "open(office) && nme == 'x'", "h.yaml:8:27: There is no slot 'nme'"),
    ],
)
def test_names_of_schedules_are_checked(old, new, message):
    assert message in told(WEEK, FLOWS.replace(old, new))
