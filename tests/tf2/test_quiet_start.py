# -*- coding: utf-8 -*-
"""Start-up lines that tell nothing stay off the screen of NiftyNet's commands; others do not."""

import logging
import os
import signal
import subprocess
import sys

import pytest

from niftynet_tf2 import quiet_start

ONEDNN = 'I0000 port.cc:153] oneDNN custom operations are on. You may see slightly different'
CUDA = 'I0000 cudart_stub.cc:31] Could not find cuda drivers on your machine, GPU will not be used.'
OPTIONAL = 'Optional Python module cv2 not found, please install cv2 and retry'


def run(code, name='net_run', **environment):
    """Run Python code as a program of this name that is about to import NiftyNet."""
    start = 'import os, sys; sys.argv[0] = {!r}; from niftynet_tf2 import quiet_start\n'.format(
        name
    )
    return subprocess.run(
        [sys.executable, '-c', start + code],
        env=dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path), **environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


WRITES = (
    'with quiet_start.quiet_start():\n'
    '    os.write(2, b{!r})\n'
    '    sys.stderr.write("after\\n")\n'
    'os.write(2, b"behind\\n")\n'
).format('{}\nE0000 of value\n{}\n'.format(ONEDNN, CUDA))


def test_noise_is_held_back_and_the_rest_is_shown_in_order():
    assert run(WRITES).stderr.decode() == 'E0000 of value\nafter\nbehind\n'


@pytest.mark.parametrize('name, level', [('python', '2'), ('net_run', '0')])
def test_other_programs_and_those_who_ask_see_everything(name, level):
    said = run(WRITES, name, TF_CPP_MIN_LOG_LEVEL=level).stderr.decode()
    assert ONEDNN in said and CUDA in said


def test_the_last_words_of_a_process_that_is_aborted_are_shown():
    done = run(
        'with quiet_start.quiet_start():\n    os.write(2, b"F0000 no AVX\\n")\n    os.abort()'
    )
    assert (done.returncode, done.stderr.decode()) == (-signal.SIGABRT, 'F0000 no AVX\n')


def test_an_error_within_is_printed_as_ever():
    done = run('with quiet_start.quiet_start():\n    import no_such_module')
    assert done.returncode == 1 and b"No module named 'no_such_module'" in done.stderr


def test_the_log_file_gets_what_was_held_back(tmp_path, capsys):
    logger, held = logging.getLogger(quiet_start.LOGGER), quiet_start.HeldBack()
    before = list(logger.handlers), logger.level, logger.propagate
    file = None
    logger.handlers, logger.propagate = [logging.StreamHandler(sys.stdout)], False
    logger.setLevel(logging.INFO)
    logger.addFilter(held)
    try:
        logger.critical(OPTIONAL)
        held.lines += [ONEDNN, CUDA]
        logger.info('of value')
        file = logging.FileHandler(str(tmp_path / 'log'))
        logger.addHandler(file)
        logger.info('starting')
        logger.info('From %s: The name tf.x is deprecated. Please use tf.compat.v1.x instead.', 'y')
    finally:
        logger.removeFilter(held)
        logger.handlers, logger.level, logger.propagate = before
        if file is not None:
            file.close()
    assert capsys.readouterr().out == 'of value\nstarting\n'
    lines = (tmp_path / 'log').read_text().splitlines()
    assert lines[:4] == [OPTIONAL, ONEDNN, CUDA, 'starting'] and lines[4].startswith('From y')


@pytest.mark.slow
def test_commands_are_quiet(tmp_path):
    pytest.importorskip('niftynet')
    from example_run import make_example

    config = make_example(tmp_path)
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path))
    environment.pop('TF_CPP_MIN_LOG_LEVEL', None)
    # outside of a repository NiftyNet asks pkg_resources for its version, which warns
    environment['GIT_CEILING_DIRECTORIES'] = os.path.dirname(os.path.dirname(sys.executable))
    words = ['-c', config]
    programs = {
        'net_run': ('niftynet', ['inference', '-a', 'niftynet_activations.app'] + words),
        'net_activations': ('niftynet_activations.command_line', ['layers'] + words),
    }
    for name, (module, arguments) in programs.items():
        code = 'import sys; sys.argv[0] = {!r}; from {} import main; sys.exit(main())'
        done = subprocess.run(
            [sys.executable, '-c', code.format(name, module)] + arguments,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert (done.returncode, done.stderr.decode()) == (0, '')
        said = done.stdout.decode()
        for noise in ('oneDNN', 'Optional Python module', 'pkg_resources', 'is deprecated'):
            assert noise not in said
    log = (tmp_path / 'inference_niftynet_log').read_text()
    assert 'Optional Python module' in log
