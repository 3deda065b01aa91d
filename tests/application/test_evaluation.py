# -*- coding: utf-8 -*-
"""
Evaluation is NiftyNet's own: the tables are those of the plain class, byte for byte.

That of a segmentation has a test of its own, beside its training; NiftyNet has none for
autoencoders and GANs.
"""

import nibabel as nib
import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import niftynet_activations as na  # noqa: E402

na.app  # noqa: B018  registers the options

from application_runs import CASES, PLAIN, files, make_application, ours  # noqa: E402
from configs import write_config  # noqa: E402

from niftynet_activations.host.in_process import run_niftynet  # noqa: E402

SUBJECTS = 'a', 'b', 'c'
WINDOWS = {'regression': (5, 7, 11), 'classification': (1, 1, 1)}
ROLES = {'regression': 'output', 'classification': 'label'}
ASKED = {
    'regression': 'mse,rmse,mae',
    'classification': 'niftynet.evaluation.classification_evaluations.accuracy',
}


def config_of(kind, folder):
    """What is true and what was found, as images; a value that both have is a right class."""
    (folder / 'data').mkdir()
    random = np.random.RandomState(3)
    for name in ('truth', 'found'):
        for subject in SUBJECTS:
            values = random.randint(0, 2, WINDOWS[kind]).astype(np.float32)
            path = str(folder / 'data' / '{}_{}.nii'.format(subject, name))
            nib.save(nib.Nifti1Image(values, np.eye(4)), path)
    task = dict(image='truth', inferred='found')
    task[ROLES[kind]] = 'truth'
    if kind == 'classification':
        task['num_classes'] = '2'
    changes = {
        kind.upper(): task,
        'INFERENCE': dict(save_seg_dir=str(folder / 'output')),
        'EVALUATION': dict(save_csv_dir=str(folder / 'tables'), evaluations=ASKED[kind]),
    }
    (folder / 'model').mkdir()
    names = ('truth', 'found')
    return write_config(str(folder / 'config.ini'), names, WINDOWS[kind], changes, kind.upper())


@pytest.mark.parametrize('kind', sorted(WINDOWS))
def test_the_tables_are_those_of_the_plain_application(kind, tmp_path):
    config = config_of(kind, tmp_path)
    tables = []
    for application in (PLAIN[kind], ours(kind)):
        run_niftynet(['net_run', 'evaluation', '-a', application, '-c', config])
        tables.append(files(tmp_path / 'tables'))
        for name in tables[-1]:
            (tmp_path / 'tables' / name).unlink()
    assert tables[0] and tables[1] == tables[0]
    assert any(
        ASKED[kind].rpartition('.')[2].split(',')[0].encode() in each for each in tables[0].values()
    )


@pytest.mark.parametrize('kind', sorted(set(CASES) - set(WINDOWS)))
def test_what_niftynet_does_not_evaluate(kind, tmp_path):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr('application_runs.write_weights', lambda *given: None)
        config = make_application(tmp_path / 'run', kind, subjects=['a'])
    (tmp_path / 'run' / 'model').mkdir()
    with open(config, 'a') as stream:
        stream.write('\n[EVALUATION]\nsave_csv_dir = {}\n'.format(tmp_path / 'tables'))
    told = []
    for application in (PLAIN[kind], ours(kind)):
        with pytest.raises(Exception) as caught:
            run_niftynet(['net_run', 'evaluation', '-a', application, '-c', config])
        told.append((type(caught.value), str(caught.value).partition(' object ')[2]))
    assert told == [(AttributeError, "has no attribute 'add_inferred_output'")] * 2
