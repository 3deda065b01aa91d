# -*- coding: utf-8 -*-
"""
From Python: change each channel of layers in turn, and get the effect on the segmentation as a
table. NiftyNet is imported when the function is called.
"""

import io
import warnings
from typing import Callable, Optional, Sequence, Union

from niftynet_activations.extraction import (
    APPLICATION,
    command_line_words,
    existing_config,
    load_application,
)
from niftynet_activations.extractor import layers_text
from niftynet_activations.hints import Labels, Path, Table, Tensor, Value
from niftynet_activations.host.eager_mode import graph_mode
from niftynet_activations.host.quiet import all_output_to, output_to
from niftynet_activations.running.progress import drawing

By = Union[str, float, Callable[..., Tensor]]


def ablate(
    config: Path,
    layers: Union[str, Sequence[str]],
    channels: Value = 'all',
    by: By = 'zero',
    labels: Optional[Labels] = None,
    progress: Optional[bool] = None,
    application: str = APPLICATION,
    **options: Value,
) -> Table:
    """
    Do what ``net_activations ablate`` does.

    :param config: path of a NiftyNet config
    :param layers: selectors, as a text or one by one
    :param channels: as in ``activation_channels``; a number, a slice, a list, or a dictionary from
        selectors to such
    :param by: ``'zero'``, ``'mean'``, a factor, ``'module.function'``, or a function of layer and
        output
    :param labels: a label image, a folder with one for each subject, or a dictionary
    :param progress: whether to draw a bar; where not given, if a terminal or a notebook shows it
    :param application: as ``net_run -a`` takes it; segmentation where not given
    :param options: as of :func:`niftynet_activations.extract`, save those on files
    :return: a row for each subject, layer, channel and label, as docs/ablation.md describes them; a
        Python warning names subjects that cannot be done
    :raises ActivationError: for what is wrong with the config, the layers or the change
    """
    path = existing_config(config)
    with graph_mode():
        with all_output_to(io.StringIO()):
            load_application()
            from niftynet_activations.ablation.ablate import Asked, ablate_config
            from niftynet_activations.host.left_out import message
        (word,) = command_line_words({'channels': channels})
        asked = Asked(layers_text(layers), word.partition('=')[2], by, labels)
        with output_to(io.StringIO()), drawing(progress):
            found, left_out = ablate_config(path, asked, command_line_words(options), application)
    if left_out:
        warnings.warn(message(left_out), stacklevel=2)
    return found
