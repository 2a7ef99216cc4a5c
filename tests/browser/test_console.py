"""The console in a real browser: what its pages show, that nothing in them runs, that axe finds nothing."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

import build_console
from ivr.core.flow.load import load_flow
from ivr.review.records import (
    AuditRow,
    Bucket,
    EventRow,
    LineRow,
    Score,
    ScoredCall,
    SlotRow,
    StepRow,
    Traffic,
    Unhandled,
    Version,
)
from tests.browser.conftest import picture
from tests.edges.console_rig import PASSWORD, ROW, RUBRIC, USERS, open_console
from tests.edges.test_console_calls import recording
from tests.edges.test_console_live import begun
from tests.review.test_story import TURN

__all__ = ["open_console"]

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("console_pages"), pytest.mark.timeout(300)]
AXE = build_console.SOURCES / "node_modules" / "axe-core" / "axe.min.js"
CLINIC = Path(__file__).parents[2] / "flows" / "clinic.yaml"
NASTY = '<img src=x onerror="window.broken=1"><script>window.broken=1</script><b>bold</b>&amp;'

TURN_THOUGHT = replace(
    TURN,
    words=NASTY,
    name=NASTY,
    tier="economy",
    model="small",
    cost_nano=1_240_000,
    candidates=({"name": "parking", "score": 0.93}, {"name": NASTY, "score": 0.21}),
    cache_score=1.31,
)


def fill(rig, tmp_path):
    """A call with everything, whose every text is an attack."""
    recording(tmp_path / "recordings" / "CA1.wav", seconds=60)
    rig.records.add(
        replace(ROW, recording="recordings/CA1.wav", caller=NASTY, summary=NASTY, reprompts=1),
        flow_source=CLINIC.read_text(),
        turns=(replace(TURN, number=0, by="start", at_ms=0), TURN_THOUGHT),
        lines=(
            LineRow(0, "agent", "Hello, this is Maple Street Clinic.", 0, cut=False),
            LineRow(1, "caller", NASTY, 5000, cut=False),
            LineRow(2, "agent", "There is free parking", 6000, cut=True),
        ),
        steps=(StepRow(0, "main/1", 0, 0), StepRow(1, "main/2", 0, 0), StepRow(2, "main/3", 0, 0)),
        slots=(SlotRow(0, NASTY, NASTY, 5000, 1, "desk", final=True),),
    )
    rig.records.rows = [
        EventRow(0, 4000, {"type": "SpeechBegan", "at_ms": 3900}),
        EventRow(1, 5100, {"type": "SpeechEnded", "at_ms": 5000}),
        EventRow(2, 9000, {"type": "KeyPressed", "key": "5"}),
    ]


async def axe(page, where):
    """Fail on anything that keeps somebody from using the page, light and dark."""
    await page.evaluate(AXE.read_text())
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
        found = await page.evaluate("axe.run().then((r) => r.violations)")
        told = [(v["id"], v["help"], [n["html"][:200] for n in v["nodes"]][:3]) for v in found]
        assert not told, f"{where}, {scheme}: {json.dumps(told, indent=1)}"


async def test_a_call_is_shown_and_nothing_in_it_runs(open_console, open_page, tmp_path):
    rig = await open_console()
    fill(rig, tmp_path)
    page = await open_page(viewport={"width": 1400, "height": 950})
    await page.goto(rig.base + "/calls")
    await page.locator("tbody a").first.click()
    await page.get_by_role("heading", name="Path through the flow").scroll_into_view_if_needed()
    await page.locator(".graph svg").wait_for()
    await page.wait_for_function("document.querySelector('canvas').width > 100")
    assert await page.evaluate("window.broken") is None
    assert await page.locator("main img, main b b, main script").count() == 0
    assert NASTY in await page.locator("ol.talk").inner_text()
    thought = " ".join((await page.locator(".thought").inner_text()).split())
    assert thought == f"parking 0.93 {NASTY} 0.21 answer cache 1.31, too little: it answers from 1.50 on"
    assert await page.get_by_text("economy small").count() == 1
    assert await page.get_by_title("What models took").inner_text() == "0.12 \u00a2"
    await picture(page, "call")
    await axe(page, "call")
    assert await page.evaluate("window.broken") is None


async def test_a_person_scores_a_call_by_keyboard_before_seeing_the_model(open_console, open_page, tmp_path):
    rig = await open_console()
    fill(rig, tmp_path)
    whole = rig.records.whole["CA1"]
    by_model = Score("model:small", "natural", "model", 0.25, f"Twice: {NASTY}", (1,), RUBRIC.digest)
    measured = Score("measured", "no_dead_air", "measured", 1.0, "0 waits over 1.5 s")
    rig.records.whole["CA1"] = replace(whole, scores=(by_model, measured))
    page = await open_page(viewport={"width": 1400, "height": 950})
    await page.goto(rig.base + "/calls/CA1?turn=1")
    await page.locator("input[type=range][aria-valuetext='5.0 s']").wait_for()  # where a low score leads
    assert not await page.get_by_text("Twice:").is_visible(), "nobody is told what to think"
    await page.get_by_role("group", name="understand").get_by_label("4 fully").focus()
    await page.keyboard.press("Space")
    await page.get_by_role("group", name="natural").get_by_label("0 not at all").focus()
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("Enter")
    await page.get_by_text("Your marks are kept.").wait_for()
    kept = {one.score.question: one.score.score for one in rig.records.scored}
    assert kept == {"understood": 1.0, "natural": 0.25}
    await page.get_by_text("Twice:").wait_for()
    assert await page.evaluate("window.broken") is None
    await picture(page, "call-scored")
    await axe(page, "a scored call")


async def test_a_viewer_sees_scores_and_no_form(open_console, open_page, tmp_path):
    rig = await open_console(users=USERS)
    fill(rig, tmp_path)
    by_model = Score("model:small", "natural", "model", 0.25, "It asked twice.", (1,), RUBRIC.digest)
    rig.records.whole["CA1"] = replace(rig.records.whole["CA1"], scores=(by_model,))
    page = await open_page()
    await page.goto(rig.base + "/calls/CA1")
    await page.get_by_label("Name").fill("vera")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await page.get_by_text("It asked twice.").wait_for()
    assert await page.get_by_role("button", name="marks").count() == 0


async def test_the_cursor_follows_keyboard_and_transcript(open_console, open_page, tmp_path):
    rig = await open_console()
    fill(rig, tmp_path)
    page = await open_page()
    await page.goto(rig.base + "/calls/CA1")
    await page.get_by_role("button", name="Go to 6.0 s").click()
    slider = page.get_by_role("slider", name="Position in the call")
    assert await slider.get_attribute("aria-valuetext") == "6.0 s"
    await slider.focus()
    await page.keyboard.press("ArrowRight")
    assert await slider.get_attribute("aria-valuetext") == "6.1 s"
    await page.wait_for_function("Math.abs(document.querySelector('audio').currentTime - 6.1) < 0.01")


async def test_the_board_lives_and_an_operator_acts_by_keyboard(open_console, open_page):
    rig = await open_console()
    begun(rig.live, "CA5")
    rig.state = replace(rig.state, models={"small": "closed", "large": "open"})
    page = await open_page(viewport={"width": 1400, "height": 600})
    await page.goto(rig.base + "/")
    await page.get_by_role("link", name="+15550100001").wait_for()
    await page.get_by_text("model large failed or was slow, and rests").wait_for()
    await picture(page, "board")
    await axe(page, "board")
    await page.get_by_role("combobox").select_option("desk")
    await page.get_by_text("is put through to desk").wait_for()
    assert rig.put_through == [("CA5", "desk")]
    await page.get_by_role("button", name="Hang up on").focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Really").press("Enter")
    await page.get_by_text("was ended").wait_for()
    assert rig.ended == ["CA5"]
    rig.live.ended("CA5", rig.live.calls["CA5"].state)
    await page.get_by_text("No call is going on.").wait_for()
    await picture(page, "board-empty")
    await axe(page, "empty board")


async def test_a_viewer_logs_in_and_finds_no_button_to_act(open_console, open_page):
    rig = await open_console(users=USERS)
    begun(rig.live, "CA5")
    page = await open_page()
    await page.goto(rig.base + "/")
    await page.get_by_label("Name").fill("vera")
    await page.get_by_label("Password").fill("wrong")
    await picture(page, "login")
    await axe(page, "login")
    await page.keyboard.press("Enter")
    await page.get_by_text("is wrong").wait_for()
    await page.get_by_label("Password").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await page.get_by_role("link", name="+15550100001").wait_for()
    assert await page.get_by_role("button", name="Hang up").count() == 0
    rig.now += 24 * 3600
    await page.get_by_role("link", name="Calls").click()
    await page.get_by_label("Password").wait_for()


async def test_an_empty_list_says_what_to_do(open_console, open_page):
    rig = await open_console()
    page = await open_page()
    await page.goto(rig.base + "/calls")
    await page.get_by_text("No calls yet.").wait_for()
    await picture(page, "calls-empty")
    await axe(page, "empty calls")
    await page.get_by_label("Words said").fill("nothing like it")
    await page.keyboard.press("Enter")
    await page.get_by_text("No call is like that.").wait_for()


async def test_a_call_that_is_gone_says_so(open_console, open_page):
    rig = await open_console()
    page = await open_page()
    await page.goto(rig.base + "/calls/CA404")
    await page.get_by_text("There is no call CA404").wait_for()


async def test_the_flow_stands_beside_its_graph(open_console, open_page):
    rig = await open_console()
    rig.source = CLINIC.read_text()
    rig.flow = load_flow(rig.source, "clinic.yaml")
    rig.records.kept_versions = [
        Version(rig.flow.digest, rig.flow.name, 1_795_600_000_000, 4, rig.source),
        Version("d0", rig.flow.name, 1_795_500_000_000, 7, rig.source.replace("Hello", "Good day")),
    ]
    rig.records.flowing = Traffic(
        4, {"main/1": 4, "main/2": 4}, {"main/2": 1}, {("main/1", "main/2"): 4, ("main/2", "main/3"): 3}
    )
    page = await open_page(viewport={"width": 1500, "height": 1000})
    await page.goto(rig.base + "/flow")
    await page.get_by_text("\u00d7 4").first.wait_for()
    await page.get_by_label("Compare with").select_option("d0")
    await page.locator(".code.added").first.wait_for()
    await picture(page, "flow")
    await axe(page, "flow")


async def test_answers_and_what_meant_nothing(open_console, open_page):
    rig = await open_console()
    rig.records.flowing = Traffic(9, {"answer:parking": 5}, {}, {})
    rig.records.unheard = [
        Unhandled("CA1", 1, 0, "Test line", "menu", words) for words in ("park a caravan", NASTY)
    ]
    page = await open_page(viewport={"width": 1400, "height": 800})
    await page.goto(rig.base + "/answers")
    await page.get_by_text("park a caravan").first.wait_for()
    assert await page.evaluate("window.broken") is None
    first = page.locator(".clusters li").first
    assert await first.get_by_label("Means").input_value() == "parking", "the nearest is chosen"
    await first.get_by_role("button", name="Add it as an example").press("Enter")
    await first.get_by_text("Added to parking").wait_for()
    assert rig.added == [("parking", ["park a caravan"])]
    await picture(page, "answers")
    await axe(page, "answers")


async def test_health_is_drawn_and_told(open_console, open_page):
    rig = await open_console()
    page = await open_page(viewport={"width": 1400, "height": 900})
    await page.goto(rig.base + "/health")
    await page.get_by_text("No call in this day.").wait_for()
    await axe(page, "empty health")
    rig.records.buckets = [
        Bucket(
            1_795_600_000_000 + n * 1_800_000,
            calls=n % 5,
            goal=n % 4,
            busiest=n % 3,
            reprompts=n % 7,
            response_median_ms=700 + n * 5 if n % 5 else None,
            response_p95_ms=1200 + n * 9 if n % 5 else None,
            cost_nano=n * 1_000_000,
        )
        for n in range(48)
    ]
    rig.records.notes = [AuditRow(1_795_600_000_000, "anna", "put through", "CA1", "to desk")]
    for call_id, scorer in (("CA1", "model:small"), ("CA1", "person:anna"), ("CA2", "model:small")):
        kind, mark = scorer.partition(":")[0], 0.25 if scorer == "person:anna" else 1.0
        score = Score(scorer, "understood", kind, mark, "Asked twice.", (3,), RUBRIC.digest)
        rig.records.scored.append(ScoredCall(call_id, 1_795_600_000_000, "Test line", score))
    await page.reload()
    await page.locator(".u-wrap").nth(3).wait_for()
    await page.get_by_text("person:anna").first.wait_for()
    await page.get_by_role("link", name="turn 3").wait_for()
    await picture(page, "health")
    await axe(page, "health")
