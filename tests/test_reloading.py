import asyncio
from contextlib import aclosing

import pytest

from ivr.core.errors import ConfigError
from ivr.flow_files import attached_to, load_flow_file
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


KNOWING = """\
ivr: 1
include: [line.answers.yaml]
knowledge: {fees: texts/fees.md}
answers: {hours: {examples: [when are you open, your hours], say: Nine to five.}}
flows: {main: [{answer: fees}, {hangup: Goodbye.}]}
"""
REVIEWED = "reviewed:\n  hours:\n    - {examples: [still open], by: Ann, on: 2026-11-25}\n"


@pytest.fixture
def knowing(file):
    """A flow with a knowledge file and reviewed answers, watched."""
    (file.parent / "texts").mkdir()
    (file.parent / "texts" / "fees.md").write_text("# Fees\n\nIt costs ten dollars.\n")
    (file.parent / "line.answers.yaml").write_text(REVIEWED)
    file.write_text(KNOWING)
    takes = Takes()
    flow, source = load_flow_file(file)
    return FlowWatch(file, flow.digest, takes, attached=attached_to(file, flow, source)), takes


async def test_a_changed_knowledge_file_is_taken_once(file, knowing):
    watch, takes = knowing
    await watch.look()
    assert takes.names == []
    (file.parent / "texts" / "fees.md").write_text("# Fees\n\nIt costs twelve dollars.\n")
    await watch.look()
    await watch.look()
    assert len(takes.names) == 1
    assert not watch.refused


async def test_a_broken_knowledge_file_is_refused_and_mended_by_the_next(file, knowing):
    watch, takes = knowing
    fees = file.parent / "texts" / "fees.md"
    fees.write_bytes(b"\x00\x01 no text")
    await watch.look()
    assert "'texts/fees.md' is no text file" in watch.refused
    fees.unlink()
    await watch.look()
    assert f"{file}:3:" in watch.refused
    assert "cannot be read" in watch.refused
    assert takes.names == []
    fees.write_text("# Fees\n\nIt is free now.\n")
    await watch.look()
    assert len(takes.names) == 1
    assert not watch.refused


async def test_a_change_of_the_reviewed_answers_is_taken(file, knowing):
    watch, takes = knowing
    (file.parent / "line.answers.yaml").write_text(REVIEWED.replace("still open", "open yet"))
    await watch.look()
    assert len(takes.names) == 1
    (file.parent / "line.answers.yaml").write_text(REVIEWED.replace("2026-11-25", "yesterday"))
    await watch.look()
    assert len(takes.names) == 1
    assert "line.answers.yaml:3:" in watch.refused


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


@pytest.fixture
async def changes(file):
    """What the system tells of, from when the watch is set up."""
    async with aclosing(_changes(file)) as told:
        assert await asyncio.wait_for(anext(told), 10) == set()
        yield told


async def test_the_system_tells_of_a_file_that_an_editor_replaces(file, changes):
    written = file.with_suffix(".yaml.new")
    written.write_text(BETTER)
    written.replace(file)
    assert await asyncio.wait_for(anext(changes), 10)


async def test_the_system_tells_of_knowledge_below_the_folder_and_of_nothing_else(file, changes):
    (file.parent / "texts").mkdir()
    (file.parent / "notes.txt").write_text("nothing to do with it")
    await asyncio.sleep(0.2)  # a folder that has just been made is not watched at once
    (file.parent / "texts" / "fees.md").write_text("# Fees")
    told = await asyncio.wait_for(anext(changes), 10)
    assert {name.rpartition("/")[2] for _, name in told} == {"fees.md"}


async def test_a_file_that_was_saved_while_the_server_started_is_taken(file):
    watch, takes = watching(file)
    file.write_text(BETTER)
    task = asyncio.create_task(watch.run())
    async with asyncio.timeout(10):
        while not takes.names:  # noqa: ASYNC110 -- nothing tells a test of it
            await asyncio.sleep(0.05)
    task.cancel()
    assert takes.names == ["second"]
