# -*- coding: utf-8 -*-
"""
Run NiftyNet's own unit tests under TensorFlow 1.15 and 2, and list the tests that differ.

    python scripts/niftynet_own_tests.py --reference PYTHON_3_7 --current PYTHON [--source FOLDER]

The tests are the files ``tests/*_test.py`` of a source tree of NiftyNet 0.6.0. Without ``--source``
they are taken from the source archive on the package index, if there is one. Each file runs in a
process of its own and tests the installed NiftyNet, not that of the source tree. A test *differs*
if it passes with the reference Python and not with the current one. Exit status: 0 if none differs,
1 if one does, 2 if there are no tests to run.
"""

import argparse
import glob
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import xml.etree.ElementTree
from typing import Dict, List, Optional, Sequence

Outcomes = Dict[str, str]  # test -> outcome
REQUIREMENT = 'niftynet==0.6.0'
# The tests import TensorFlow first, but niftynet must be imported before it.
RUN = (
    'import sys, niftynet, pytest; '
    'sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", "--rootdir", ".", '
    '"--junitxml=" + sys.argv[2], sys.argv[1]]))'
)
TIME_LIMIT = 600


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """
    :param arguments: of the command line
    :return: exit status
    """
    options = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        source = options.source or download(options.current, folder)
        files = sorted(glob.glob(os.path.join(source, 'tests', '*_test.py'))) if source else []
        if source is None or not files:
            print(
                'no tests to run: {}; name a source tree of NiftyNet 0.6.0 with --source'.format(
                    'the package index has no source archive of {}'.format(REQUIREMENT)
                    if source is None
                    else '{} holds no tests/*_test.py'.format(source)
                ),
                file=sys.stderr,
            )
            return 2
        return _compare(files, source, folder, options)


def _compare(files: Sequence[str], source: str, folder: str, options: argparse.Namespace) -> int:
    differing = []
    for path in files:
        name = os.path.basename(path)[: -len('.py')]
        if options.only and not re.search(options.only, name):
            continue
        reference, current = (
            run(python, path, source, folder) for python in (options.reference, options.current)
        )
        worse = differences(reference, current)
        differing += ['{}: {}'.format(name, each) for each in worse]
        print(
            '{}: {} of {} pass with the reference, {} of {} with the current Python{}'.format(
                name, _passes(reference), len(reference), _passes(current), len(current),
                ', {} differ'.format(len(worse)) if worse else '',
            ),
            flush=True,
        )  # fmt: skip
    print('\n'.join(['', 'Pass with the reference only:'] + (differing or ['none'])))
    return 1 if differing else 0


def differences(reference: Outcomes, current: Outcomes) -> List[str]:
    """
    :param reference: test -> outcome
    :param current: test -> outcome
    :return: sorted list of the tests that pass only with the reference, with the other outcome
    """
    return sorted(
        '{} ({})'.format(test, current.get(test, 'not run'))
        for test, outcome in reference.items()
        if outcome == 'passed' and current.get(test) != 'passed'
    )


def run(python: str, path: str, source: str, folder: str) -> Outcomes:
    """
    :param python: path of a Python with NiftyNet and pytest
    :param path: of a file of tests
    :param source: the source tree, whose test data the tests look for
    :param folder: for scratch files
    :return: test -> ``passed``, ``failed: <first line>``, or ``skipped``; empty if none ran
    """
    results = os.path.join(folder, 'results.xml')
    if os.path.exists(results):
        os.remove(results)
    with open(os.path.join(folder, 'config.ini'), 'w') as config:
        config.write('[global]\nhome = {}\n'.format(folder))
    environment = dict(
        os.environ, niftynet_config_home=folder, HOME=folder, TF_CPP_MIN_LOG_LEVEL='2'
    )
    # The installed package is tested: a tree of links leaves out the source's own `niftynet`.
    tree = os.path.join(folder, 'tree')
    if not os.path.lexists(tree):
        os.makedirs(tree)
        for name in os.listdir(source):
            if name != 'niftynet':
                os.symlink(os.path.abspath(os.path.join(source, name)), os.path.join(tree, name))
    try:
        subprocess.run(
            [python, '-c', RUN, os.path.join('tests', os.path.basename(path)), results],
            cwd=tree, env=environment, timeout=TIME_LIMIT,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return {}
    return outcomes(results) if os.path.exists(results) else {}


def outcomes(results: str) -> Outcomes:
    """
    :param results: path of an XML file that pytest wrote
    :return: test -> outcome
    """
    found = {}
    for case in xml.etree.ElementTree.parse(results).iter('testcase'):
        test = '{}.{}'.format(case.get('classname', '').rsplit('.', 1)[-1], case.get('name'))
        found[test] = 'passed'
        for child in case:
            if child.tag in ('failure', 'error'):
                lines = (child.get('message') or child.tag).strip().splitlines()
                found[test] = 'failed: {}'.format(lines[0][:100] if lines else child.tag)
            elif child.tag == 'skipped':
                found[test] = 'skipped'
    return found


def download(python: str, folder: str) -> Optional[str]:
    """
    :param python: the Python whose pip is used
    :param folder: to unpack in
    :return: path of the source tree, or None where the index has no source archive
    """
    command = [python, '-m', 'pip', 'download', '--quiet', '--no-deps', '--no-binary', ':all:']
    done = subprocess.run(
        command + ['--dest', folder, REQUIREMENT],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    archives = glob.glob(os.path.join(folder, '*.tar.gz'))
    if done.returncode or not archives:
        return None
    with tarfile.open(archives[0]) as archive:
        archive.extractall(folder)
    return archives[0][: -len('.tar.gz')]


def _passes(found: Outcomes) -> int:
    return sum(outcome == 'passed' for outcome in found.values())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument('--reference', required=True, help='Python with TensorFlow 1.15')
    parser.add_argument('--current', required=True, help='Python with TensorFlow 2')
    parser.add_argument('--source', help='source tree of NiftyNet 0.6.0')
    parser.add_argument('--only', help='regular expression on the names of the test files')
    return parser


if __name__ == '__main__':
    sys.exit(main())
