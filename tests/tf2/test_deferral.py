# -*- coding: utf-8 -*-
"""Keras stays away until it is used, and then is there."""

import json
import sys

import pytest

from niftynet_tf2 import deferral

SHOW = """
import sys
import niftynet
print(sorted({'keras', 'matplotlib', 'tensorflow'} & set(sys.modules)))
import tensorflow as tf
print(tf.optimizers.SGD.__module__.split('.')[0])
import keras
print(sys.modules['tensorflow'] is tf, keras.Sequential([keras.Input([3]), keras.layers.Dense(2)]).count_params())
"""  # noqa: E501


@pytest.mark.slow
def test_keras_is_imported_where_it_is_used(tf, python):
    done = python(SHOW)
    lines = done.stdout.splitlines()[-3:]
    assert lines == ["['tensorflow']", 'keras', 'True 8'], done.stderr


@pytest.fixture
def stand_in(tmp_path, monkeypatch):
    """A package of the name, so that this needs no Keras."""
    monkeypatch.delitem(sys.modules, 'keras', raising=False)
    package = tmp_path / 'keras'
    package.mkdir()
    (package / '__init__.py').write_text('from keras import part\n')
    (package / 'part.py').write_text('')
    monkeypatch.syspath_prepend(str(tmp_path))
    yield package
    for name in ('keras', 'keras.part'):
        sys.modules.pop(name, None)


def test_its_import_fails_and_leaves_nothing(stand_in):
    before = list(sys.meta_path)
    with deferral.keras_held_back():
        with pytest.raises(ImportError, match="'keras.part' is not imported before it is used"):
            import keras  # noqa: F401
        import decimal

        assert decimal.Decimal(json.dumps(1)) == 1
    assert 'keras' not in sys.modules and sys.meta_path == before
    import keras

    assert keras.part


def test_what_is_imported_already_is_left_alone(stand_in):
    import keras

    with deferral.keras_held_back():
        from keras import part
    assert part is keras.part


def test_it_sees_version_2_in_the_place_of_the_facade(stand_in, monkeypatch):
    facade, version_2 = object(), object()
    monkeypatch.setitem(sys.modules, 'tensorflow', facade)
    (stand_in / '__init__.py').write_text('import tensorflow as seen\n')
    finder = deferral.LateFinder(version_2)
    assert finder.find_spec('json') is None
    monkeypatch.setattr(sys, 'meta_path', [finder] + sys.meta_path)
    import keras

    assert keras.seen is version_2
    assert sys.modules['tensorflow'] is facade


def test_an_error_ends_it_too(stand_in):
    before = list(sys.meta_path)
    with pytest.raises(ZeroDivisionError):
        with deferral.keras_held_back():
            1 / 0  # noqa: B018
    assert sys.meta_path == before
