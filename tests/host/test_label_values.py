# -*- coding: utf-8 -*-
"""Labels of classes, as NiftyNet's own label normalisation gives them back."""

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from niftynet.layer.discrete_label_normalisation import (  # noqa: E402
    DiscreteLabelNormalisationLayer,
)

from niftynet_activations.host.label_values import label_values  # noqa: E402


class Reader(object):
    def __init__(self, *preprocessors):
        self.preprocessors = preprocessors


def test_labels_are_those_of_the_files(tmp_path):
    known = tmp_path / 'histogram.txt'
    known.write_text('label_lesion-from 0 40 7\nlabel_lesion-to 0 2 1\n')
    layer = DiscreteLabelNormalisationLayer('label', 'lesion', str(known))
    assert layer.is_ready()
    # NiftyNet writes 0 for a class that stands for no label
    assert label_values(Reader(object(), layer), 4) == [0, 7, 40, 0]


def test_without_a_normalisation_a_class_is_its_number(tmp_path):
    unread = DiscreteLabelNormalisationLayer('label', 'lesion', str(tmp_path / 'not_there.txt'))
    for reader in (None, Reader(), Reader(object()), Reader(unread)):
        assert label_values(reader, 3) == [0, 1, 2]
