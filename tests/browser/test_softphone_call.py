"""Whole calls from the browser: its microphone, the real engines, typed words, until it is put through."""

import wave

import pytest

from ivr.app import start
from ivr.config import Config
from ivr.flow_files import find_flow
from ivr.wire.pcm import mulaw_to_linear
from tests.browser.conftest import picture
from tests.browser.test_console import axe

pytestmark = [pytest.mark.browser, pytest.mark.engines, pytest.mark.timeout(300)]
PATIENCE_MS = 60_000


@pytest.fixture
async def server(models, tmp_path):
    config = Config.model_validate({"PORT": 0, "IVR_DATA_DIR": str(tmp_path), "IVR_RECOGNISERS": 1})
    running = await start(config, find_flow("", config))
    yield running
    await running.close()


async def spoken(server, tmp_path, words):
    """A WAV of these words with silence around them; the browser's microphone plays it again and again."""
    mulaw = b"\xff" * 8000 * 6 + await server.engines.voice.render(words) + b"\xff" * 8000 * 20
    path = tmp_path / "microphone.wav"
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(mulaw_to_linear(mulaw).tobytes())
    return path


async def test_a_whole_call_through_the_softphone(server, tmp_path, open_page):
    page = await open_page(microphone=await spoken(server, tmp_path, "Where can I park?"))
    await page.goto(server.url + "/phone?echo=off")
    await page.click("#call")
    lines = page.locator("#lines")
    await lines.get_by_text("free parking").first.wait_for(timeout=PATIENCE_MS)
    assert await page.locator("#steps [aria-current]").count() == 1
    heard = [line.text for s in server.sessions for line in s.state.transcript if line.who == "caller"]
    assert any("park" in text.lower() for text in heard), "the words came through the microphone"
    await page.fill("#text", "I need a prescription")
    await page.keyboard.press("Enter")
    await page.locator("#steps .been", has_text="prescription").first.wait_for(timeout=PATIENCE_MS)
    await picture(page, "softphone")
    await page.evaluate("document.activeElement.blur()")
    await page.fill("#text", "I want to speak to a person")
    await page.keyboard.press("Enter")
    await page.get_by_text("The caller would now be put through").wait_for(timeout=PATIENCE_MS)
    assert not server.sessions
    assert not server.live.calls
    assert await page.locator("#trouble").is_hidden()


async def test_a_call_begins_at_the_step_that_was_chosen(server, open_page):
    page = await open_page()
    await page.goto(server.url + "/phone?echo=off")
    await page.click("summary")
    await page.select_option("#step", "prescription/1")
    await page.click("#call")
    await page.locator("#steps .been").first.wait_for(timeout=PATIENCE_MS)
    (session,) = server.sessions
    assert session.state.path[0] == "prescription/1"
    await page.keyboard.press("Escape")
    await page.get_by_text("You hung up.").wait_for(timeout=PATIENCE_MS)


async def test_a_page_that_is_not_secure_says_so(server, open_page):
    page = await open_page()
    await page.add_init_script("Object.defineProperty(window, 'isSecureContext', {value: false})")
    await page.goto(server.url + "/phone")
    assert "secure pages only" in await page.locator("#trouble").inner_text()


async def test_a_microphone_that_is_refused_leaves_a_line_to_type_on(server, open_page):
    page = await open_page()
    await page.add_init_script(
        "navigator.mediaDevices.getUserMedia = async () => {"
        " throw new DOMException('no', 'NotAllowedError') }"
    )
    await page.goto(server.url + "/phone")
    await page.click("#call")
    await page.get_by_text("The microphone was refused").wait_for(timeout=PATIENCE_MS)
    await page.fill("#text", "Where can I park?")
    await page.click("#say")
    await page.locator("#lines").get_by_text("free parking").first.wait_for(timeout=PATIENCE_MS)


@pytest.mark.usefixtures("console_pages")
async def test_a_call_that_was_rung_from_the_browser_is_in_the_console(server, open_page):
    page = await open_page()
    await page.goto(server.url + "/phone?echo=off")
    await page.click("#call")
    await page.locator("#lines").get_by_text("Maple Street Clinic").first.wait_for(timeout=PATIENCE_MS)
    await page.fill("#text", "Where can I park?")
    await page.keyboard.press("Enter")
    await page.locator("#lines").get_by_text("free parking").first.wait_for(timeout=PATIENCE_MS)
    board = await page.context.new_page()
    await board.goto(server.url + "/")
    await board.get_by_role("combobox").select_option("nurse")
    await page.get_by_text("The caller would now be put through to nurse").wait_for(timeout=PATIENCE_MS)
    await server.store.settled()
    await page.evaluate("document.activeElement.blur()")
    await axe(page, "the phone")
    await board.goto(server.url + "/calls")
    await board.locator("tbody a").first.wait_for()
    await picture(board, "calls")
    await board.locator("tbody a").first.click()
    await board.get_by_text("asks for the answer “parking”").wait_for()
    await board.get_by_role("heading", name="Path through the flow").scroll_into_view_if_needed()
    await board.locator(".graph svg").wait_for()
    await picture(board, "call-real")
    await axe(board, "the page of a real call")
    assert [row.did for row in await server.store.records.audit()] == ["put through"]
