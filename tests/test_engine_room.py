"""What a flow asks for and the settings do not give is told to the operator."""

from ivr.config import load
from ivr.core.flow.load import load_flow
from ivr.engine_room import lacks
from tests.core.test_flow_languages import SOURCE

ACTION = """ivr: 1
flows:
  main:
    - action:
        url: https://example.org/
        headers: {Authorization: {env: IVR_SECRET_SHOP}}
        on_error: []
    - hangup:
"""


def told(source: str, tmp_path, **environ: str) -> list[str]:
    return lacks(load(environ, tmp_path / "none").config, environ, load_flow(source, "l.yaml"))


def test_a_language_that_nobody_hears_or_speaks(tmp_path):
    english = told(SOURCE, tmp_path)
    assert len(english) == 2
    assert "tiny.en knows English only, and the flow speaks es too" in english[0]
    assert "IVR_VOICES=es=NAME" in english[1]
    settings = {"IVR_VOICES": "es=elena", "IVR_RECOGNISER_MODEL": "base"}
    assert told(SOURCE, tmp_path, **settings) == []


def test_a_secret_that_is_not_set(tmp_path):
    assert told(ACTION, tmp_path) == ["An action of the flow needs IVR_SECRET_SHOP, which is not set."]
    assert told(ACTION, tmp_path, IVR_SECRET_SHOP="x") == []
