"""A JSON Schema of what authors write, for editors: from the models, with their short forms declared.

The models open short forms in validators, which JSON Schema cannot see; `_FORMS` says for each such
validator what else may stand there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from ivr.core.flow import schema as s
from ivr.core.flow.descriptions import DESCRIPTIONS
from ivr.core.flow.schema_lists import ERROR_KIND
from ivr.core.flow.schema_steps import MOST_SENTENCES
from ivr.core.flow.schema_values import Part

Descriptions = Mapping[str, Mapping[str, str]]
"""Model -> key -> what an editor shows for it."""

DIALECT: Final = "http://json-schema.org/draft-07/schema#"
TIME: Final[JsonSchemaValue] = {
    "anyOf": [
        {"type": "string", "pattern": r"^[0-9]{1,6}(\.[0-9]{1,6})?\s*(ms|s)?$"},
        {"type": "number", "minimum": 0},
    ]
}
LANGUAGE: Final[JsonSchemaValue] = {"pattern": "^[a-z]{2}(-[A-Z]{2})?$"}
_SPOKEN: Final = r"\S"
_STRING: Final[JsonSchemaValue] = {"type": "string"}
_NULL: Final[JsonSchemaValue] = {"type": "null"}

Form = Callable[[JsonSchemaValue], JsonSchemaValue]


def either(*forms: JsonSchemaValue) -> JsonSchemaValue:
    """One of several forms, those that are alternatives themselves laid open."""
    flat: list[JsonSchemaValue] = []
    for form in forms:
        flat += form["anyOf"] if set(form) == {"anyOf"} else [form]
    return {"anyOf": [form for number, form in enumerate(flat) if form not in flat[:number]]}


def one_or_list(inner: JsonSchemaValue) -> JsonSchemaValue:
    """A list, or its only item without the dash."""
    return either(inner["items"], inner)


def _kinds(inner: JsonSchemaValue) -> JsonSchemaValue:
    return {**inner, "minProperties": 1, "propertyNames": {"pattern": f"^({ERROR_KIND.pattern})$"}}


_FORMS: Final[dict[str, Form]] = {
    "_version": lambda _: {"const": s.VERSION},
    "between.<locals>.read": lambda _: TIME,
    "_bare": lambda inner: inner,
    "share": lambda _: {"type": "number", "minimum": 0, "maximum": 1},
    "_limit": lambda _: either(_STRING, {"type": "number"}),
    "_errors": lambda inner: either(inner["additionalProperties"], _kinds(inner)),
    "_few": lambda _: {"type": "integer", "minimum": 0, "maximum": 3},
    "_json": lambda _: {"type": ["object", "array"]},
    "_turns": lambda inner: one_or_list({**inner, "minItems": 1}),
    "_steps": lambda inner: either(one_or_list(inner), _NULL),
    "_sentences": lambda inner: {**inner, "minimum": 1, "maximum": MOST_SENTENCES},
    "_rung": lambda inner: either({**_STRING, "pattern": _SPOKEN}, one_or_list(inner), _NULL),
    "_ladder": lambda inner: either(one_or_list(inner), _NULL),
    "_choices": lambda inner: either(inner, {"type": "array", "items": _STRING}),
    "_words": lambda inner: either(one_or_list(inner), _NULL),
    "_reviews": one_or_list,
    "_universal": lambda inner: inner,  # see `flow_schema`
    "_not_empty": lambda inner: {**inner, "pattern": r"\S"},
    "Part._open": lambda inner: inner,  # see `model_schema`
}
"""Function of a validator -> what may stand where it is used, given what comes out of it."""


def flow_schema() -> JsonSchemaValue:
    """The schema of a flow file."""
    schema = generate(s.FlowFile, DESCRIPTIONS, "A phone line")
    universals = schema["properties"]["universals"]
    do: JsonSchemaValue = {"$ref": "#/$defs/UniversalBody/properties/do"}
    universals["additionalProperties"] = either(do, universals["additionalProperties"])
    spoken: JsonSchemaValue = _by_language(schema)
    return spoken


def _by_language(value: Any) -> Any:
    """The schema in which a text, or a list of them, may stand by language: {en: Hello., es: Hola.}."""
    if isinstance(value, list):
        return [_by_language(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    made = {key: inner if key == "propertyNames" else _by_language(inner) for key, inner in value.items()}
    is_text = value.get("type") == "string" and "pattern" in value and value["pattern"] == _SPOKEN
    if not is_text and not (
        value.get("type") == "array" and value.get("items", {}).get("pattern") == _SPOKEN
    ):
        return made
    plain = {key: made.pop(key) for key in list(made) if key not in ("description", "default")}
    languages = {
        "type": "object",
        "propertyNames": LANGUAGE,
        "minProperties": 1,
        "additionalProperties": plain,
    }
    return {**made, "anyOf": [plain, languages]}


def generate(
    model: type[Part], descriptions: Descriptions, title: str, forms: Mapping[str, Form] = {}
) -> JsonSchemaValue:
    """The schema of a file. `forms`: for validators of its own."""

    class Generator(_Generator):
        known: ClassVar[Mapping[str, Form]] = {**_FORMS, **forms}
        described: ClassVar[Descriptions] = descriptions

    schema = model.model_json_schema(schema_generator=Generator)
    return {"$schema": DIALECT, "title": title, **schema}


class _Generator(GenerateJsonSchema):
    """Adds short forms and descriptions, and refuses unknown keys."""

    known: ClassVar[Mapping[str, Form]]
    described: ClassVar[Descriptions]

    def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> JsonSchemaValue:
        return self._formed(schema["function"]["function"], self.generate_inner(schema["schema"]))

    def function_after_schema(self, schema: core_schema.AfterValidatorFunctionSchema) -> JsonSchemaValue:
        return self._formed(schema["function"]["function"], self.generate_inner(schema["schema"]))

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        made = super().model_schema(schema)
        part: type[Any] = schema["cls"]
        made.pop("title", None)
        made["additionalProperties"] = False
        for key, value in made["properties"].items():
            if value.get("default", "") is None:
                del value["default"]
            if text := describe(part, key, self.described):
                value["description"] = text
        if not getattr(part, "short", ""):
            return made
        short = {
            k: v for k, v in made["properties"][part.short].items() if k not in ("description", "default")
        }
        return {"description": made.pop("description", ""), **either(short, made)}

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 -- as in the base class
        return False

    def _formed(self, function: Any, inner: JsonSchemaValue) -> JsonSchemaValue:
        form = self.known.get(function.__qualname__)
        return form(inner) if form else inner


def describe(part: type[Any], key: str, descriptions: Descriptions) -> str:
    """What is known of a key: of the model itself, else of those that it comes from."""
    for model in part.__mro__:
        if text := descriptions.get(model.__name__, {}).get(key):
            return text
    return ""
