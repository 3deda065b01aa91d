# -*- coding: utf-8 -*-
"""``net_activations layers``: its own words, and NiftyNet's options that override the config."""

import json

import pytest

from niftynet_activations import command_line
from niftynet_activations.command_line import _split_overrides, main


@pytest.mark.parametrize(
    'words, own, overrides',
    [
        ('layers -c a.ini res* --json', 'layers -c a.ini res* --json', ''),
        ('layers -c a.ini --batch_size 2 res*', 'layers -c a.ini res*', '--batch_size=2'),
        ('layers --conf=a.ini --border=4 --depth 1', 'layers --conf=a.ini --depth 1', '--border=4'),
        ('layers -c a.ini --inference_iter -1', 'layers -c a.ini', '--inference_iter=-1'),
        ('layers -c a.ini --border', 'layers -c a.ini', '--border'),
        ('report FOLDER --unknown 3', 'report FOLDER --unknown 3', ''),
    ],
)
def test_niftynet_s_options_are_parted_from_the_command_s(words, own, overrides):
    assert _split_overrides(words.split()) == (own.split(), overrides.split())


@pytest.mark.parametrize(
    'words, message',
    [
        ([], 'net_activations: error: the following arguments are required: COMMAND; see '),
        (['shine'], "invalid choice: 'shine'"),
        (
            ['verify', '-c', 'a.ini', '--activation_layers', 'conv_0,', 'conv_1'],
            'unrecognized arguments: conv_1: put a value of several words, or with *, in quotation',
        ),
        (['table', 'maps'], 'net_activations table: error: the following arguments are required'),
    ],
)
def test_wrong_arguments_are_one_line(capsys, words, message):
    with pytest.raises(SystemExit) as caught:
        main(words)
    assert caught.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert message in line and line.endswith(' --help')


def test_a_fault_of_the_program_is_no_false_claim(tmp_path, capsys, monkeypatch):
    def fail(*unused):
        raise ZeroDivisionError('a fault')

    monkeypatch.setattr(command_line, 'verify_maps', fail)
    assert main(['verify', '-c', 'a.ini']) == 2
    assert capsys.readouterr().err.splitlines()[-1] == 'ZeroDivisionError: a fault'


@pytest.mark.slow
def test_layers_with_another_window(tmp_path, capsys):
    config = example(tmp_path)
    capsys.readouterr()  # where NiftyNet is imported for the example, it speaks
    assert main(['layers', '-c', config, '--json', 'bottleneck']) == 0
    (before,) = json.loads(capsys.readouterr().out)
    words = ['layers', '-c', config, '--json', '--spatial_window_size', '20,24,28', 'bottleneck']
    assert main(words) == 0
    (after,) = json.loads(capsys.readouterr().out)
    assert (before['shape'], after['shape']) == ([8, 8, 8, 12], [10, 12, 14, 12])


@pytest.mark.slow
@pytest.mark.parametrize(
    'words, message',
    [
        (['--spatial_window', '4'], 'spatial_window'),
        (['--batch_size', 'many'], "argument --batch_size: invalid int value: 'many'"),
        (['--depth', '0'], '--depth 0: expected 1'),
        (['nonsense'], "'nonsense' matches nothing"),
    ],
)
def test_what_is_wrong_is_one_line(tmp_path, capfd, words, message):
    config = example(tmp_path)
    capfd.readouterr()
    assert main(['layers', '-c', config] + words) == 2
    shown = capfd.readouterr()
    assert shown.out == ''
    (line,) = shown.err.splitlines()
    assert line.startswith('net_activations: error: ') and message in line


@pytest.mark.slow
def test_what_is_told_of_another_window_goes_to_standard_error(tmp_path, capfd):
    config = example(tmp_path)
    capfd.readouterr()
    words = ['--json', '--spatial_window_size', '21,24,28', 'bottleneck']
    assert main(['layers', '-c', config] + words) == 0
    shown = capfd.readouterr()
    (found,) = json.loads(shown.out)
    assert found['shape'] == [10, 12, 14, 12]
    (line,) = shown.err.splitlines()
    assert 'on a window of 21 x 24 x 28' in line and 'the layers on 20 x 24 x 28' in line


def example(folder):
    pytest.importorskip('niftynet')
    from example_run import make_example

    return make_example(folder)


def test_the_version_is_told(capsys):
    import niftynet_activations

    with pytest.raises(SystemExit) as ended:
        main(['--version'])
    assert ended.value.code == 0
    told = capsys.readouterr().out
    assert told == 'net_activations {}\n'.format(niftynet_activations.__version__)
