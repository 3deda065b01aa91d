# -*- coding: utf-8 -*-
"""Names of layers as labels, and names of files as BIDS has them."""

import pytest

from niftynet_activations.bids_app import names


@pytest.mark.parametrize(
    'layer,label',
    [
        ('conv_input_bn_relu', 'convInputBnRelu'),
        ('res_2_0/conv_1', 'res2x0Conv1'),
        ('res_20/conv_1', 'res20Conv1'),
        ('logits', 'logits'),
        ('op.worker_0/ToyNet/conv', 'opWorker0ToyNetConv'),
        ('conv_0/pca', 'conv0Pca'),
    ],
)
def test_labels(layer, label):
    assert names.label_of(layer) == label


def test_no_two_labels_are_alike():
    layers = ['conv_1', 'conv.1', 'conv_1:1', 'conv_11', 'CONV_1', '***', 'a' * 300, 'pool']
    found = names.labels_of(layers)
    assert len({label.lower() for label in found.values()}) == len(layers)
    assert all(label.isalnum() and len(label) < 100 for label in found.values())
    assert found['pool'] == 'pool' and found['conv_11'] == 'conv11'
    # whatever else is chosen beside them
    assert names.labels_of(layers[::-1]) == found


def test_entities_that_inputs_share():
    paths = [
        '/d/sub-1/ses-2/anat/sub-1_ses-2_acq-fast_run-1_space-MNI_desc-preproc_T1w.nii.gz',
        '/d/sub-1/ses-2/anat/sub-1_ses-2_acq-slow_run-1_space-MNI_FLAIR.nii',
    ]
    assert names.shared_entities(paths) == [('run', '1'), ('space', 'MNI')]
    assert names.shared_entities(paths[:1])[0] == ('acq', 'fast')
    assert [names.datatype_of(each) for each in (paths[0], '/d/sub-1/x.nii')] == ['anat', 'anat']
    assert names.datatype_of('/d/sub-1/ses-2/perf/x.nii') == 'perf'
    assert names.suffix_of(paths[1]) == 'FLAIR'


def test_addresses_of_inputs():
    roots = {'raw': '/d', 'masks': '/d/derivatives/masks'}
    assert names.uri_of('/d/sub-1/x.nii', roots) == 'bids:raw:sub-1/x.nii'
    assert names.uri_of('/d/derivatives/masks/sub-1/x.nii', roots) == 'bids:masks:sub-1/x.nii'
    assert names.uri_of('/dd/x.nii', roots) == '/dd/x.nii'
