# -*- coding: utf-8 -*-
"""
Runs of one checkout of this package, for ``compare_checkouts.py``.

    PYTHONPATH=CHECKOUT python scripts/checkouts_worker.py CONFIG FOLDER RUNS.json

It uses only the package's public functions, so that any checkout can run this file. *Runs* is a
JSON object: name -> options of ``extract``. Each run writes into ``FOLDER/name``; if it fails, the
error's text goes to a file there. ``FOLDER/inventory`` holds the list of layers.
"""

import importlib
import json
import os
import sys

ERROR = 'error.txt'
LAYERS = os.path.join('inventory', 'layers.json')


def main(config: str, folder: str, runs: str) -> None:
    """
    :param config: path of a NiftyNet config
    :param folder: folder that the runs write into
    :param runs: path of a JSON file
    """
    # public names only, because another checkout may have other modules
    na = importlib.import_module('niftynet_activations')
    os.makedirs(os.path.join(folder, os.path.dirname(LAYERS)))
    with open(os.path.join(folder, LAYERS), 'w') as target:
        json.dump([layer._asdict() for layer in na.layers(config)], target, indent=1)
    with open(runs) as stream:
        named = json.load(stream)
    for name, options in named.items():
        place = os.path.join(folder, name)
        os.makedirs(place)
        try:
            na.extract(config, dir=place, save_seg_dir=place, **options)
        except (ValueError, OSError) as error:
            with open(os.path.join(place, ERROR), 'w') as target:
                target.write('{}: {}\n'.format(type(error).__name__, error))


if __name__ == '__main__':
    main(*sys.argv[1:])
