# -*- coding: utf-8 -*-
"""The Python examples of docs/reaching_inside.md, run as they stand on NiftyNet's toynet."""

import os
import re
import sys

import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import random_checkpoint  # noqa: E402
from inference_runs import run_plain, segmentations  # noqa: E402
from small_configs import DEFAULT, small_config  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PAGE = os.path.join(ROOT, 'docs', 'reaching_inside.md')
MODULE = 'marked_network'


@pytest.fixture
def names(tmp_path, monkeypatch):
    """Run the page in a folder that has a config and a checkpoint; give what it leaves."""
    path = small_config('toynet', tmp_path, *DEFAULT)
    os.rename(path, str(tmp_path / 'config.ini'))
    random_checkpoint.write_checkpoint(str(tmp_path / 'config.ini'), str(tmp_path / 'model'))
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    found = {}
    for block in python_blocks():
        if block.startswith('# {}.py'.format(MODULE)):
            (tmp_path / (MODULE + '.py')).write_text(block)
        else:
            exec(compile(block, PAGE, 'exec'), found)
    yield found
    sys.modules.pop(MODULE, None)


def python_blocks():
    with open(PAGE, encoding='utf-8') as stream:
        return re.findall(r'^```python\n(.*?)^```', stream.read(), re.DOTALL | re.MULTILINE)


def test_reaching_inside(names, tmp_path):
    features = np.asarray(names['by_name'].data)
    assert features.shape == DEFAULT[0] + (10,) and features.std() > 0
    np.testing.assert_array_equal(names['point'].data, features)
    assert names['point'].info['type'] == 'ActivationPoint'
    length = np.sqrt(np.maximum((features**2).sum(axis=-1, keepdims=True), 1e-12))
    np.testing.assert_allclose(names['hooked'].data, features / length, atol=1e-6)
    assert names['name'].startswith('op.worker_0/ToyNet/conv_input_bn_relu/')
    # what the shift and the rectifier turn into the features, channel by channel
    shift = np.where(features > 0, features - names['operation'].data, np.nan)
    assert np.nanmax(np.nanstd(shift, axis=(0, 1, 2))) < 1e-5
    changed = np.asarray(names['without'].data)
    assert not changed[..., 3].any() and features[..., 3].any()
    np.testing.assert_array_equal(np.delete(changed, 3, -1), np.delete(features, 3, -1))
    assert names['without'].info['interventions'][0]['function'].endswith('without_channel_3')
    assert all('_intervened' in name for name in segmentations(tmp_path / 'maps_of_changed'))
    # the last of the ordinary runs, the one with the hook, has left the segmentation
    run_plain(tmp_path / 'config.ini', tmp_path / 'plain')
    assert segmentations(tmp_path / 'maps_by_hook') == segmentations(tmp_path / 'plain')
