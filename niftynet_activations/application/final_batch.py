# -*- coding: utf-8 -*-
"""
``smaller_final_batch_mode = drop``: which subjects get no result from NiftyNet.

TensorFlow then drops a last batch that is not full. The grid sampler ends with NiftyNet's stop
mark, at which the aggregator writes the last subject; with batches of more than one window the mark
is dropped, and the last subject is not written. The resize sampler gives one window for each
subject, and the subjects of a last batch that is not full get no window at all.
"""

from typing import List, Sequence

from niftynet_activations.errors import OptionError
from niftynet_activations.host.left_out import LeftOut
from niftynet_activations.host.subjects import Subject
from niftynet_activations.planning.run_settings import RunSettings

OPTION = 'smaller_final_batch_mode = drop'


def dropped_subjects(settings: RunSettings, subjects: Sequence[Subject]) -> List[Subject]:
    """
    :param settings: of the run
    :param subjects: those of which windows are to come, in NiftyNet's order
    :return: the subjects for which NiftyNet writes nothing
    """
    if settings.final_batch != 'drop' or settings.batch < 2:
        return []
    if settings.sampling == 'grid':
        return [] if settings.options.segmentation == 'none' else list(subjects[-1:])
    return list(subjects[len(subjects) - len(subjects) % settings.batch :])


def check_some_left(settings: RunSettings, subjects: Sequence[Subject]) -> None:
    """
    :param settings: of the run
    :param subjects: those of which windows are to come, in NiftyNet's order
    :raises OptionError: if no subject gets a window
    """
    windowless = settings.sampling == 'resize' and dropped_subjects(settings, subjects)
    if windowless and len(windowless) == len(subjects):
        raise OptionError(
            '{} in [NETWORK]: with batch_size = {} NiftyNet drops all {} subjects; set it to '
            'pad'.format(OPTION, settings.batch, len(subjects))
        )


def windowless(settings: RunSettings, dropped: Sequence[Subject]) -> List[int]:
    """
    :param settings: of the run
    :param dropped: subjects for which NiftyNet writes nothing
    :return: image ids of the subjects of which no window came
    """
    return [] if settings.sampling == 'grid' else [each.index for each in dropped]


def as_left_out(settings: RunSettings, subjects: Sequence[Subject]) -> List[LeftOut]:
    """
    :param settings: of the run
    :param subjects: those for which NiftyNet writes nothing
    :return: the same with the reason
    """
    what = 'segmentation; its maps are complete' if settings.sampling == 'grid' else 'result'
    reason = '{} with batch_size = {} leaves it without a {}; set it to pad'.format(
        OPTION, settings.batch, what
    )
    return [LeftOut(each.name, reason) for each in subjects]
