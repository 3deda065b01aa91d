# -*- coding: utf-8 -*-
"""What is counted in a small checkout, by hand."""

import ast
import os
import re
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, 'scripts'))

import house_numbers  # noqa: E402

FILES = {
    'niftynet_activations/__init__.py': 'import niftynet_activations.high',
    'niftynet_activations/low.py': 'def f(x, *y: int) -> int:\n    return x',
    'niftynet_activations/room/middle.py': 'from niftynet_activations import low\n',
    'niftynet_activations/room/other.py': (
        'import tensorflow\nfrom typing import Any\n'
        'from niftynet_activations.room.middle import f\nx: Any = 1\n'
    ),
    'niftynet_activations/high.py': (
        'import typing\n\n\nclass A:\n    def m(self, x: typing.Any) -> None:\n'
        '        from niftynet_activations.room import other, twin\n'
    ),
    'niftynet_activations/room/twin.py': 'import niftynet_activations.high\n',
    'tests/test_low.py': '',
    'tests/room/test_middle.py': '',
    'pyproject.toml': '[tool.mypy]\nfiles = [\n    "niftynet_activations/room",\n]\n'
    '[[tool.mypy.overrides]]\nmodule = ["*.room.twin"]\nignore_errors = true\n',
}


@pytest.fixture
def checkout(tmp_path):
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return house_numbers.Checkout(str(tmp_path))


def test_numbers(checkout):
    assert checkout.numbers() == {
        'modules': 5,
        'modules of more than 300 lines': 0,
        'files at the top of niftynet_activations': 2,
        # the package; high and twin, which import each other and count as one; other, middle, low
        'longest chain of imports': 5,
        'modules in the largest circle of imports': 2,
        'modules that import neither TensorFlow nor NiftyNet': 4,
        'of these under the type checker': 1,
        'modules under the type checker': 2,
        'Any': 2,
        'Any where neither TensorFlow nor NiftyNet is imported': 1,
        'functions': 2,
        'functions without hints': 1,
        'modules without a test file of their name': 3,
    }


@pytest.mark.parametrize(
    'source, lacks',
    [
        ('def f(): pass', True),
        ('def f() -> None: pass', False),
        ('def f(self, x: int) -> int: pass', False),
        ('def f(x: int, self) -> int: pass', True),
        ('def f(*x, **y: int) -> int: pass', True),
        ('def f(*, x=1) -> int: pass', True),
        ('async def f(x) -> int: pass', True),
    ],
)
def test_a_function_without_hints(source, lacks):
    (function,) = house_numbers.functions(ast.parse(source))
    assert house_numbers.lacks_hints(function) == lacks


def test_this_checkout(capsys):
    house_numbers.main([])
    printed = capsys.readouterr().out
    for line in (
        'modules of more than 300 lines | 0',
        'functions without hints | 0',
        'modules in the largest circle of imports | 0',
        'modules without a test file of their name | 0',
    ):
        assert '| {} |'.format(line) in printed
    counted = dict(re.findall(r'^\| (.*) \| (\d+) \|$', printed, re.MULTILINE))
    assert counted['modules under the type checker'] == counted['modules']
