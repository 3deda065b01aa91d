# -*- coding: utf-8 -*-
"""What the headers of a subject's files tell."""

import nibabel as nib
import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from niftynet.io.image_reader import ImageReader  # noqa: E402

from niftynet_activations.host.image_checks import (  # noqa: E402
    header_fault,
    image_fault,
    odd_channels,
    odd_images,
    window_fault,
)
from niftynet_activations.host.subjects import Subject  # noqa: E402

RGB = [('R', 'u1'), ('G', 'u1'), ('B', 'u1')]


def save(folder, shape, dtype=np.float32, name='a.nii'):
    path = str(folder / name)
    nib.save(nib.Nifti1Image(np.zeros(shape, dtype), np.eye(4)), path)
    return path


def read(*paths):
    """NiftyNet's image object of one or several files."""
    import pandas

    names = ['s{}'.format(number) for number in range(len(paths))]
    row = pandas.DataFrame([dict(zip(names, paths), subject_id='x')])
    sections = {name: dict(interp_order=1, path_to_search='') for name in names}
    reader = ImageReader(['image']).initialise(sections, {'image': names}, row)
    return reader.output_list[0]['image']


def test_headers_that_fit(tmp_path):
    paths = [save(tmp_path, (5, 7, 11), name=name) for name in ('a.nii', 'b.nii')]
    assert header_fault(paths, [None, 'nibabel']) == ''


@pytest.mark.parametrize('shape', [(5, 7, 12), (5, 7), (5, 7, 11, 2)])
def test_modalities_of_other_sizes(tmp_path, shape):
    paths = [save(tmp_path, (5, 7, 11)), save(tmp_path, shape, name='b.nii')]
    fault = header_fault(paths, [None, None])
    assert fault.startswith("'{}' has 5 x 7 x 11 voxels and '{}' ".format(*paths))
    assert fault.endswith('resample one to the grid of the other')


def test_the_loader_is_not_dropped(tmp_path):
    fault = header_fault([save(tmp_path, (5, 7, 11))], ['nonsense'])
    assert 'Image Loader nonsense not supported' in fault


@pytest.mark.parametrize(
    'shape, dtype, said',
    [
        ((5, 7, 11), np.uint8, ''),
        ((5, 7, 11), np.float64, ''),
        ((5, 7), np.int16, ''),
        ((5, 7, 1), np.int16, ''),
        ((5, 7, 11, 4), np.float32, ''),  # NiftyNet takes them for channels
        ((5, 7, 11, 1, 4), np.float32, ''),
        ((5, 7, 11), RGB, 'has colours for voxels'),
        ((5, 7, 11), np.complex64, 'has complex64 numbers for voxels'),
        ((5, 7, 11, 3, 2), np.float32, 'has 3 time points and, with'),
        ((1, 7, 11), np.float32, 'reads its 1 x 7 x 11 voxels as 11 x 7 x 1 and'),
        ((5, 1, 11), np.float32, 'reads its 5 x 1 x 11 voxels as 5 x 11 x 1 and'),
        ((1, 1, 11), np.float32, 'reads its 1 x 1 x 11 voxels as 11 x 1 x 1 and'),
    ],
)
def test_voxels(tmp_path, shape, dtype, said):
    fault = image_fault(read(save(tmp_path, shape, dtype)))
    assert said in fault and bool(said) == bool(fault)


def test_time_points_of_two_files(tmp_path):
    paths = [save(tmp_path, (5, 7, 11, 3), name=name) for name in ('a.nii', 'b.nii')]
    assert 'has 3 time points and, with its subject' in image_fault(read(*paths))


def test_most_subjects_decide_and_then_the_first():
    one, time, four = (9, 9, 9, 1, 1), (9, 9, 9, 3, 1), (9, 9, 9, 1, 4)
    assert odd_channels([one, one]) == ['', '']
    odd = odd_channels([time, one, one, four])
    assert [bool(each) for each in odd] == [True, False, False, True]
    assert odd[0].startswith('it has 3 time points and most subjects have 1 channel')
    assert odd[3].startswith('it has 4 channels and most subjects have 1 channel')
    assert [bool(each) for each in odd_channels([four, one])] == [False, True]


def test_what_cannot_be_read_does_not_count(tmp_path):
    """Two in colour and one of four channels: the latter is not odd among those that are left."""

    class Reader(object):
        num_subjects = 3
        output_list = [
            {'image': read(save(tmp_path, (5, 7, 11), RGB, 'a.nii'))},
            {'image': read(save(tmp_path, (5, 7, 11), RGB, 'b.nii'))},
            {'image': read(save(tmp_path, (5, 7, 11, 4), name='c.nii'))},
        ]

        def get_subject_id(self, index):
            return 'abc'[index]

    assert [each.subject for each in odd_images(Reader())] == ['a', 'b']


def test_a_window_larger_than_the_volume():
    subject = Subject(0, 'a', None, (5, 7, 11), (9, 11, 15), ((2, 2),) * 3, (9, 11, 15))
    assert window_fault(subject) == ''
    fault = window_fault(subject._replace(window=(9, 12, 1)))
    assert 'window of 9 x 12 x 1 voxels is larger than the volume, 9 x 11 x 15' in fault
