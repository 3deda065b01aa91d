# -*- coding: utf-8 -*-
"""The subcommands, called as the command line calls them."""

import argparse
import os
import signal
import subprocess
import sys
import urllib.request

import pytest
from sample_folder import POSTFIX, make_sample

from niftynet_activations.errors import ActivationError
from niftynet_activations.looking import commands
from niftynet_activations.looking.region_tables import read_table

SCRIPT = """
import argparse, sys
from niftynet_activations.looking import commands
parser = argparse.ArgumentParser()
commands.add_parsers(parser.add_subparsers())
arguments = parser.parse_args()
sys.exit(arguments.run(arguments))
"""


def call(*words):
    """Parse the words behind ``net_activations`` and run the subcommand."""
    parser = argparse.ArgumentParser()
    commands.add_parsers(parser.add_subparsers())
    arguments = parser.parse_args(words)
    return arguments.run(arguments)


def test_report(tmp_path, capsys, undrawn):
    folder = make_sample(str(tmp_path / 'out')).folder
    assert call('report', folder) == 0
    path = os.path.join(folder, 'report.html')
    assert capsys.readouterr().out == path + '\n'
    assert os.path.isfile(path)
    other = str(tmp_path / 'other.html')
    assert call('report', folder, '--output', other) == 0
    assert os.path.isfile(other)


def test_table_with_labels_from_the_folder_itself(tmp_path, capsys):
    folder = make_sample(str(tmp_path / 'out')).folder
    assert call('table', folder, '--labels', folder) == 0
    path = os.path.join(folder, 'activation_table_{}.csv'.format(POSTFIX))
    assert capsys.readouterr().out == path + '\n'
    table = read_table(path)
    assert set(table['subject']) == {'1', '1_b'}
    assert set(table['label']) == {0, 1, 2}


def test_view_prints_its_url_serves_and_ends(tmp_path):
    folder = make_sample(str(tmp_path / 'out')).folder
    root = os.path.dirname(os.path.dirname(os.path.abspath(commands.__file__)))
    process = subprocess.Popen(
        [sys.executable, '-c', SCRIPT, 'view', folder],
        stdout=subprocess.PIPE,
        cwd=root,
        universal_newlines=True,
    )
    try:
        url = process.stdout.readline().strip()
        assert url.startswith('http://127.0.0.1:')
        with urllib.request.urlopen(url + 'api/catalogue.json') as answer:
            assert answer.status == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 0
    finally:
        process.kill()
        process.stdout.close()


@pytest.mark.parametrize(
    'words', [('report', '{}'), ('view', '{}'), ('table', '{}', '--labels', '{}')]
)
def test_a_folder_without_activations_is_one_line(tmp_path, words):
    with pytest.raises(ActivationError, match='holds no activations') as found:
        call(*[word.format(str(tmp_path)) for word in words])
    assert '\n' not in str(found.value)


def test_labels_are_needed(tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        call('table', str(tmp_path))
    assert ended.value.code == 2
    assert '--labels' in capsys.readouterr().err
