# -*- coding: utf-8 -*-
"""Where windows and passes lie, with the masks and alignments that were asked for."""

from types import SimpleNamespace

import pandas as pd
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from niftynet_activations.application import run_places  # noqa: E402
from niftynet_activations.application.run_places import find_places  # noqa: E402
from niftynet_activations.errors import GeometryError, OptionError  # noqa: E402
from niftynet_activations.host.subjects import Subject  # noqa: E402
from niftynet_activations.options import parse_options  # noqa: E402
from niftynet_activations.planning.run_settings import RunSettings  # noqa: E402

SHAPE = (9, 7, 11)
LAYERS = [SimpleNamespace(key='one')]
SUBJECTS = [
    Subject(index, name, None, SHAPE, SHAPE, ((0, 0),) * 3, (4, 4, 4))
    for index, name in enumerate('ab')
]


@pytest.fixture(autouse=True)
def plain_space(monkeypatch):
    """In the place of a subject's network space, its name and how it is sampled."""
    monkeypatch.setattr(run_places, 'network_space', lambda each, way: (each.name, way))


def settings(**options):
    given = {'activation_' + name: value for name, value in options.items()}
    fields = dict.fromkeys(RunSettings._fields)
    fields.update(options=parse_options(given), sampling='grid', border=(0, 0, 0))
    return RunSettings(**fields)


class Network:
    """What is asked of a network: periods, sizes that it takes, and passes."""

    record = SimpleNamespace(interventions=[])
    measured = ['logits']

    def __init__(self, periods):
        self.geometries = SimpleNamespace(common_periods=self._periods)
        # sizes that are even
        even = tuple(size + size % 2 for size in SHAPE)
        self.references = SimpleNamespace(find=lambda size, periods: even)
        self.added, self._given = [], periods

    def _periods(self, layers):
        if self._given is None:
            raise GeometryError('unknown')
        return self._given

    def whole_passes(self, settings, keys):
        return SimpleNamespace(add=lambda each, periods: self.added.append((each.name, periods)))


def test_a_mask_is_found_for_each_subject(tmp_path):
    paths = [str(tmp_path / (name + '.nii')) for name in 'ab']
    for path in paths:
        open(path, 'w').close()
    table = pd.DataFrame({'subject_id': ['a', 'b'], 'brain': paths})
    found = find_places(Network([2] * 3), settings(mask='brain'), LAYERS, SUBJECTS, table)
    assert found.settings.masks == dict(zip('ab', paths))
    assert found.spaces == {0: ('a', 'grid'), 1: ('b', 'grid')}
    assert (found.layers, found.whole, found.alignments) == (LAYERS, None, {})
    with pytest.raises(OptionError, match='activation_mask'):
        find_places(Network([2] * 3), settings(mask='other'), LAYERS, SUBJECTS, table)


def test_aligned_windows_run_over_the_reference_volume():
    found = find_places(Network([2] * 3), settings(grid='aligned'), LAYERS, SUBJECTS, None)
    for each in found.alignments.values():
        assert tuple(each.shape) == (10, 8, 12)
        assert all(start % 2 == 0 for starts in each.starts for start in starts)
    assert sorted(found.alignments) == [0, 1]
    # a resized volume is one window
    resized = settings(grid='aligned')._replace(sampling='resize')
    assert find_places(Network([2] * 3), resized, LAYERS, SUBJECTS, None).alignments == {}


@pytest.mark.parametrize('periods, expected', [([2, 2, 4], [2, 2, 4]), (None, [1, 1, 1])])
def test_each_subject_has_its_pass(periods, expected):
    network = Network(periods)
    found = find_places(network, settings(**{'pass': 'whole'}), LAYERS, SUBJECTS, None)
    assert found.whole is not None and network.added == [('a', expected), ('b', expected)]
