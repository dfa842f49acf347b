# SPDX-License-Identifier: Apache-2.0
"""Expressions of alert rules and panels, taken apart."""

import re
from typing import Any

import promql_parser


def selectors(node: Any) -> list[Any]:
    """Every selector of a parsed expression."""
    if isinstance(node, promql_parser.VectorSelector):
        return [node]
    parts = [getattr(node, name, None) for name in ("expr", "lhs", "rhs", "vector_selector", "param")]
    nested = [each for each in [*parts, *(getattr(node, "args", None) or [])] if each is not None]
    return [found for part in nested for found in selectors(part)]


def grouped(expression: str) -> set[str]:
    """Labels that an expression groups by."""
    lists = re.findall(r"\bby \(([^)]*)\)", expression)
    return {label.strip() for one in lists for label in one.split(",")}
