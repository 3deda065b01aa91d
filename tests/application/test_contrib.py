# -*- coding: utf-8 -*-
"""Applications of niftynet.contrib: what docs/applications.md says of each."""

import os

import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import niftynet_activations as na  # noqa: E402

na.app  # noqa: B018  registers the options

import contrib_applications  # noqa: E402
from application_runs import make_application, write_weights  # noqa: E402

from niftynet_activations.host.applications import name_of  # noqa: E402
from niftynet_activations.host.in_process import run_niftynet  # noqa: E402

CONTRIB = 'niftynet.contrib.'
# why NiftyNet's own class cannot be run in inference
FAIL = {
    'segmentation_selective_sampler.ss_app.SelectiveSampling': 'is_training|set attribute',
    'learning_rate_schedule.decay_lr_application.DecayLearningRateApplication': "'lr'",
    'csv_reader.segmentation_application_patchsampler.SegmentationApplicationPatchSampler': (
        'csv_reader_names'
    ),
}


def prepared(folder, section, application):
    """A config of that section with weights."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr('application_runs.write_weights', lambda *given: None)
        config = make_application(folder, 'regression', subjects=['a'])
    with open(config) as lines:
        text = lines.read()
    if section == 'SEGMENTATION':
        text = text.replace('[REGRESSION]', '[SEGMENTATION]')
        text = text.replace('output = T2', 'label = T2\nnum_classes = 3')
    with open(config, 'w') as target:
        target.write(text)
    write_weights(config, application)
    return config


@pytest.mark.parametrize('kind', ['MultiOutput', 'Boosted', 'Sampled', 'Augmented'])
def test_those_that_run(kind, tmp_path):
    ours = getattr(contrib_applications, kind)
    plain = next(each for each in ours.__mro__ if each.__module__.startswith(CONTRIB))
    name = 'contrib_applications.' + kind
    config = prepared(tmp_path / 'run', ours.REQUIRED_CONFIG_SECTION, name)
    for application, folder in ((name_of(plain), 'plain'), (name, 'ours')):
        words = ['net_run', 'inference', '-a', application, '-c', config]
        run_niftynet(words + ['--save_seg_dir', str(tmp_path / folder)])
    results = [each for each in os.listdir(str(tmp_path / 'plain')) if each != 'inferred.csv']
    assert results
    for each in results:
        assert (tmp_path / 'ours' / each).read_bytes() == (tmp_path / 'plain' / each).read_bytes()
    one = na.open_activations(str(tmp_path / 'ours'))['a', 'conv_input_bn_relu']
    assert one.data.shape[3] == 10 and np.isfinite(one.data).all()


@pytest.mark.parametrize('name', sorted(FAIL))
def test_those_that_niftynet_itself_cannot_run(name, tmp_path):
    config = prepared(tmp_path / 'run', 'SEGMENTATION', 'niftynet_activations.app')
    words = ['net_run', 'inference', '-a', CONTRIB + name, '-c', config]
    with pytest.raises((AttributeError, NameError), match=FAIL[name]):
        run_niftynet(words + ['--save_seg_dir', str(tmp_path / 'out')])
