# -*- coding: utf-8 -*-
"""
Batches of windows that are fed to an application's network instead of its samplers' queues.

Most applications have one sampler. NiftyNet's application for GANs has a second one, which gives a
batch of random vectors for each step.
"""

from typing import Dict, Iterator, List, Sequence, Tuple, Union

import numpy as np

from niftynet_activations.hints import Application, Sampler, Tensor
from niftynet_activations.host.fed_windows import Batch, batches, feed_windows

# for each sampler, name of its output -> placeholder; empty if the network does not use the sampler
Placeholders = List[Dict[str, Tensor]]


def placeholders_of(application: Application) -> Placeholders:
    """
    :param application: NiftyNet's, which has made its samplers and no network yet
    :return: the placeholders that replace the queues, filled when the network is built
    """
    return [feed_windows(each) for each in _samplers(application.sampler)]


def feeds(
    application: Application, placeholders: Placeholders
) -> Iterator[Tuple[Batch, Dict[Tensor, np.ndarray]]]:
    """
    :param application: NiftyNet's, with samplers like those that it had when the network was built
    :param placeholders: of the network
    :return: for each step the batch of windows that maps are made of, and what is fed in all:
        placeholder -> values
    """
    main = application.activation_sampler()
    fed = [each for each in zip(_samplers(application.sampler), placeholders) if each[1]]
    # the main sampler first: zip then ends with its last batch, before it asks the others
    fed.sort(key=lambda each: each[0] is not main)
    for together in zip(*(batches(sampler) for sampler, _ in fed)):
        yield (
            together[0],
            {
                names[name]: values
                for (_, names), given in zip(fed, together)
                for name, values in given.items()
            },
        )


def _samplers(samplers: Union[Sampler, Sequence[Sampler]]) -> List[Sampler]:
    """The samplers of an application as one list; NiftyNet nests them in lists."""
    if not isinstance(samplers, (list, tuple)):
        return [samplers]
    return [each for some in samplers for each in _samplers(some)]
