# -*- coding: utf-8 -*-
"""
Store what TensorFlow 1.15, pandas 1 and nibabel 4 answer in the cases of these tests.

    python tests/tf2/make_fixtures.py

It has to run under Python 3.7, with niftynet and TensorFlow 1.15 installed, and writes the folder
``fixtures``: a ``.npz`` file for each case, a small checkpoint, a training's checkpoints, and
``tables.json``. Under TensorFlow 2 it writes the training's checkpoints alone, for the way back.
"""

import json
import os
import shutil
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = os.path.join(HERE, 'fixtures')


def main():
    """
    :raises SystemExit: if this is neither TensorFlow 1.15 nor 2
    """
    sys.path.insert(0, HERE)
    import niftynet  # noqa: F401
    import numpy as np
    import tables
    import tensorflow as tf
    from cases import CASES

    _write_training(tf)
    if tf.__version__.startswith('2.'):
        return
    if not tf.__version__.startswith('1.15'):
        sys.exit('needs TensorFlow 1.15, found {}'.format(tf.__version__))
    for name, case in CASES.items():
        with tf.Graph().as_default():
            np.savez_compressed(os.path.join(FOLDER, name + '.npz'), **case(tf))
    _write_checkpoint(tf, os.path.join(FOLDER, 'checkpoint', 'model.ckpt'))
    with open(os.path.join(FOLDER, 'tables.json'), 'w') as target:
        json.dump(tables.all_tables(), target, indent=1, sort_keys=True)
        target.write('\n')


def _write_checkpoint(tf, prefix):
    from cases import draw

    with tf.Graph().as_default(), tf.Session() as session:
        tf.get_variable('net/conv/w', initializer=draw(30, 3, 2))
        tf.get_variable('net/step', initializer=7, trainable=False)
        session.run(tf.global_variables_initializer())
        tf.train.Saver(save_relative_paths=True).save(session, prefix, write_meta_graph=False)


def _write_training(tf):
    import training

    target = os.path.join(FOLDER, training.folder_of(tf))
    shutil.rmtree(target, ignore_errors=True)
    os.makedirs(target)
    with tempfile.TemporaryDirectory() as folder:
        config = training.write(folder)
        for start, end in ((0, training.STARTED), (training.STARTED, training.ENDED)):
            prefix = training.train(config, start, end)
            for ending in ('.index', '.data-00000-of-00001'):
                shutil.copy(prefix + ending, target)


if __name__ == '__main__':
    main()
