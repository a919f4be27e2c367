"""The mutants of our own making change what they say they change, and nothing else."""

from __future__ import annotations

import pytest
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Example, Operator

from mutants.operators import Provider, RemoveCondition, RemoveStatement

PROVIDER = Provider()
EXAMPLES = [(PROVIDER[name], example) for name in PROVIDER for example in PROVIDER[name].examples()]


@pytest.mark.parametrize(("operator", "example"), EXAMPLES)
def test_each_operator_does_what_its_examples_say(
    operator: type[Operator], example: Example
) -> None:
    mutated = mutate_code(example.pre_mutation_code, operator(), example.occurrence)

    assert mutated == example.post_mutation_code


@pytest.mark.parametrize(
    ("operator", "code"),
    [
        (RemoveCondition, "print(pk=1)"),
        (RemoveCondition, "rows.filter()"),
        (RemoveStatement, "result = record(1)\n"),
        (RemoveStatement, "return record(1)\n"),
        (RemoveStatement, '"""What is promised."""\n'),
    ],
)
def test_other_code_stays_as_it_is(operator: type[Operator], code: str) -> None:
    assert mutate_code(code, operator(), 0) is None
