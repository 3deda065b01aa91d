# -*- coding: utf-8 -*-
"""NiftyNet's samplers and aggregators are replaced where maps need it, in the same arrangement."""

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import numpy as np  # noqa: E402
from niftynet.engine.sampler_grid_v2 import GridSampler  # noqa: E402
from niftynet.engine.sampler_resize_v2 import ResizeSampler  # noqa: E402
from niftynet.engine.windows_aggregator_grid import GridSamplesAggregator  # noqa: E402
from niftynet.io.image_reader import ImageReader  # noqa: E402

from niftynet_activations.application.aggregators import GridActivationAggregator  # noqa: E402
from niftynet_activations.application.samplers import (  # noqa: E402
    AlignedGridSampler,
    NeededAlignedSampler,
    NeededGridSampler,
)
from niftynet_activations.application.subject_sampler import SubjectSampler  # noqa: E402
from niftynet_activations.application.substitution import (  # noqa: E402
    our_aggregator,
    our_samplers,
)
from niftynet_activations.errors import OptionError  # noqa: E402
from niftynet_activations.host.readers import ForgivingReader, ForgivingResizeSampler  # noqa: E402
from niftynet_activations.options import parse_options  # noqa: E402

WINDOW = (8, 10, 6)


@pytest.fixture(scope='module')
def reader(tmp_path_factory):
    """NiftyNet's, of one subject."""
    import nibabel as nib
    import pandas as pd

    path = str(tmp_path_factory.mktemp('images') / 'a.nii')
    nib.save(nib.Nifti1Image(np.zeros((12, 14, 10), np.float32), np.eye(4)), path)
    made = ImageReader(['image']).initialise(
        {'T1': {'spatial_window_size': WINDOW, 'interp_order': 1, 'loader': None}},
        {'image': ['T1']},
        pd.DataFrame({'subject_id': ['a'], 'T1': [path]}),
    )
    return ForgivingReader.beside(made)


def grid(reader, border=(1, 1, 1)):
    sections = {'T1': {'spatial_window_size': WINDOW}}
    return GridSampler(reader, sections, 1, window_border=border)


@pytest.mark.parametrize(
    'given, some, expected',
    [
        ({}, False, GridSampler),
        ({'grid': 'aligned'}, False, AlignedGridSampler),
        ({'segmentation': 'none'}, True, NeededGridSampler),
        ({'segmentation': 'none', 'grid': 'aligned'}, True, NeededAlignedSampler),
        ({'pass': 'whole'}, False, SubjectSampler),
        ({'pass': 'whole', 'segmentation': 'windows'}, False, GridSampler),
    ],
)
def test_a_grid_sampler(reader, given, some, expected):
    options = parse_options({'activation_' + name: value for name, value in given.items()})
    ((found,),) = our_samplers([[grid(reader)]], options, some)
    assert type(found) is expected


def test_a_resize_sampler(reader):
    sampler = ResizeSampler(reader, {'T1': {'spatial_window_size': WINDOW}}, 1, WINDOW, name='r')
    assert type(our_samplers(sampler, parse_options({}))) is ForgivingResizeSampler


def test_what_is_neither_stays(reader):
    """NiftyNet's application for a CSV has samplers of another kind beside."""
    other = object()
    assert our_samplers([[other]], parse_options({})) == [[other]]
    assert our_aggregator(other) is other


def test_a_border_that_leaves_nothing(reader):
    with pytest.raises(OptionError, match='border'):
        our_samplers(grid(reader, (4, 5, 3)), parse_options({}))


def test_an_aggregator(reader, tmp_path):
    made = GridSamplesAggregator(reader, output_path=str(tmp_path))
    assert type(our_aggregator(made)) is GridActivationAggregator
