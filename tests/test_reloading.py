import asyncio
from contextlib import aclosing

import pytest

from ivr.core.errors import ConfigError
from ivr.flow_files import load_flow_file
from ivr.reloading import FlowWatch, _changes

GOOD = "ivr: 1\nname: first\nflows: {main: [{hangup: Goodbye.}]}\n"
BETTER = GOOD.replace("first", "second")
BROKEN = GOOD.replace("hangup", "hangupp")


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "line.yaml"
    path.write_text(GOOD)
    return path


class Takes:
    """What a server does with new flows: keeps them, or says why it cannot."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.cannot = ""

    async def __call__(self, flow, source) -> None:
        assert source
        if self.cannot:
            raise ConfigError(self.cannot)
        self.names.append(flow.name)


def watching(file) -> tuple[FlowWatch, Takes]:
    takes = Takes()
    flow, _ = load_flow_file(file)
    return FlowWatch(file, flow.digest, takes), takes


async def test_a_changed_flow_is_taken_once(file):
    watch, takes = watching(file)
    file.write_text(BETTER)
    await watch.look()
    await watch.look()
    assert takes.names == ["second"]
    assert not watch.refused


async def test_the_same_flow_written_again_is_not_taken(file):
    watch, takes = watching(file)
    file.write_text(GOOD)
    await watch.look()
    assert takes.names == []


async def test_a_broken_file_is_refused_with_its_place_and_mended_by_the_next(file):
    watch, takes = watching(file)
    file.write_text(BROKEN)
    await watch.look()
    assert takes.names == []
    assert f"{file}:3:" in watch.refused
    file.write_text(BETTER)
    await watch.look()
    assert takes.names == ["second"]
    assert not watch.refused


async def test_a_file_that_is_gone_is_refused(file):
    watch, takes = watching(file)
    file.unlink()
    await watch.look()
    assert "cannot be read" in watch.refused
    assert takes.names == []


async def test_going_back_to_the_flow_that_serves_ends_the_refusal(file):
    watch, takes = watching(file)
    file.write_text(BROKEN)
    await watch.look()
    file.write_text(GOOD)
    await watch.look()
    assert (takes.names, watch.refused) == ([], "")


async def test_a_flow_that_the_server_cannot_take_is_tried_again(file):
    watch, takes = watching(file)
    takes.cannot = "The engines speak no Welsh."
    file.write_text(BETTER)
    await watch.look()
    assert watch.refused == "The engines speak no Welsh."
    takes.cannot = ""
    await watch.look()
    assert takes.names == ["second"]


async def test_the_file_is_looked_at_whenever_something_changes(file):
    notices: asyncio.Queue[str] = asyncio.Queue()

    async def changes(_path):
        while True:
            yield await notices.get()
            notices.task_done()

    takes = Takes()
    flow, _ = load_flow_file(file)
    watch = FlowWatch(file, flow.digest, takes, changes)
    task = asyncio.create_task(watch.run())
    for text in (BETTER, GOOD.replace("first", "third")):
        file.write_text(text)
        await notices.put("changed")
        await notices.join()  # the watch asks for the next notice when it has looked
    task.cancel()
    assert takes.names == ["second", "third"]


async def test_the_system_tells_of_a_file_that_an_editor_replaces(file):
    async with aclosing(_changes(file)) as changes:
        notice = asyncio.ensure_future(anext(changes))
        await asyncio.sleep(0.3)  # the watch is being set up; nothing tells us when
        written = file.with_suffix(".yaml.new")
        written.write_text(BETTER)
        written.replace(file)
        assert await asyncio.wait_for(notice, 10)
