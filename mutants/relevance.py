"""Which of the mutants that could be made are worth a run of the tests."""

from __future__ import annotations

import ast
import functools
import re
from pathlib import Path
from typing import Final

from cosmic_ray.work_item import MutationSpec

Range = tuple[tuple[int, int], tuple[int, int]]

# One opposite and one neighbor of each operator; eleven ways to write `+` wrong say nothing more.
WORTHWHILE: Final = re.compile(
    r"portal/|core/(?:"
    r"AddNot|ExceptionReplacer|NumberReplacer|RemoveDecorator|ZeroIterationForLoop"
    r"|Replace(?:AndWithOr|OrWithAnd|TrueWithFalse|FalseWithTrue"
    r"|BreakWithContinue|ContinueWithBreak)"
    r"|ReplaceBinaryOperator_(?:Add_Sub|Sub_Add|Mul_Div|Div_Mul|FloorDiv_Mul|Mod_Mul"
    r"|BitOr_BitAnd|BitAnd_BitOr)"
    r"|ReplaceComparisonOperator_(?:Eq_NotEq|NotEq_Eq|Is_IsNot|IsNot_Is"
    r"|Lt_LtE|Lt_GtE|LtE_Lt|LtE_Gt|Gt_GtE|Gt_LtE|GtE_Gt|GtE_Lt)"
    r"|ReplaceUnaryOperator_(?:Delete_Not|USub_UAdd))$"
)
# `dataclass`, `property` and their like can't be missed: nothing works without them.
LANGUAGE: Final = re.compile(r"@(?:dataclass|property|staticmethod|classmethod|override|overload)")


def is_relevant(mutation: MutationSpec) -> bool:
    """False for a mutant that says nothing: of a type, or of what the language itself refuses."""
    if not WORTHWHILE.match(mutation.operator_name):
        return False
    line, _ = mutation.start_pos
    if mutation.operator_name == "core/RemoveDecorator":
        return not LANGUAGE.match(_lines(mutation.module_path)[line - 1].strip())
    operations, annotations = _ranges(mutation.module_path)
    if "BinaryOperator" in mutation.operator_name and not _within(mutation, operations):
        return False  # the bare `*` of a signature isn't a product
    return not _within(mutation, annotations)


def _within(mutation: MutationSpec, ranges: list[Range]) -> bool:
    return any(start <= mutation.start_pos and mutation.end_pos <= end for start, end in ranges)


@functools.cache
def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines()


@functools.cache
def _ranges(path: Path) -> tuple[list[Range], list[Range]]:
    """From where to where a file computes, and where it speaks of types, which nobody evaluates."""
    operations: list[ast.expr | None] = []
    annotations: list[ast.expr | None] = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.BinOp):
            operations.append(node)
        elif isinstance(node, ast.arg | ast.AnnAssign):
            annotations.append(node.annotation)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            annotations.append(node.returns)
    return _places(operations), _places(annotations)


def _places(nodes: list[ast.expr | None]) -> list[Range]:
    return [
        ((node.lineno, node.col_offset), (node.end_lineno or 0, node.end_col_offset or 0))
        for node in nodes
        if node
    ]
