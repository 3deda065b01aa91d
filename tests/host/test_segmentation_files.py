# -*- coding: utf-8 -*-
"""NiftyNet's own results get their names when they are complete, and its lines name them so."""

import logging
import os

import pytest

from niftynet_activations.errors import WriteError
from niftynet_activations.host.segmentation_files import SegmentationFiles, segmentation_name
from niftynet_activations.store.folder import OutputFolder


def test_a_result_appears_when_it_is_published(tmp_path, caplog):
    with caplog.at_level(logging.INFO, 'tensorflow'):
        with OutputFolder(str(tmp_path)) as folder:
            results = SegmentationFiles(folder)
            name = segmentation_name('a', 'x')
            with results.writing('a') as hidden:
                os.makedirs(hidden)  # NiftyNet makes its folder
                path = os.path.join(hidden, name)
                with open(path, 'w') as target:
                    target.write('whole')
                logging.getLogger('tensorflow').info('Saved %s' % path)
                assert not (tmp_path / name).exists()
            assert results.publish(name) == results.folder == str(tmp_path)
            logging.getLogger('tensorflow').info('Saved %s' % path)
    assert name == 'window_seg_a_x.nii.gz'
    assert (tmp_path / name).read_text() == 'whole'
    # only while NiftyNet writes
    assert caplog.messages == ['Saved {}'.format(tmp_path / name), 'Saved {}'.format(path)]


def test_a_full_disk_names_the_subject(tmp_path):
    with OutputFolder(str(tmp_path)) as folder:
        results = SegmentationFiles(folder)
        with pytest.raises(WriteError, match="the segmentation of subject 'a'"):
            with results.writing('a'):
                raise OSError(28, 'No space left on device')
