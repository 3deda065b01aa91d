# -*- coding: utf-8 -*-
"""
Prepare a workload, in a process of its own: ``python -m benchmarks.prepare CONFIG LAYER...``.

It writes a checkpoint of seeded random weights into the config's ``model_dir`` and prints, as JSON,
which tensor each layer's map comes from. It also compiles this project to byte code, as pip does
for the packages it installs (NiftyNet among them): where Python writes no byte code itself, each
import would otherwise compile this project again, and the comparison would be unfair.
"""

import compileall
import json
import os
import sys
from typing import List

from benchmarks.volumes import ROOT

sys.path.insert(0, os.path.join(ROOT, 'trials'))

import random_checkpoint  # noqa: E402

# size of the window on which random weights are scaled; a heavy network takes long on a whole one
BALANCED_ON = (32, 32, 32)


def main(config_file: str, names: List[str]) -> int:
    """
    :param config_file: path of a config
    :param names: of layers
    :return: exit status
    """
    from niftynet_activations.extraction import layers

    for package in ('niftynet_activations', 'niftynet_tf2', 'benchmarks'):
        compileall.compile_dir(os.path.join(ROOT, package), quiet=1)
    config = random_checkpoint.read_config(config_file)
    folder = config['SYSTEM']['model_dir']
    try:
        random_checkpoint.write_checkpoint(config_file, folder, BALANCED_ON)
    except (ValueError, AssertionError):
        random_checkpoint.write_checkpoint(config_file, folder)  # the network needs a larger window
    tensors = {layer.name: layer.tensor for layer in layers(config_file)}
    sys.stdout.write('TENSORS ' + json.dumps({name: tensors[name] for name in names}) + '\n')
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1], sys.argv[2:]))
