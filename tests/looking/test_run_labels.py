# -*- coding: utf-8 -*-
"""Which labels a run's tables take, and which part of a segmentation NiftyNet fills."""

import numpy as np
import pandas as pd
import pytest

from niftynet_activations.errors import OptionError
from niftynet_activations.looking.run_labels import check_has_maps, filled_box, label_files
from niftynet_activations.space.network_space import NetworkSpace


def files_of(tmp_path):
    """NiftyNet's table of two subjects, one of them without labels."""
    (tmp_path / 'one.nii').touch()
    return pd.DataFrame(
        {
            'subject_id': ['7', 'two'],
            'T1': [str(tmp_path / 'a.nii'), str(tmp_path / 'b.nii')],
            'label': [str(tmp_path / 'one.nii'), float('nan')],
        }
    )


def segmentation(name):
    return 'seg_{}.nii.gz'.format(name)


def test_sources_keep_their_order_and_subjects(tmp_path):
    found = label_files(['label', 'segmentation'], files_of(tmp_path), ['7'], segmentation)
    assert list(found) == ['label', 'segmentation']
    assert found['label'] == {'7': str(tmp_path / 'one.nii')}
    assert found['segmentation'] == {'7': 'seg_7.nii.gz'}


@pytest.mark.parametrize(
    'source, message',
    [
        ('atlas', r"= 'atlas': expected segmentation or an input section .* has T1, label$"),
        ('label', r"section \[label\] has no file for subject 'two'; expected one for each"),
        ('T1', r"section \[T1\] has no file for subject '7', .*a.nii is not there"),
    ],
)
def test_a_source_without_labels_is_refused(tmp_path, source, message):
    with pytest.raises(OptionError, match=message):
        label_files([source], files_of(tmp_path), ['7', 'two'], segmentation)


def test_tables_need_a_map():
    check_has_maps([], [])
    with pytest.raises(OptionError, match="'segmentation': none of the chosen layers has spatial"):
        check_has_maps(['segmentation'], [])


@pytest.mark.parametrize(
    'padding, border, axes, start, stop',
    [
        (0, (), 3, [0, 0, 0], [5, 7, 11]),
        (0, (1, 2, 3), 3, [1, 2, 3], [4, 5, 8]),
        (2, (1, 2, 3), 3, [0, 0, 1], [5, 7, 10]),
        (0, (1,), 3, [1, 1, 1], [4, 6, 10]),
        (0, (1, 2, 3), 2, [1, 2, 0], [4, 5, 11]),
    ],
)
def test_the_filled_box_of_an_image_as_it_is(padding, border, axes, start, stop):
    space = NetworkSpace(np.eye(4), (5, 7, 11)).read().pad([padding] * 3, [padding] * 3)
    volume = [size + 2 * padding for size in (5, 7, 11)]
    assert filled_box(space, volume, border, range(axes)) == (start, stop)


def test_a_reference_volume_reaches_further_at_the_upper_end_only():
    space = NetworkSpace(np.eye(4), (5, 7, 11)).read()
    assert filled_box(space, (6, 8, 16), (2, 2, 2), range(3)) == ([2, 2, 2], [4, 6, 11])


def test_axes_that_are_exchanged_and_flipped():
    # file axes run along -y, x, z of the world; network space is right, anterior, superior
    affine = np.array([[0, 1, 0, 0], [-1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1.0]])
    space = NetworkSpace(affine, (5, 7, 11)).read('RAS')
    assert space.shape == (7, 5, 11)
    box = filled_box(space, (8, 5, 11), (1, 2, 3), range(3))
    # at the upper end of x the border falls into the extension
    assert box == ([2, 1, 3], [3, 7, 8])
