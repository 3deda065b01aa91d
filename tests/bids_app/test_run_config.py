# -*- coding: utf-8 -*-
"""The config and the lists that the cohort of the units runs with."""

import os

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import inference_runs  # noqa: E402, F401  before what it has to adapt
from bids_dataset import make_model  # noqa: E402
from small_configs import read  # noqa: E402
from toy_runs import change_config  # noqa: E402

from niftynet_activations.bids_app import run_config  # noqa: E402
from niftynet_activations.bids_app.units import Unit  # noqa: E402
from niftynet_activations.errors import OptionError  # noqa: E402
from niftynet_activations.host.config import read_config  # noqa: E402

UNITS = [
    Unit('01', None, {'T1': '/raw/50% of, all/a.nii', 'FLAIR': '/raw/b.nii'}),
    Unit('02', 'a', {'T1': '/raw/c.nii'}),
]
OWN = {
    'label': {'path_to_search': 'labels'},
    'SEGMENTATION': {'label': 'label'},
    'INFERENCE': {'save_seg_dir': 'elsewhere'},
}


@pytest.fixture(scope='module')
def model(tmp_path_factory):
    return change_config(make_model(tmp_path_factory.mktemp('config') / 'toy'), OWN)


def test_lists_take_the_place_of_searching(model, tmp_path):
    config = read_config(model)
    path = run_config.write_inputs(str(tmp_path / '100%'), model, config, UNITS)
    found = read_config(path)
    assert list(found.inputs) == ['T1', 'FLAIR']  # of [label] no unit has a file
    assert not getattr(found.inputs['T1'], 'path_to_search', None)
    with open(found.inputs['T1'].csv_file) as stream:
        assert stream.read() == 'sub-01,"/raw/50% of, all/a.nii"\nsub-02_ses-a,/raw/c.nii\n'
    assert found.inputs['T1'].interp_order == config.inputs['T1'].interp_order
    # a model beside the user's config is not looked for beside this one
    assert found.system['SYSTEM'].model_dir == os.path.join(os.path.dirname(model), 'model')
    assert not read(path).has_option('INFERENCE', 'save_seg_dir')


def test_the_same_units_share_a_folder(model, tmp_path):
    config = read_config(model)
    first = run_config.write_inputs(str(tmp_path), model, config, UNITS)
    before = os.stat(first).st_ctime_ns
    assert run_config.write_inputs(str(tmp_path), model, config, UNITS) == first
    assert run_config.write_inputs(str(tmp_path), model, config, UNITS[:1]) != first
    assert os.stat(first).st_ctime_ns == before


def test_sections_that_inference_needs(model):
    assert run_config.needed_sections(read_config(model)) == ['T1', 'FLAIR']
    words = ['--activation_tables=segmentation,label', '--activation_mask=T1']
    assert run_config.needed_sections(read_config(model, words)) == ['T1', 'FLAIR', 'label']


def test_what_has_no_bids_name(model):
    run_config.check_options(read_config(model))
    with pytest.raises(OptionError, match='writes one file a map'):
        run_config.check_options(read_config(model, ['--activation_layout=split']))
