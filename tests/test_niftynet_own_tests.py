# -*- coding: utf-8 -*-
"""The script that runs NiftyNet's own tests: which tests count as different, and its excuses."""

import os
import runpy
import sys

import pytest

SCRIPT = os.path.join(
    os.path.dirname(os.path.abspath(__file__)), os.pardir, 'scripts', 'niftynet_own_tests.py'
)
TESTS = """
import unittest
class Test(unittest.TestCase):
    def test_good(self):
        pass
    def test_bad(self):
        self.assertEqual(1, 2)
    @unittest.skip('for no reason')
    def test_left_out(self):
        pass
"""


@pytest.fixture(scope='module')
def script():
    return runpy.run_path(SCRIPT)


def test_only_a_test_that_passed_with_the_reference_can_differ(script):
    reference = {'A.one': 'passed', 'A.two': 'passed', 'A.three': 'failed: x', 'A.four': 'passed'}
    current = {'A.one': 'passed', 'A.two': 'failed: y', 'A.three': 'failed: y'}
    assert script['differences'](reference, current) == ['A.four (not run)', 'A.two (failed: y)']


def test_without_tests_one_line_says_so(script, tmp_path, capsys):
    status = script['main'](
        ['--reference', 'python', '--current', 'python', '--source', str(tmp_path)]
    )
    assert status == 2
    assert 'holds no tests/*_test.py; name a source tree' in capsys.readouterr().err


@pytest.mark.slow
def test_outcomes_are_read_and_compared(script, tmp_path, capsys):
    pytest.importorskip('niftynet')
    (tmp_path / 'tests').mkdir()
    (tmp_path / 'niftynet').mkdir()  # must not hide the installed one
    (tmp_path / 'tests' / 'some_test.py').write_text(TESTS)
    status = script['main'](
        ['--reference', sys.executable, '--current', sys.executable, '--source', str(tmp_path)]
    )
    lines = capsys.readouterr().out.splitlines()
    assert 'some_test: 1 of 3 pass with the reference, 1 of 3 with the current Python' in lines
    assert lines[-1] == 'none' and status == 0
