# -*- coding: utf-8 -*-
"""
Copies of the example run with one fault each, and the program's error messages for them.
"""

import configparser
import os
import shutil

from niftynet_activations.command_line import main


def copy_of(example, folder, change=None, models=None):
    """
    :param example: path of a config that :func:`example_run.make_example` wrote
    :param folder: a ``pathlib.Path`` that does not exist yet, for the copy
    :param change: function that changes the copy's ``configparser.ConfigParser``
    :param models: function that changes the copy's folder ``models``, a ``pathlib.Path``
    :return: path of the copy's config; its images are those of the example
    """
    config = configparser.ConfigParser()
    config.read(example)
    shutil.copytree(os.path.join(os.path.dirname(example), 'models'), str(folder / 'models'))
    config['SYSTEM']['model_dir'] = str(folder)
    if change is not None:
        change(config)
    if models is not None:
        models(folder / 'models')
    with open(str(folder / 'config.ini'), 'w') as stream:
        config.write(stream)
    return str(folder / 'config.ini')


def told(capfd, *words):
    """
    Run a ``net_activations`` command that fails.

    :param capfd: pytest's
    :param words: words of the command line after ``net_activations``
    :return: exit status, and the message of its only line
    """
    capfd.readouterr()
    status = main([str(word) for word in words])
    shown = capfd.readouterr()
    assert shown.out == ''
    lines = [line for line in shown.err.splitlines() if not _of_tensorflow(line)]
    assert len(lines) == 1, shown.err
    before, _, message = lines[0].partition('net_activations: error: ')
    assert before == ''
    return status, message


def _of_tensorflow(line):
    """Say whether a line comes from TensorFlow's C++ code, whose lines begin with the time."""
    return line[1:5].isdigit() and line[0] in 'IWEF' or line[:4].isdigit()
