# -*- coding: utf-8 -*-
"""``get_data`` of nibabel's images, against nibabel 4."""

import nibabel as nib
import numpy as np
import pytest
from nibabel.dataobj_images import DataobjImage

from niftynet_tf2 import nibabel_names

from . import tables


@pytest.fixture(autouse=True)
def supplied(monkeypatch):
    """The stand-in, whatever nibabel this is, taken away again afterwards."""
    monkeypatch.setattr(DataobjImage, 'get_data', nibabel_names.get_data)


def test_types_and_values_are_those_of_nibabel_4(stored_tables):
    assert tables.image_data() == stored_tables['image_data']


def test_the_array_is_kept_unless_told_otherwise(tmp_path):
    path = str(tmp_path / 'image.nii')
    nib.save(nib.Nifti1Image(np.ones((5, 7, 11), np.int16), np.eye(4)), path)
    image = nib.load(path)
    assert image.get_data(caching='unchanged') is not image.get_data(caching='unchanged')
    assert image.get_data() is image.get_data()


def test_another_way_of_keeping_is_an_error():
    image = nib.Nifti1Image(np.ones((5, 7, 11), np.int16), np.eye(4))
    with pytest.raises(ValueError, match="caching is 'always'; expected 'fill' or 'unchanged'"):
        image.get_data(caching='always')


def test_supply_leaves_older_nibabel_alone(monkeypatch):
    original = DataobjImage.get_fdata
    monkeypatch.setattr(DataobjImage, 'get_data', original)
    monkeypatch.setattr(nib, '__version__', '4.0.2')
    nibabel_names.supply()
    assert DataobjImage.get_data is original
    monkeypatch.setattr(nib, '__version__', '5.4.2')
    nibabel_names.supply()
    assert DataobjImage.get_data is nibabel_names.get_data
