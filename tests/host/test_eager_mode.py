# -*- coding: utf-8 -*-
"""TensorFlow's mode in the body of ``graph_mode``, and behind it; each case in a process."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow
tensorflow = pytest.importorskip('tensorflow')
NEW = not tensorflow.__version__.startswith('1.')

TELL = 'print("found", tensorflow.executing_eagerly(), flush=True)'
CASES = {
    'imported before': ['import tensorflow', TELL, 'with graph_mode():', '    ' + TELL, TELL],
    'imported inside': [
        'with graph_mode():',
        '    import niftynet',
        '    import tensorflow',
        '    ' + TELL,
        TELL,
    ],
    'off before': [
        'import tensorflow',
        'tensorflow.compat.v1.disable_eager_execution()',
        TELL,
        'with graph_mode():',
        '    ' + TELL,
        TELL,
    ],
    'an error inside': [
        'import tensorflow',
        'try:',
        '    with graph_mode():',
        '        raise ValueError',
        'except ValueError:',
        '    ' + TELL,
    ],
}
EXPECTED = {
    'imported before': [NEW, False, NEW],
    'imported inside': [False, NEW],
    'off before': [False, False, False],
    'an error inside': [NEW],
}


@pytest.mark.parametrize('case', sorted(CASES))
def test_the_mode_is_the_caller_s_again(case):
    code = ['from niftynet_activations.host.eager_mode import graph_mode'] + CASES[case]
    said = subprocess.check_output([sys.executable, '-c', '\n'.join(code)]).decode()
    found = [line.split()[1] == 'True' for line in said.splitlines() if line.startswith('found')]
    assert found == EXPECTED[case]


@pytest.mark.parametrize('case', ['imported before', 'imported inside'])
def test_nothing_is_said_of_old_names(case):
    """In a notebook TensorFlow's warnings go to standard output, as here where a prompt is set."""
    state = 'print("warns", deprecation._PRINT_DEPRECATION_WARNINGS, flush=True)'
    code = ['import sys', 'sys.ps1 = ">>>"']
    code += ['from niftynet_activations.host.eager_mode import graph_mode'] + CASES[case]
    code += ['from tensorflow.python.util import deprecation', state]
    said = subprocess.check_output(
        [sys.executable, '-c', '\n'.join(code)], stderr=subprocess.STDOUT
    ).decode()
    assert 'Instructions for updating' not in said
    assert 'warns True' in said.splitlines()  # those of the caller's own calls
