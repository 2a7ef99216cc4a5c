"""The complete lines in flows/: in order, tested at every step, and between them using the whole language."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from rich.console import Console

from ivr.app import start
from ivr.caller import Caller
from ivr.config import Config
from ivr.core.flow.problems import Report
from ivr.core.flow.schema_lists import STEP_KEYS
from ivr.core.flow.yaml_source import FLOW, Node, parse
from ivr.edges.carrier import CarrierSettings, SimulatedCarrier
from ivr.flow_files import read_flow_file
from ivr.rehearse_cli import Options, run_tests

FLOWS = Path(__file__).parents[1] / "flows"
LINES = ["bank", "clinic", "parcel"]


@pytest.mark.parametrize("name", LINES)
def test_nothing_is_to_be_said_against_it(name):
    _, flow, problems = read_flow_file(FLOWS / f"{name}.yaml", linted=True)
    assert flow is not None
    assert [str(problem) for problem in problems] == []


@pytest.mark.engines
@pytest.mark.parametrize("name", LINES)
def test_its_tests_pass_and_use_every_step(models, name):
    out = io.StringIO()
    passed = run_tests(Console(file=out, width=200), [FLOWS / f"{name}.yaml"], Options(least=100))
    assert passed, out.getvalue()


def test_between_them_they_use_every_step_of_the_language():
    used: set[str] = set()
    for name in LINES:
        root = parse((FLOWS / f"{name}.yaml").read_text(encoding="utf-8"), Report(name), FLOW)
        assert root is not None
        used |= keys(root)
    assert set(STEP_KEYS) - used == set()


def keys(node: Node) -> set[str]:
    found = set(node.entries)
    for inner in (*node.entries.values(), *node.items):
        found |= keys(inner)
    return found


@pytest.mark.engines
@pytest.mark.timeout(120)
async def test_a_parcel_is_looked_up_in_a_real_web_service(models, tmp_path, monkeypatch):
    monkeypatch.setenv("IVR_SECRET_REDBIRD", "a-pretend-key")
    asked: list[str] = []

    async def parcel(request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == "Bearer a-pretend-key"
        asked.append(f"{request.match_info['number']} {request.query['fields']}")
        if request.match_info["number"] == "421007310":
            raise web.HTTPNotFound
        return web.json_response({"parcel": {"status": "shipped", "arrives": "2030-01-31", "places": []}})

    app = web.Application()
    app.add_routes([web.get("/parcels/{number}", parcel)])
    async with TestServer(app) as service:
        flow = tmp_path / "parcel.yaml"
        text = (FLOWS / "parcel.yaml").read_text(encoding="utf-8")
        flow.write_text(text.replace("https://api.redbird.example", f"http://127.0.0.1:{service.port}"))
        (tmp_path / "shared").mkdir()
        (tmp_path / "shared" / "manners.yaml").write_bytes((FLOWS / "shared" / "manners.yaml").read_bytes())
        config = Config.model_validate(
            {
                "PORT": 0,
                "IVR_DATA_DIR": str(tmp_path),
                "IVR_RECOGNISERS": 1,
                "IVR_RECOGNISER_MODEL": "base",
                "IVR_ACTION_ALLOW": f"127.0.0.1:{service.port}",
            }
        )
        running = await start(config, flow)
        carrier = SimulatedCarrier(CarrierSettings(running.url))
        caller = Caller(carrier, running.engines.voice)
        try:
            await carrier.ring()
            for press in ("1", "421007310", "421007319"):
                assert await caller.until_my_turn()
                caller.press(press)
            assert await caller.until_my_turn()
            said = [line.text for session in running.sessions for line in session.state.transcript]
        finally:
            await carrier.close()
            await running.close()
    assert asked == ["421007310 status,arrives,where", "421007319 status,arrives,where"]
    assert "I can't find a parcel of that number." in said
    assert "Yes, it has shipped." in said
