# -*- coding: utf-8 -*-
"""Readers get the subjects that NiftyNet can take; the others are told with a reason."""

import os

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import niftynet_activations as na  # noqa: E402

na.app  # noqa: B018  registers the options

from application_runs import make_application, ours, run  # noqa: E402

from niftynet_activations.errors import InputError  # noqa: E402


def test_a_subject_whose_file_is_cut_short_is_left_out(tmp_path):
    """Of another application than segmentation, whose input has another name in no message."""
    config = make_application(tmp_path, 'regression')
    path = str(tmp_path / 'data' / 'b_T1.nii.gz')
    with open(path, 'r+b') as stream:
        stream.truncate(os.path.getsize(path) // 2)
    folder = tmp_path / 'out'
    with pytest.raises(InputError, match="'b'"):
        run(ours('regression'), config, folder, '--activation_layers', 'logits')
    assert (folder / 'window_reg_a_x.nii.gz').exists()
    assert {subject for subject, _ in na.open_activations(str(folder))} == {'a'}


def test_no_subject_is_left(tmp_path):
    config = make_application(tmp_path, 'regression', subjects=['a'])
    (tmp_path / 'data' / 'a_T1.nii.gz').write_bytes(b'no image')
    with pytest.raises(InputError, match='no subject'):
        run(ours('regression'), config, tmp_path / 'out')
