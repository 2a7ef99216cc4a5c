"""The reference of every key of flow and test files, as Markdown, from their JSON Schemas."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from ivr.core.flow.json_schema import LANGUAGE, TIME

Schema = Mapping[str, Any]

HEAD: Final = """\
# Reference

Every key of a flow file and of a test file: `ivr schema --reference` writes this page, and a test holds
it to the program. [flows.md](flows.md) explains.

A **time** is `700ms`, `1.5s` or a number of seconds. **Steps** are a list of steps, a single one, or nothing.
A text, or a list of them, may stand by language: `{en: Hello., es: Hola.}`.
A **ladder** is a list by attempt, each a text or steps. Every step may have an `id`, a name of your own that
stands in call records and tests.
"""
SETTINGS: Final = ("SpeakingSettings", "WaitingSettings")
_BODY: Final = "Body"
_KEYS: Final = ": its keys"


def reference(flow: Schema, tests: Schema, settings: Collection[str]) -> str:
    """The whole page. `settings`: the keys that file, flows and steps share, told of once."""
    parts = [HEAD, "## Settings\n\nThey stand in the file, in a flow or in a step; the innermost counts.\n"]
    parts.append(_rows({k: v for k, v in flow["properties"].items() if k in settings}, (), flow))
    for title, schema, shared in (("The flow file", flow, settings), ("The test file", tests, ())):
        parts.append(f"## {title}\n\n{_table(schema, schema, shared)}")
        parts += [_section(name, schema, shared) for name in _order(schema)]
    return "\n".join(parts)


def _order(schema: Schema) -> list[str]:
    """The steps as they are listed; then the other pieces by name. A step's body is told with it."""
    defs = schema["$defs"]
    steps = _step_names(schema)
    told = {_body(defs[step]) for step in steps}
    return steps + sorted(name for name in defs if name not in steps and name not in told)


def _step_names(schema: Schema) -> list[str]:
    """The pieces that are steps: those that an `id` may stand in."""
    flow = schema["$defs"].get("FlowBody", {})
    refs = _refs(flow.get("anyOf", ())[:1])
    return [ref.rpartition("/")[2] for ref in dict.fromkeys(refs)]


def _refs(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        if "$ref" in value:
            return [str(value["$ref"])]
        return [ref for inner in value.values() for ref in _refs(inner)]
    if isinstance(value, list | tuple):
        return [ref for inner in value for ref in _refs(inner)]
    return []


def _body(step: Schema) -> str:
    """The piece that holds all of a step's keys, "" if they stand in the step itself."""
    keys = [key for key in step["properties"] if key != "id"]
    own = str(step["properties"][keys[0]].get("$ref", ""))
    return own.rpartition("/")[2] if len(keys) == 1 and own.endswith(_BODY) else ""


def _key(step: Schema) -> str:
    """The key that makes a mapping this step."""
    return str(next(key for key in step["properties"] if key != "id"))


def _section(name: str, schema: Schema, shared: Collection[str]) -> str:
    piece = schema["$defs"][name]
    title = _title(name, schema)
    if name in _step_names(schema) and (body := _body(piece)):
        text = str(piece["properties"][_key(piece)].get("description", ""))
        return f"### {title}\n\n{text}{_tail(schema['$defs'][body], schema, shared)}"
    return f"### {title}\n\n{_sentence(piece)}{_tail(piece, schema, shared)}"


def _tail(piece: Schema, schema: Schema, shared: Collection[str]) -> str:
    """The short form of a piece, and its keys."""
    whole = _mapping(piece)
    short = [form for form in piece.get("anyOf", ()) if form is not whole]
    brief = f" For short: {_form(short, schema)}." if short else ""
    return f"{brief}\n" if whole is None else f"{brief}\n\n{_table(whole, schema, shared)}"


def _title(name: str, schema: Schema) -> str:
    """Steps are named after their key, other pieces after what they are."""
    if name in _step_names(schema):
        return f"`{_key(schema['$defs'][name])}`"
    words = "".join(f" {c.lower()}" if c.isupper() else c for c in name.removesuffix(_BODY))
    return words.strip().capitalize() + _KEYS


def _sentence(piece: Schema) -> str:
    return str(piece.get("description", "")).replace("\n", " ")


def _mapping(piece: Schema) -> Schema | None:
    if "properties" in piece:
        return piece
    return next((form for form in piece.get("anyOf", ()) if "properties" in form), None)


def _table(piece: Schema, schema: Schema, shared: Collection[str]) -> str:
    keys = {key: value for key, value in piece["properties"].items() if key not in (*shared, "id")}
    settings = [f"`{key}`" for key in piece["properties"] if key in shared]
    rows = _rows(keys, piece.get("required", ()), schema)
    return rows + (f"\nAnd the [settings](#settings) {', '.join(settings)}.\n" if settings else "")


def _rows(keys: Schema, required: Collection[str], schema: Schema) -> str:
    rows = ["| key | holds | what it is |", "|---|---|---|"]
    for key, value in keys.items():
        must = " (required)" if key in required else ""
        text = str(value.get("description", "")).replace("|", "\\|")
        rows.append(f"| `{key}`{must} | {_form(value, schema)} | {text} |")
    return "\n".join(rows) + "\n"


def _form(value: Any, schema: Schema) -> str:
    """What may stand there, in a few words."""
    forms = value if isinstance(value, list) else value.get("anyOf") or value.get("oneOf") or [value]
    if _all_steps(forms, schema):
        return "ladder" if any(_is_text(form) for form in forms) else "steps"
    if [form.get("pattern") for form in forms if "pattern" in form] == [TIME["anyOf"][0]["pattern"]]:
        return "time"
    found = list(dict.fromkeys(word for form in forms if (word := _one(form, schema))))
    return " or ".join(found) or "anything"


def _all_steps(forms: list[Any], schema: Schema) -> bool:
    steps = {f"#/$defs/{name}" for name in _step_names(schema)}
    lists = [form for form in forms if form.get("type") != "object"]
    return bool(steps) and set(_refs(lists)) >= steps


def _is_text(form: Schema) -> bool:
    return form.get("type") == "string" or any(map(_is_text, form.get("anyOf", ())))


def _one(form: Schema, schema: Schema) -> str:
    if "$ref" in form:
        return _named(str(form["$ref"]), schema)
    if "const" in form:
        return f"`{form['const']}`"
    if "enum" in form:
        return ", ".join(f"`{value}`" for value in form["enum"])
    if "anyOf" in form or "oneOf" in form:
        return _form(form, schema)
    kind = form.get("type")
    if isinstance(kind, list):
        return " or ".join(_one({**form, "type": one}, schema) for one in kind)
    match kind:
        case "string":
            return "text"
        case "boolean":
            return "true or false"
        case "integer":
            return "whole number"
        case "number":
            return "number"
        case "array":
            return f"list of {_plural(_form(form['items'], schema))}" if "items" in form else "list"
        case "object" if form.get("propertyNames") == LANGUAGE:
            return ""  # told of once, at the top
        case "object":
            inner = form.get("additionalProperties")
            return f"name: {_form(inner, schema)}" if isinstance(inner, Mapping) else "mapping"
        case _:
            return ""


def _plural(word: str) -> str:
    return {"text": "texts", "whole number": "whole numbers"}.get(word, word)


def _named(ref: str, schema: Schema) -> str:
    name = ref.removeprefix("#/$defs/").partition("/")[0]
    title = _title(name, schema)
    anchor = title.lower().replace("`", "").replace(":", "").replace(" ", "-")
    return f"[{title.removesuffix(_KEYS).lower() if title.endswith(_KEYS) else title}](#{anchor})"
