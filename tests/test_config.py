"""Settings: where they come from, and what is refused."""

from pathlib import Path

import pytest

from ivr.config import load, secrets
from ivr.core.errors import ConfigError


def test_defaults_stay_on_this_machine(tmp_path):
    config = load({}, tmp_path / "none").config
    assert (config.port, config.listen_host) == (8080, "127.0.0.1")


def test_the_environment_wins_over_the_file_and_both_say_so(tmp_path):
    (tmp_path / ".env").write_text("PORT=1111\nIVR_MAX_CALLS=7\nIVR_FLOW=\n")
    loaded = load({"PORT": "2222"}, tmp_path / ".env")
    assert (loaded.config.port, loaded.config.max_calls, loaded.config.flow) == (2222, 7, "")
    sources = {s.name: s.source for s in loaded.settings}
    assert (sources["PORT"], sources["IVR_MAX_CALLS"], sources["IVR_FLOW"]) == (
        "environment",
        ".env",
        "default",
    )


def test_secrets_are_masked(tmp_path):
    loaded = load({"TWILIO_AUTH_TOKEN": "s3cret-token"}, tmp_path / "none")
    assert "s3cret" not in repr(loaded)
    assert loaded.config.twilio_auth_token.get_secret_value() == "s3cret-token"
    assert loaded.config.listen_host == "0.0.0.0"


@pytest.mark.parametrize(
    ("environ", "says"),
    [
        ({"PORT": "eighty"}, "PORT"),
        ({"IVR_MAX_CALLS": "0"}, "IVR_MAX_CALLS"),
        ({"IVR_MAXCALLS": "3"}, "Did you mean IVR_MAX_CALLS"),
        ({"PUBLIC_URL": "https://phone.example.org"}, "TWILIO_AUTH_TOKEN"),
        ({"PUBLIC_URL": "http://phone.example.org", "TWILIO_AUTH_TOKEN": "x"}, "https://"),
        ({"PUBLIC_URL": "https://a.example.org/twilio/voice", "TWILIO_AUTH_TOKEN": "x"}, "before /twilio/"),
        ({"TWILIO_AUTH_TOKEN": "the auth token"}, "has a space"),
        ({"TWILIO_AUTH_TOKN": "x"}, "Did you mean TWILIO_AUTH_TOKEN"),
        ({"IVR_RECOGNISER_URL": "notaurl"}, "IVR_RECOGNISER_URL is 'notaurl', which is no http"),
        ({"IVR_VOICE_URL": "ftp://voice.example/v1"}, "IVR_VOICE_URL is 'ftp:"),
        ({"IVR_VOICE_URL": "http:///v1"}, "no http or https URL"),
        ({"IVR_KEEP_DAYS": "1e308"}, "IVR_KEEP_DAYS"),
        ({"IVR_KEEP_DAYS": "inf"}, "IVR_KEEP_DAYS"),
    ],
)
def test_what_is_wrong_is_named(environ, says, tmp_path):
    with pytest.raises(ConfigError, match=says):
        load(environ, tmp_path / "none")


def test_folders_follow_xdg_and_the_settings(tmp_path):
    config = load({}, tmp_path / "none").config
    assert config.folder("data", {"XDG_DATA_HOME": str(tmp_path)}) == tmp_path / "ivr"
    chosen = load({"IVR_CACHE_DIR": str(tmp_path / "c")}, tmp_path / "none").config
    assert chosen.folder("cache", {}) == tmp_path / "c"


def test_variables_of_actions_are_no_settings_and_come_from_both_places(tmp_path):
    dotenv = tmp_path / ".env"
    dotenv.write_text(
        "IVR_SECRET_A=from-file\nIVR_SECRET_B=other\nIVR_ACTION_ALLOW=shop.lan:8443, 10.0.0.0/8\n"
    )
    environ = {"IVR_SECRET_A": "from-environment", "IVR_SECRET_C": "", "HOME": "/"}
    assert secrets(environ, dotenv) == {"IVR_SECRET_A": "from-environment", "IVR_SECRET_B": "other"}
    loaded = load(environ, dotenv)
    assert loaded.config.allowed_servers == ("shop.lan:8443", "10.0.0.0/8")
    assert not any("from-" in setting.value for setting in loaded.settings)


def test_voices_for_other_languages(tmp_path):
    config = load({"IVR_VOICES": "es=elena, fr=luc"}, tmp_path / "none").config
    assert config.voices_by_language == {"es": "elena", "fr": "luc"}
    with pytest.raises(ConfigError, match="Write it as es=NAME"):
        _ = load({"IVR_VOICES": "elena"}, tmp_path / "none").config.voices_by_language


def test_what_tests_and_benches_are_told_is_no_setting():
    assert load({"IVR_TEST_POSTGRES": "required", "IVR_BENCH_NLU": "sets"}, Path("none")).config.port == 8080
