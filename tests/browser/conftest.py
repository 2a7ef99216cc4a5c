"""A real browser: Debian's chromium, driven through playwright, with a microphone that plays a WAV file."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright

import build_console

FLAGS = [
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--no-sandbox",
    "--disable-background-networking",
]
OpenPage = Callable[..., Awaitable[Page]]
SCREENS = Path(__file__).parents[2] / "build" / "screens"


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where chromium is. In CI it must be there; elsewhere the test is skipped without it."""
    path = os.environ.get("IVR_TEST_CHROMIUM") or shutil.which("chromium")
    if path:
        return path
    why = "there is no chromium: apt-get install chromium"
    if os.environ.get("CI"):
        pytest.fail(why, pytrace=False)
    pytest.skip(why)


@pytest.fixture(scope="session")
def console_pages() -> None:
    """The console's pages, built from these sources. Without the npm registry there is nothing to test."""
    try:
        build_console.build()
    except build_console.RegistryAwayError as away:
        pytest.skip(str(away))
    except build_console.NotBuiltError as wrong:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(wrong))


@pytest.fixture
async def open_page(chromium: str) -> AsyncIterator[OpenPage]:
    """Opens pages: `await open_page(microphone=wav)`. A script that fails fails the test."""
    browsers: list[Browser] = []
    wrong: list[str] = []
    async with async_playwright() as playwright:

        async def start(microphone: Path | None = None, **context: object) -> Page:
            flags = [*FLAGS, *([f"--use-file-for-fake-audio-capture={microphone}"] if microphone else [])]
            browser = await playwright.chromium.launch(executable_path=chromium, args=flags)
            browsers.append(browser)
            page = await (await browser.new_context(**context)).new_page()  # type: ignore[arg-type] # playwright's options
            page.on("pageerror", lambda error: wrong.append(str(error)))
            page.on("console", lambda m: wrong.append(m.text) if "Security Policy" in m.text else None)
            return page

        yield start
        for browser in browsers:
            await browser.close()
    assert not wrong, wrong


async def picture(page: Page, name: str) -> None:
    """Keep what a page looks like, light and dark, for people to look at: build/screens/."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
        await page.screenshot(path=SCREENS / f"{name}-{scheme}.png", full_page=True)
