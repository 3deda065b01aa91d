# -*- coding: utf-8 -*-
"""
Replace the samplers and aggregators that NiftyNet's application has made by this package's own.
"""

from niftynet.engine.sampler_grid_v2 import GridSampler
from niftynet.engine.sampler_resize_v2 import ResizeSampler
from niftynet.engine.windows_aggregator_grid import GridSamplesAggregator
from niftynet.engine.windows_aggregator_resize import ResizeSamplesAggregator

from niftynet_activations.application.aggregators import (
    GridActivationAggregator,
    ResizeActivationAggregator,
)
from niftynet_activations.application.samplers import (
    AlignedGridSampler,
    NeededAlignedSampler,
    NeededGridSampler,
)
from niftynet_activations.application.subject_sampler import SubjectSampler
from niftynet_activations.errors import OptionError
from niftynet_activations.hints import Aggregator, Sampler, Samplers
from niftynet_activations.host.log import LOGGER
from niftynet_activations.host.readers import ForgivingResizeSampler
from niftynet_activations.host.subjects import check_border
from niftynet_activations.host.substitutes import layer_beside
from niftynet_activations.options import Options


def our_samplers(samplers: Samplers, options: Options, some: bool = False) -> Samplers:
    """
    :param samplers: as NiftyNet's application has made them: one, or lists of them
    :param options: of the run
    :param some: whether the run may leave windows out
    :return: samplers that do as the options say, arranged in the same way
    :raises OptionError: if the border leaves nothing of a window
    """
    if isinstance(samplers, (list, tuple)):
        return [our_samplers(each, options, some) for each in samplers]
    return _our_sampler(samplers, options, some)


def _our_sampler(sampler: Sampler, options: Options, some: bool) -> Sampler:
    if isinstance(sampler, GridSampler):
        return _our_grid_sampler(sampler, options, some)
    if isinstance(sampler, ResizeSampler):
        return ForgivingResizeSampler.beside(sampler)
    return sampler


def _our_grid_sampler(sampler: GridSampler, options: Options, some: bool) -> Sampler:
    if cuts_nothing(options):
        return SubjectSampler.beside(sampler)
    check_border(sampler.window, sampler.border_size)
    if options.grid == 'aligned':
        LOGGER.info(
            'activation_grid = aligned: the segmentation may differ from that of net_segment '
            "near the upper ends of the volume, where the windows' places are others"
        )
        return (NeededAlignedSampler if some else AlignedGridSampler).beside(sampler)
    return layer_beside(NeededGridSampler, sampler, 'needed_grid_sampler') if some else sampler


def cuts_nothing(options: Options) -> bool:
    """
    :param options: of the run
    :return: whether no window is cut, since a pass over the whole volume gives all
    """
    return options.pass_ == 'whole' and options.segmentation != 'windows'


def our_aggregator(aggregator: Aggregator) -> Aggregator:
    """
    :param aggregator: as NiftyNet's application has made it
    :return: an aggregator that does the same, and gives a result its name only when it is complete
    """
    if isinstance(aggregator, GridSamplesAggregator):
        return GridActivationAggregator.beside(aggregator)
    if isinstance(aggregator, ResizeSamplesAggregator):
        return ResizeActivationAggregator.beside(aggregator)
    return aggregator


def check_takes_whole(aggregator: Aggregator) -> None:
    """
    :param aggregator: as :func:`our_aggregator` gave it
    :raises OptionError: if it cannot take the result of a whole volume
    """
    if not hasattr(aggregator, 'whole_location'):
        raise OptionError(
            "activation_segmentation = whole: a whole pass does not make this application's own "
            'result, which {} puts together: use activation_segmentation = windows for the result '
            'that NiftyNet alone writes, or none'.format(type(aggregator).__name__)
        )
