# -*- coding: utf-8 -*-
"""Names for type hints say what they stand for, and bring nothing in."""

import ast
import glob
import inspect
import os
import re
import subprocess
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, 'scripts'))

import house_numbers  # noqa: E402

import niftynet_tf2.hints  # noqa: E402
from niftynet_activations import hints  # noqa: E402
from niftynet_activations.store import description  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CHECKOUT = house_numbers.Checkout(ROOT)
# headings in hints.py; of names below any other heading the type is known
UNTYPED = ("# TensorFlow's", "# NiftyNet's")


@pytest.mark.parametrize('hints', [hints, niftynet_tf2.hints], ids=['package', 'niftynet_tf2'])
def test_each_name_says_whose_object_it_is(hints):
    lines = re.findall(r'^(\w+) = Any(.*)$', inspect.getsource(hints), re.MULTILINE)
    assert len(lines) > 15
    assert [name for name, told in lines if not told.startswith('  # ')] == []


@pytest.mark.parametrize('hints', [hints, niftynet_tf2.hints], ids=['package', 'niftynet_tf2'])
def test_any_stands_for_objects_of_tensorflow_and_niftynet(hints):
    source = inspect.getsource(hints)
    found = {}
    heading = ''
    for line in source[source.index('\n\n') :].splitlines():
        heading = line if line.startswith('# ') else heading
        name, stands, _ = line.partition(' = ')
        if stands and 'Any' in line:
            found[name] = heading
    assert {name: of for name, of in found.items() if of not in UNTYPED} == {}


def test_any_stands_nowhere_else():
    trees = dict(CHECKOUT.modules, **CHECKOUT.packages)
    for folder in ('scripts', 'trials', 'extensions'):
        for path in glob.glob(os.path.join(ROOT, folder, '**', '*.py'), recursive=True):
            with open(path, encoding='utf-8') as source:
                trees[path] = ast.parse(source.read())
    found = [path for path, tree in trees.items() if names_any(tree)]
    assert sorted(found) == [
        os.path.join(package, 'hints.py') for package in ('niftynet_activations', 'niftynet_tf2')
    ]


def names_any(tree):
    """Whether it says or imports it; what stands in quotation marks needs the import too."""
    imported = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return house_numbers.count_any(tree) > 0 or any(
        each.name == 'Any' for node in imported for each in node.names
    )


def test_a_sidecar_has_the_keys_of_a_description():
    source = ast.parse(inspect.getsource(description))
    (keys,) = [
        [ast.literal_eval(key) for key in node.value.args[1].keys]
        for node in source.body
        if isinstance(node, ast.Assign) and node.targets[0].id == 'Sidecar'
    ]
    expected = [name.rstrip('_') for name in description.MapDescription._fields]
    assert keys == expected + ['result']
    assert set(description.KEYS + description.OWN_KEYS) == set(expected)


@pytest.mark.parametrize('package', ['niftynet_activations', 'niftynet_tf2'])
def test_none_of_the_packages_is_imported(package):
    code = (
        'import sys; before = set(sys.modules); import {}.hints; '
        'print([each for each in ("tensorflow", "niftynet", "matplotlib", "sklearn", "zarr") '
        'if each in set(sys.modules) - before])'
    ).format(package)
    assert subprocess.check_output([sys.executable, '-c', code]).decode().strip() == '[]'
