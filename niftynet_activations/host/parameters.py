# -*- coding: utf-8 -*-
"""
A config's values as NiftyNet's ``main`` prepares them for its driver, without the files that
``main`` writes into the model's folder.
"""

import contextlib
import copy
import io
from typing import Sequence, Tuple

import niftynet
from niftynet.io.misc_io import to_absolute_path
from niftynet.utilities.util_common import has_bad_inputs

from niftynet_activations.errors import OptionError
from niftynet_activations.hints import Sections
from niftynet_activations.host.application_names import APPLICATION
from niftynet_activations.host.config import Config, read_config
from niftynet_activations.host.reasons import not_set

# (section, option) of paths that are relative to the model's folder
RELATIVE = (
    ('NETWORK', 'histogram_ref_file'),
    ('INFERENCE', 'save_seg_dir'),
    ('SYSTEM', 'dataset_split_file'),
)


def read_parameters(
    path: str, overrides: Sequence[str] = (), application: str = APPLICATION
) -> Config:
    """
    :param path: of the config
    :param overrides: further words of NiftyNet's command line
    :param application: its name, as behind ``net_run -a``
    :return: the sections, with absolute paths
    :raises OptionError: if the config cannot be read, or lacks what NiftyNet needs
    """
    config = read_config(path, overrides, application)
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        lacking = has_bad_inputs(config.system)
    if lacking:
        raise OptionError(not_set(path, said.getvalue()))
    system = config.system['SYSTEM']
    system.model_dir = niftynet.resolve_module_dir(system.model_dir)
    for section, name in RELATIVE:
        values = config.system.get(section)
        if getattr(values, name, None):
            given = getattr(values, name)
            setattr(values, name, to_absolute_path(given, system.model_dir))
    return config


def copies(config: Config) -> Tuple[Sections, Sections]:
    """
    :param config: as read
    :return: its sections and its input sections, for a driver that changes them
    """
    return copy.deepcopy(config.system), copy.deepcopy(config.inputs)
