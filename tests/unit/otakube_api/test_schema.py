# SPDX-License-Identifier: Apache-2.0
"""pydantic model -> structural schema."""

from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from otakube_api.schema import NotStructural, structural
from otakube_api.v1alpha1.validation import Rule, rules


class Colour(StrEnum):
    RED = "Red"
    BLUE = "Blue"


class Inner(BaseModel):
    """An inner object."""

    model_config = ConfigDict(json_schema_extra=rules(Rule("inner", "of the model")))

    size: Annotated[int, Field(ge=0, le=9)] = 3


def field(annotation: Any, **words: Any) -> dict[str, Any]:
    """The schema of a field `it` of this type."""
    model = type("Model", (BaseModel,), {"__annotations__": {"it": annotation}, "it": Field(**words)})
    return dict(structural(model)["properties"]["it"])


def test_an_optional_is_its_type_and_not_nullable() -> None:
    assert field(str | None, default=None, max_length=5) == {"type": "string", "maxLength": 5}


def test_an_enumeration_is_inlined_without_title() -> None:
    assert field(Colour, default=Colour.RED) == {"type": "string", "enum": ["Red", "Blue"], "default": "Red"}


def test_a_literal_is_an_enumeration() -> None:
    assert field(Literal["A", "B"]) == {"type": "string", "enum": ["A", "B"]}


def test_a_list_keeps_its_bounds_and_its_items() -> None:
    schema = field(list[Colour], max_length=2, json_schema_extra={"x-kubernetes-list-type": "set"})
    assert schema == {
        "type": "array",
        "maxItems": 2,
        "x-kubernetes-list-type": "set",
        "items": {"type": "string", "enum": ["Red", "Blue"]},
    }


def test_rules_of_the_field_and_of_its_model_both_hold() -> None:
    schema = field(Inner, json_schema_extra=rules(Rule("outer", "of the field")))
    assert [rule["message"] for rule in schema["x-kubernetes-validations"]] == [
        "of the field",
        "of the model",
    ]


def test_a_rule_of_an_optional_is_kept() -> None:
    text = Annotated[str, Field(max_length=5, json_schema_extra=rules(Rule("self != ''", "no")))]
    assert field(text | None, default=None)["x-kubernetes-validations"] == [
        {"rule": "self != ''", "message": "no"}
    ]


def test_the_description_of_the_field_wins_over_that_of_its_type() -> None:
    assert field(Inner, description="it is inner.")["description"] == "it is inner."


def test_the_default_of_an_object_is_empty_so_that_its_fields_decide() -> None:
    assert field(Inner, default=Inner(size=5))["default"] == {}


def test_a_field_without_default_is_required() -> None:
    class Model(BaseModel):
        must: bool
        may: bool = False

    assert structural(Model)["required"] == ["must"]


def test_defaults_stay_out_of_a_status() -> None:
    class Outer(BaseModel):
        inner: Inner = Inner()
        names: list[Colour] = Field([], max_length=2)

    schema = structural(Outer, defaults=False)

    assert "default" not in str(schema)


@pytest.mark.parametrize(
    ("maximum", "form"), [(100, "int32"), (2**31 - 1, "int32"), (2**31, "int64"), (2**53 - 1, "int64")]
)
def test_an_integer_has_the_format_that_holds_it(maximum: int, form: str) -> None:
    assert field(int, ge=0, le=maximum)["format"] == form


@pytest.mark.parametrize(
    ("annotation", "words", "says"),
    [
        (float, {}, "Model.it: type number is not allowed"),
        (str | int, {}, "Model.it: a union of 2 types"),
        (int, {}, "Model.it: an integer needs an upper bound"),
        (int, {"le": 2**63 - 1}, "Model.it: an integer needs an upper bound of at most 9007199254740991"),
        (int, {"gt": 0, "le": 5}, "Model.it: exclusiveMinimum cannot be said"),
        (list[float], {}, r"Model.it\[\]: type number is not allowed"),
        (Any, {}, "Model.it: type None is not allowed"),
    ],
    ids=["a float", "a union", "an unbounded integer", "a bound that a double cannot hold", "an open bound",
         "floats in a list", "anything"],
)  # fmt: skip
def test_what_a_structural_schema_cannot_say_is_refused_with_its_path(
    annotation: Any, words: dict[str, Any], says: str
) -> None:
    with pytest.raises(NotStructural, match=says):
        field(annotation, **words)
