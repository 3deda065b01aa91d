# -*- coding: utf-8 -*-
"""
The level ``participant`` with another application than segmentation, and on real clusters: Dask
workers on this machine, of which one fails at its first try, and jobs of a SLURM cluster. What is
written is the same to the byte, and that of a run of NiftyNet.
"""

import os
import sys

import nibabel as nib
import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')
pytest.importorskip('bids', reason='pybids is not installed')

import slurm  # noqa: E402
from application_runs import make_application, ours, run  # noqa: E402
from bids_dataset import LAYER, SHAPES, image_path, make_dataset  # noqa: E402
from toy_runs import change_config  # noqa: E402

import niftynet_activations as na  # noqa: E402
from niftynet_activations.bids_app.command_line import main  # noqa: E402
from niftynet_activations.bids_app.participant import WORK  # noqa: E402
from niftynet_activations.cohort.engines import JOBS  # noqa: E402
from niftynet_activations.cohort.records import RECORDS  # noqa: E402

SECTIONS = {'T1': 'T1w', 'T2': 'T2w'}
# a module that the process of a task imports at its start: the first try of a participant fails
ONCE = """
import os, sys
if 'niftynet_activations.cohort.task' in open('/proc/self/cmdline').read().split(chr(0)):
    from niftynet_activations.cohort import recorder
    begun = recorder.Recorder.begun
    def fail_once(self, subject):
        begun(self, subject)
        if subject == 'sub-02_ses-a' and not os.path.exists({0!r}):
            open({0!r}, 'w').close()
            raise OSError('the disk has gone')
    recorder.Recorder.begun = fail_once
"""


@pytest.fixture(scope='module')
def data(tmp_path_factory):
    """:return: folder with the dataset and the derivatives of a run in one process"""
    folder = tmp_path_factory.mktemp('bids')
    make_dataset(folder / 'raw', suffixes=tuple(SECTIONS.values()))
    make_application(folder / 'model', 'regression')
    assert main(app_words(folder, folder / 'out')) == 0
    return folder


def app_words(folder, output):
    config = str(folder / 'model' / 'config.ini')
    words = [str(folder / 'raw'), str(output), 'participant', '--config', config]
    return words + ['-a', ours('regression'), '--activation_layers', LAYER]


def derivatives(output):
    """:return: path in the folder -> the bytes of the file, without those of the work folder"""
    found = {}
    for path in output.glob('**/*'):
        if path.is_file() and WORK not in path.parts:
            found[str(path.relative_to(output))] = path.read_bytes()
    return found


def test_a_regression_is_that_of_niftynet(data, tmp_path):
    for unit in SHAPES:
        for section, suffix in SECTIONS.items():
            name = '{}_{}.nii.gz'.format(unit.replace('-', ''), section)
            os.symlink(image_path(data / 'raw', unit, suffix), str(tmp_path / name))
    text = (data / 'model' / 'config.ini').read_text()
    (tmp_path / 'config.ini').write_text(text)
    sections = {section: {'path_to_search': tmp_path} for section in SECTIONS}
    config = change_config(str(tmp_path / 'config.ini'), sections)
    run(ours('regression'), config, tmp_path / 'single', '--activation_layers', LAYER)
    wanted, found = na.open_activations(tmp_path / 'single'), na.open_activations(data / 'out')
    assert found.subjects == sorted(SHAPES)
    for unit in SHAPES:
        name = unit.replace('-', '')
        np.testing.assert_array_equal(found[unit, LAYER].data, wanted[name, LAYER].data)
        (path,) = (data / 'out').glob('sub-*/**/{}_desc-toynet_output.nii.gz'.format(unit))
        theirs = nib.load(str(tmp_path / 'single' / 'window_reg_{}_x.nii.gz'.format(name)))
        np.testing.assert_array_equal(nib.load(str(path)).dataobj, theirs.dataobj)


def test_a_dask_cluster_and_a_second_try(data, tmp_path, capfd):
    pytest.importorskip('distributed', reason="pip install 'niftynet_activations[cluster]'")
    from dask_cluster import Cluster

    failed = tmp_path / 'failed'
    (tmp_path / 'sitecustomize.py').write_text(ONCE.format(str(failed)))
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join([str(tmp_path)] + sys.path))
    cluster = Cluster(tmp_path / 'dask', environment)
    try:
        cluster.start({'x': []})
        words = app_words(data, tmp_path / 'out')
        assert main(words + ['--scheduler', cluster.address, '--retries', '1']) == 0
    finally:
        cluster.stop()
    assert failed.exists() and '3 of 3 subjects done' in capfd.readouterr().err
    assert derivatives(tmp_path / 'out') == derivatives(data / 'out')


def test_jobs_of_slurm(data, tmp_path, monkeypatch):
    pytest.importorskip('dask_jobqueue', reason="pip install 'niftynet_activations[cluster]'")
    reason = slurm.missing()
    if reason:
        pytest.skip('no SLURM cluster can be started here: ' + reason)
    cluster = slurm.Cluster(tmp_path / 'slurm')
    try:
        cluster.start()
        words = app_words(data, tmp_path / 'out')
        words += ['--slurm', 'cores=1,memory=1GB,walltime=00:30:00,interface=lo', '--workers', '1']
        for name in ('SLURM_CONF', 'PATH'):
            monkeypatch.setenv(name, cluster.environment[name])
        monkeypatch.setenv('PYTHONPATH', os.pathsep.join(sys.path))
        assert main(words) == 0
    finally:
        cluster.stop()
    assert list((tmp_path / 'out' / WORK / 'maps' / RECORDS / JOBS).iterdir())
    assert derivatives(tmp_path / 'out') == derivatives(data / 'out')
