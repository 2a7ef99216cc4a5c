"""Settings: read once, from the environment and a `.env` file, and handed down.

The environment wins over `.env`, `.env` over the defaults. Unknown `IVR_*` names are refused, since a
misspelt setting that does nothing is worse than one that stops the start.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from dotenv import dotenv_values
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from ivr.core.errors import ConfigError

Source = Literal["environment", ".env", "default"]


def _named(name: str, default: Any, description: str, **limits: Any) -> Any:
    return Field(default, alias=name, description=description, **limits)


SECRET: Final = "IVR_SECRET_"  # noqa: S105 -- the beginning of names, no secret
"""How the names of variables begin that headers of actions may refer to."""

MOST_DAYS: Final = 36_500
"""Days that calls may be kept; whoever wants more keeps them for ever."""
_HTTP_URL: Final = re.compile(r"https?://[^\s/:?#]", re.IGNORECASE)
_DATABASE_PASSWORD: Final = re.compile(r"://[^:@/]*:([^@/]+)@")


class Config(BaseModel):
    """Everything an operator may set. The variable of each field is its alias."""

    model_config = ConfigDict(frozen=True)

    port: int = _named("PORT", 8080, "port to listen on; 0 takes a free one", ge=0, le=65535)
    host: str = _named("IVR_HOST", "", "address to listen on; default: all with an auth token, else loopback")
    public_url: str = _named("PUBLIC_URL", "", "address under which the carrier reaches this server")
    twilio_account_sid: str = _named("TWILIO_ACCOUNT_SID", "", "the Twilio account")
    twilio_auth_token: SecretStr = _named("TWILIO_AUTH_TOKEN", SecretStr(""), "signs Twilio's requests")
    flow: str = _named("IVR_FLOW", "", "flow file that answers calls")
    models_dir: str = _named("IVR_MODELS_DIR", "", "folder of the speech models")
    data_dir: str = _named("IVR_DATA_DIR", "", "folder of call records and recordings")
    webhook_url: str = _named("IVR_WEBHOOK_URL", "", "who is told what became of each call")
    webhook_secret: SecretStr = _named("IVR_WEBHOOK_SECRET", SecretStr(""), "signs what the webhook is told")
    quality_share: float = _named("IVR_QUALITY_SHARE", 0.01, "share of calls that are scored", ge=0, le=1)
    rubric: str = _named("IVR_RUBRIC", "", "YAML file of questions by which calls are scored")
    keep_days: float = _named("IVR_KEEP_DAYS", 0, "days that calls are kept; 0: for ever", ge=0, le=MOST_DAYS)
    database_url: SecretStr = _named("DATABASE_URL", SecretStr(""), "PostgreSQL for call records")
    cache_dir: str = _named("IVR_CACHE_DIR", "", "folder of rendered prompts")
    console_users: str = _named(
        "IVR_CONSOLE_USERS",
        "",
        "who may log in to the console; default: console-users in IVR_DATA_DIR",
    )
    max_calls: int = _named("IVR_MAX_CALLS", 20, "calls at the same time", ge=1, le=10_000)
    overflow_number: str = _named("IVR_OVERFLOW_NUMBER", "", "who gets calls that find no room")
    recognisers: int = _named("IVR_RECOGNISERS", 0, "recogniser processes; 0: one a core", ge=0, le=256)
    recogniser_model: str = _named("IVR_RECOGNISER_MODEL", "tiny.en", "recogniser in `ivr models list`")
    voice_model: str = _named("IVR_VOICE_MODEL", "joe", "voice in `ivr models list`")
    recogniser_url: str = _named("IVR_RECOGNISER_URL", "", "OpenAI-compatible endpoint that recognises")
    voice_url: str = _named("IVR_VOICE_URL", "", "OpenAI-compatible endpoint that speaks")
    voice_name: str = _named("IVR_VOICE_NAME", "alloy", "voice of the endpoint in IVR_VOICE_URL")
    voices: str = _named(
        "IVR_VOICES",
        "",
        "voices for other languages of a flow, as es=NAME",
    )
    speech_key: SecretStr = _named("IVR_SPEECH_KEY", SecretStr(""), "key for those endpoints")
    models: str = _named("IVR_MODELS", "", "table of language models (YAML); empty: none are used")
    budget_call: float | None = _named(
        "IVR_BUDGET_CALL", None, "dollars that models may cost in one call; empty: no limit", ge=0
    )
    budget_day: float | None = _named(
        "IVR_BUDGET_DAY", None, "dollars that models may cost in a day (UTC); empty: no limit", ge=0
    )
    action_allow: str = _named(
        "IVR_ACTION_ALLOW", "", "own servers that actions may ask: names, name:port, addresses, by commas"
    )
    log_format: Literal["auto", "json", "console"] = _named("IVR_LOG", "auto", "auto: readable on a terminal")
    log_level: Literal["debug", "info", "warning", "error"] = _named("IVR_LOG_LEVEL", "info", "least level")
    drain_seconds: int = _named("IVR_DRAIN_SECONDS", 30, "how long a stop waits for calls to end", ge=0)

    @property
    def listen_host(self) -> str:
        """Where to listen: a line without an auth token stays on this machine."""
        return self.host or ("0.0.0.0" if self.twilio_auth_token.get_secret_value() else "127.0.0.1")  # noqa: S104 -- a carrier must reach it

    @property
    def voices_by_language(self) -> dict[str, str]:
        """What `IVR_VOICES` names: two letters -> voice. Raises `ConfigError`."""
        pairs = [pair.split("=") for pair in self.voices.replace(" ", "").split(",") if pair]
        if wrong := [pair for pair in pairs if len(pair) != 2 or len(pair[0]) not in (2, 3) or not pair[1]]:  # noqa: PLR2004 -- name and value; letters of a language
            raise ConfigError(f"IVR_VOICES has '{'='.join(wrong[0])}'. Write it as es=NAME, fr=NAME.")
        return {language.lower(): voice for language, voice in pairs}

    @property
    def allowed_servers(self) -> tuple[str, ...]:
        """What `IVR_ACTION_ALLOW` names."""
        return tuple(name.strip() for name in self.action_allow.split(",") if name.strip())

    def folder(self, kind: Literal["data", "cache"], environ: Mapping[str, str]) -> Path:
        """Where the journal (`data`) or rendered prompts (`cache`) live; XDG's places by default."""
        chosen = self.data_dir if kind == "data" else self.cache_dir
        if chosen:
            return Path(chosen).expanduser()
        variable, fallback = {
            "data": ("XDG_DATA_HOME", ".local/share"),
            "cache": ("XDG_CACHE_HOME", ".cache"),
        }[kind]
        base = environ.get(variable, "")
        return (Path(base) if base else Path.home() / fallback) / "ivr"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as `ivr config` shows it; secrets are masked."""

    name: str
    value: str
    source: Source
    description: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """The settings in force and where each came from."""

    config: Config
    settings: tuple[Setting, ...]


def load(environ: Mapping[str, str] | None = None, dotenv: Path | None = None) -> Loaded:
    """Read the settings. Raises `ConfigError` naming every variable that is wrong and why."""
    environ = os.environ if environ is None else environ
    path = dotenv or Path(".env")
    try:
        from_file = {k: v or "" for k, v in dotenv_values(path).items()} if path.is_file() else {}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from error
    names = {_variable(field): field for field in Config.model_fields}
    _refuse_unknown(set(environ) | set(from_file), set(names))
    values: dict[str, str] = {}
    sources: dict[str, Source] = {}
    for name in names:
        # An empty variable counts as one that is not set, as `NAME=` in a .env template means.
        for source, given in (("environment", environ), (".env", from_file)):
            if given.get(name):
                values[name], sources[name] = given[name], source  # type: ignore[assignment] # the two literals
                break
    try:
        config = Config.model_validate(values)
    except ValidationError as error:
        wrong = "; ".join(f"{e['loc'][0]}={e['input']!r}: {e['msg']}" for e in error.errors())
        raise ConfigError(f"Settings that cannot be used: {wrong}. `ivr config` shows them all.") from error
    _check_public_url(config)
    _check_speech_urls(config)
    return Loaded(config, tuple(_shown(config, n, f, sources.get(n, "default")) for n, f in names.items()))


def secrets(environ: Mapping[str, str] | None = None, dotenv: Path | None = None) -> dict[str, str]:
    """The variables for headers of actions: those whose names begin with `IVR_SECRET_`."""
    path = dotenv or Path(".env")
    from_file = dotenv_values(path) if path.is_file() else {}
    both = {**from_file, **(os.environ if environ is None else environ)}
    return {name: value for name, value in both.items() if name.startswith(SECRET) and value}


def secret_values(environ: Mapping[str, str] | None = None, dotenv: Path | None = None) -> list[str]:
    """What is secret in the settings, a database's password by itself too, and in headers of actions."""
    fields = {name: field for name, field in Config.model_fields.items() if field.annotation is SecretStr}
    found = [variable(_variable(name), environ, dotenv) for name in fields]
    passwords = _DATABASE_PASSWORD.findall("\n".join(found))
    return [value for value in (*found, *passwords, *secrets(environ, dotenv).values()) if value]


def variable(name: str, environ: Mapping[str, str] | None = None, dotenv: Path | None = None) -> str:
    """A variable that another file names, such as a model's key: from the environment, else `.env`; or ""."""
    path = dotenv or Path(".env")
    given = (os.environ if environ is None else environ).get(name)
    return given or (dotenv_values(path).get(name) if path.is_file() else "") or ""


def _variable(field: str) -> str:
    return str(Config.model_fields[field].alias)


def _refuse_unknown(given: set[str], known: set[str]) -> None:
    ours, others = ("IVR_", "TWILIO_AUTH", "PUBLIC_UR"), (SECRET, "IVR_TEST_", "IVR_BENCH_")
    for name in sorted(
        n for n in given if n.startswith(ours) and not n.startswith(others) and n not in known
    ):
        near = difflib.get_close_matches(name, known, 1)
        hint = f" Did you mean {near[0]}?" if near else " `ivr config` lists the settings."
        raise ConfigError(f"There is no setting {name}.{hint}")


def _check_public_url(config: Config) -> None:
    url, token = config.public_url, config.twilio_auth_token.get_secret_value()
    if any(c.isspace() for c in token):
        raise ConfigError("TWILIO_AUTH_TOKEN has a space in it: copy the token itself, 32 characters.")
    if not url:
        return
    if not token:
        raise ConfigError(
            "PUBLIC_URL is set but TWILIO_AUTH_TOKEN is not: anybody could make this server answer calls. "
            "Set TWILIO_AUTH_TOKEN (Twilio console, Account info), or unset PUBLIC_URL."
        )
    if "/twilio/" in url:
        raise ConfigError(
            f"PUBLIC_URL is {url}; give only what stands before /twilio/, such as https://phone.example.org."
        )
    local = url.startswith(("http://127.", "http://localhost", "http://[::1]"))
    if not url.startswith("https://") and not local:
        raise ConfigError(
            f"PUBLIC_URL is {url}; it must begin with https://, since Twilio streams over TLS only."
        )


def _check_speech_urls(config: Config) -> None:
    for name, url in (("IVR_RECOGNISER_URL", config.recogniser_url), ("IVR_VOICE_URL", config.voice_url)):
        if url and not _HTTP_URL.match(url):
            raise ConfigError(
                f"{name} is '{url}', which is no http or https URL. Write it with its host, as in "
                "http://127.0.0.1:8000/v1, or unset it to use the engine of this machine."
            )


def _shown(config: Config, name: str, field: str, source: Source) -> Setting:
    value = getattr(config, field)
    if isinstance(value, SecretStr):
        secret = value.get_secret_value()
        value = f"•••• ({len(secret)} characters)" if secret else ""
    return Setting(
        name, "" if value is None else str(value), source, Config.model_fields[field].description or ""
    )
