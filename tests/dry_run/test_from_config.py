"""``net_activations plan``: its lines are those of the run's log, and nothing is computed."""

import json
import os
from types import SimpleNamespace

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from inference_runs import maps, run_activations  # noqa: E402
from toy_runs import LAYER, make_toy  # noqa: E402

from niftynet_activations.application import preparation  # noqa: E402
from niftynet_activations.command_line import main  # noqa: E402

SHAPES = {'a': (17, 19, 23), 'b': (17, 19, 23), 'c': (21, 18, 25)}
OPTIONS = ['--activation_layers', LAYER]
WHOLE = ['--activation_pass', 'whole', '--activation_segmentation', 'none']


@pytest.fixture(scope='module')
def config(tmp_path_factory):
    return make_toy(tmp_path_factory.mktemp('plan') / 'toy', SHAPES)


def plan(capsys, config, *options):
    status = main(['plan', '-c', config] + OPTIONS + list(options))
    told = capsys.readouterr()
    assert status == 0, told.err
    return told.out


@pytest.mark.parametrize('options', [[], WHOLE])
def test_the_run_does_what_the_plan_says(config, tmp_path, capsys, monkeypatch, options):
    folder = tmp_path / 'out'
    words = options + ['--save_seg_dir', str(folder)]
    lines = plan(capsys, config, *words).splitlines()
    assert not folder.exists()  # neither a window nor a folder was made
    found = json.loads(plan(capsys, config, '--json', *words))
    told = []
    monkeypatch.setattr(preparation, 'LOGGER', SimpleNamespace(info=told.append))
    run_activations(config, folder, *OPTIONS, *options)
    assert told == lines
    assert [way['subjects'] for way in found['ways']] == [['a', 'b'], ['c']]
    (one,) = found['maps']
    assert one['layer'] == LAYER and one['subjects'] == 3
    made = maps(folder)
    sizes = [os.path.getsize(str(path)) for path in folder.glob('activation_*.nii.gz')]
    assert len(sizes) == 3 and sum(sizes) < found['bytes'] == one['bytes']
    for way in found['ways']:
        (stage,) = way['stages']
        info = made[way['subjects'][0], LAYER][1]
        counts = stage['windows']
        assert info['windows'] == counts[0] * counts[1] * counts[2]


def test_what_a_run_would_refuse_is_refused(config, capsys):
    assert main(['plan', '-c', config, '--activation_layers', 'no_such_layer']) == 2
    told = capsys.readouterr()
    assert not told.out and told.err.count('\n') == 1 and "'no_such_layer'" in told.err
    assert main(['plan', '-c', config, '--activation_memory', '0.001'] + OPTIONS) == 2
    assert 'activation_memory' in capsys.readouterr().err
