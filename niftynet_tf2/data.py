# -*- coding: utf-8 -*-
"""
Stands in for ``tf.data.Dataset.make_one_shot_iterator``, with the automatic tuning of datasets off.

TensorFlow 2 tunes each dataset from a thread that sleeps longer and longer, and may not wake when
the session is closed: a run of NiftyNet then ends only when the sleep does, up to half of the run's
time later. NiftyNet needs no tuning, since it sets all buffer sizes and thread numbers itself.
"""

import functools
from types import ModuleType
from typing import Callable

from niftynet_tf2.hints import Argument, Dataset, DatasetOptions


def make_one_shot_iterator(
    original: Callable[[Dataset], Argument], make_options: Callable[[], DatasetOptions]
) -> Callable[[Dataset], Argument]:
    """
    :param original: the method of ``tf.data.Dataset``
    :param make_options: the class ``tf.data.Options``
    :return: the method to put in its place
    """

    @functools.wraps(original)
    def without_tuning(self: Dataset) -> Argument:
        options = make_options()
        options.autotune.enabled = False
        return original(self.with_options(options))

    setattr(without_tuning, 'original', original)  # noqa: B010  the type checker knows no other
    return without_tuning


def install(v1: ModuleType) -> None:
    """
    Put the stand-in into ``tf.data.Dataset``. Calling it again is harmless.

    :param v1: the module ``tensorflow.compat.v1``
    """
    dataset = v1.data.Dataset
    if not hasattr(dataset.make_one_shot_iterator, 'original'):
        dataset.make_one_shot_iterator = make_one_shot_iterator(
            dataset.make_one_shot_iterator, v1.data.Options
        )
