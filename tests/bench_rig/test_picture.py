from __future__ import annotations

from xml.etree import ElementTree as ET

from bench.rig.comparison import cells, comparison_markdown, settings_of
from bench.rig.findings import Compared, Findings
from bench.rig.picture import picture

SVG = "{http://www.w3.org/2000/svg}"


def row(name: str, cpu_s: float | None = 1.5) -> Compared:
    return Compared(name, 4, cpu_s, 200.0, 12.0, (400.0, 500.0), (180.0,), 1, 0, 6, 2, 71.0, 0)


def test_every_time_is_a_dot() -> None:
    found = Findings(responses={"canonical answer": [300, 400, 9000], "yes/no": [350]}, clears=[170, 180])
    drawn = ET.fromstring(picture(found, []))
    circles = drawn.findall(f".//{SVG}circle")
    assert len(circles) == 6
    width = float(drawn.attrib["width"])
    assert all(0 < float(circle.attrib["cx"]) < width for circle in circles)
    assert len([line for line in drawn.iter(f"{SVG}line") if line.attrib["class"] == "goal"]) == 3


def test_costs_are_bars_by_stage() -> None:
    found = Findings(cpu_s={"audio": 1.0, "recogniser": 3.0})
    bars = [rect for rect in ET.fromstring(picture(found, [])).iter(f"{SVG}rect") if "x" in rect.attrib]
    wide = [float(bar.attrib["width"]) for bar in bars if bar.attrib["height"] == "20"]
    assert wide[1] == 3 * wide[0]


def test_names_cannot_break_the_picture() -> None:
    drawn = ET.fromstring(picture(Findings(), [row("a <b> & 'c'")]))
    assert any(text.text == "a <b> & 'c'" for text in drawn.iter(f"{SVG}text"))


def test_nothing_measured_is_a_picture_all_the_same() -> None:
    assert ET.fromstring(picture(Findings(), [])).tag == f"{SVG}svg"


def test_servers_stand_side_by_side() -> None:
    assert cells(row("ours"))[:4] == ["ours", "1.50", "450 ms", "495 ms"]
    assert cells(row("elsewhere", None))[1] == "-"
    assert cells(row("ours"))[6] == "1 of 2"
    assert len(comparison_markdown([row("a"), row("b")]).splitlines()) == 6


def test_an_address_says_how_to_ring() -> None:
    assert settings_of("wss://example.org/media").stream_url == "wss://example.org/media"
    assert settings_of("http://127.0.0.1:8080").voice_path == "/twilio/voice"
    hook = settings_of("https://example.org/hooks/voice")
    assert (hook.base_url, hook.voice_path) == ("https://example.org", "/hooks/voice")
