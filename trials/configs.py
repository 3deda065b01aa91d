# -*- coding: utf-8 -*-
"""
Small NiftyNet configs for tests, trials and benchmarks: common options, and changes to them.
"""

import configparser
import os
from typing import Collection, Dict, Mapping, Optional, Sequence, Union

Options = Mapping[str, object]  # None: the option is left out


def write_config(
    path: Union[str, 'os.PathLike[str]'],
    images: Union[Collection[str], Mapping[str, Options]],
    window: Union[str, Sequence[int]],
    changes: Optional[Mapping[str, Options]] = None,
    task: str = 'SEGMENTATION',
) -> str:
    """
    Write a config whose images lie in ``data`` and whose model lies in ``model`` beside it.

    :param path: of the config
    :param images: names of the input sections; file names contain them after ``_``. A mapping gives
        further options for each section
    :param window: (x, y, z) voxels
    :param changes: section -> option -> value, which replace the common options or add to them
    :param task: the section of the application
    :return: the path
    """
    folder = os.path.dirname(os.path.abspath(os.fspath(path)))
    sections: Dict[str, Dict[str, object]] = {}
    for name in images:
        sections[name] = dict(
            path_to_search=os.path.join(folder, 'data'),
            filename_contains=name,
            filename_removefromid='_' + name,
            spatial_window_size=window,
            interp_order=1,
        )
        sections[name].update(images[name] if isinstance(images, Mapping) else {})
    sections['SYSTEM'] = dict(model_dir=os.path.join(folder, 'model'), num_threads=1, num_gpus=0)
    sections['NETWORK'] = dict(
        name='toynet', activation_function='relu', queue_length=4, batch_size=1
    )
    sections['TRAINING'] = {}
    sections['INFERENCE'] = dict(spatial_window_size=window, output_postfix='x')
    sections[task] = dict(image=','.join(images))
    for section, options in (changes or {}).items():
        sections.setdefault(section, {}).update(options)
    config = configparser.RawConfigParser()
    for section, values in sections.items():
        config[section] = {name: str(each) for name, each in values.items() if each is not None}
    with open(path, 'w') as target:
        config.write(target)
    return os.fspath(path)
