# -*- coding: utf-8 -*-
"""The example of an application of a user's own with a further input."""

import os
import sys

import nibabel as nib
import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import niftynet_activations as na  # noqa: E402

na.app  # noqa: B018  registers the options

from application_runs import AFFINE, write_weights  # noqa: E402
from inference_runs import segmentations  # noqa: E402
from random_checkpoint import tf  # noqa: E402
from toy_runs import change_config  # noqa: E402

from niftynet_activations.capturing.building import build_network  # noqa: E402
from niftynet_activations.errors import InputError  # noqa: E402
from niftynet_activations.host.config import read_config  # noqa: E402
from niftynet_activations.host.in_process import run_niftynet  # noqa: E402
from niftynet_activations.verification.verify import verify_config  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MODULE = 'extensions.guided_segmentation.application'
SHAPE = (17, 21, 23)


@pytest.fixture(scope='module')
def guided(tmp_path_factory):
    """Path of the example's config on a subject of two inputs, and the inputs."""
    if ROOT not in sys.path:
        sys.path.append(ROOT)
    folder = tmp_path_factory.mktemp('guided')
    random = np.random.RandomState(5)
    inputs = []
    for name in ('T1', 'coarse'):
        inputs.append(random.normal(size=SHAPE).astype(np.float32))
        nib.save(nib.Nifti1Image(inputs[-1], AFFINE), str(folder / 'one_{}.nii.gz'.format(name)))
    path = str(folder / 'config.ini')
    with open(os.path.join(ROOT, 'extensions', 'guided_segmentation', 'config.ini')) as lines:
        text = lines.read()
    with open(path, 'w') as target:
        target.write(text)
    search = {'path_to_search': folder}
    system = {'model_dir': folder / 'model', 'num_threads': 1, 'num_gpus': 0}
    change_config(path, {'T1': search, 'coarse': search, 'SYSTEM': system})
    write_weights(path, MODULE + '.App')
    return path, np.stack(inputs, axis=-1)


@pytest.fixture(scope='module')
def direct(guided):
    """The features of one pass over the padded volume, cut to the image, by TensorFlow alone."""
    path, inputs = guided
    config = read_config(path, (), MODULE + '.App')
    padded = np.stack([np.pad(inputs[..., c], 2, mode='minimum') for c in (0, 1)], axis=-1)
    record = build_network(config, config.application, padded.shape[:3])
    graph = record.image.graph
    with graph.as_default(), tf.Session() as session:
        model = os.path.join(config.system['SYSTEM'].model_dir, 'models', 'model.ckpt-1')
        tf.train.Saver().restore(session, model)
        (features,) = [call.output for call in record.calls if call.name == 'conv_input_bn_relu']
        return session.run(features, {record.image: padded[np.newaxis]})[0, 2:-2, 2:-2, 2:-2]


@pytest.mark.parametrize('way', ['windows', 'aligned', 'whole'])
def test_maps_are_those_of_both_inputs(way, guided, direct, tmp_path):
    options = {'windows': [], 'aligned': ['--activation_grid', 'aligned']}
    words = options.get(way, ['--activation_pass', 'whole'])
    config, _ = guided
    common = ['-c', config, '--save_seg_dir', str(tmp_path / 'ours')]
    run_niftynet(['net_run', 'inference', '-a', MODULE + '.App'] + common + words)
    one = na.open_activations(str(tmp_path / 'ours'))['one', 'conv_input_bn_relu']
    assert one.info['exact'] is True
    np.testing.assert_allclose(one.data, direct, atol=2e-5)
    np.testing.assert_allclose(one.affine, AFFINE, atol=1e-5)
    if way == 'windows':
        plain = ['--save_seg_dir', str(tmp_path / 'plain'), '--activation_layers', 'none']
        run_niftynet(
            ['net_run', 'inference', '-a', MODULE + '.GuidedSegmentation', '-c', config] + plain
        )
        assert segmentations(tmp_path / 'plain') == segmentations(tmp_path / 'ours') != {}


def test_verify_reads_both_inputs(guided):
    found = verify_config(guided[0], ['--activation_grid', 'aligned'], MODULE + '.App')
    (layer,) = found.layers
    assert layer.exact and layer.samples and layer.share < 1e-5


def test_an_extractor_takes_both_inputs(guided, direct):
    path, inputs = guided
    layer = 'conv_input_bn_relu'
    given = {name: (inputs[..., c], AFFINE) for c, name in enumerate(('T1', 'coarse'))}
    with na.Extractor(path, layer, application=MODULE + '.App') as extract:
        with pytest.raises(InputError, match="^no image for input section 'coarse'"):
            extract({'T1': given['T1']})
        one = extract(given)['subject', layer]
    assert one.info['exact'] is True
    np.testing.assert_allclose(one.data, direct, atol=2e-5)
    np.testing.assert_allclose(one.affine, AFFINE, atol=1e-5)
