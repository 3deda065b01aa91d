# -*- coding: utf-8 -*-
"""
Train the demonstration's network again: ``python extensions/mni152_tissue/train.py``.

It runs NiftyNet's own ``net_segment train`` on the MNI152 template. The template is thus the
training image, and results on it do not show how well the network works on other images. A small
checkpoint (without the optimiser's variables) is written to this folder's ``models``. The training
takes about 15 minutes on two cores.

Initial weights use NiftyNet's fixed seed, and window positions the seed for numpy set here. The
order in which TensorFlow shuffles the queue of windows has no seed, so weights differ a little
between runs.
"""

import argparse
import glob
import os
import runpy
import shutil
import sys
import tempfile

FOLDER = os.path.dirname(os.path.abspath(__file__))
SEED = 152
MODEL_FOLDER = os.path.join('extensions', 'mni152_tissue')


def main(args=None):
    """
    Train in a scratch folder and copy the small checkpoint to the extension's folder.

    :param args: command line without the program's name; that of the process where None
    :return: the exit status, 0
    """
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument('--work', help='scratch folder to keep; a temporary one where not given')
    parser.add_argument('--models', default=os.path.join(FOLDER, 'models'))
    parser.add_argument('options', nargs='*', help='further options for net_segment, after --')
    chosen = parser.parse_args(args)
    work = os.path.abspath(chosen.work or tempfile.mkdtemp(prefix='mni152_tissue_'))
    try:
        make_home(work)
        run_training(work, chosen.options)
        slim_checkpoint(os.path.join(work, MODEL_FOLDER, 'models'), chosen.models)
    finally:
        if not chosen.work:
            shutil.rmtree(work)
    return 0


def make_home(home):
    """
    Lay out a NiftyNet home with this extension and the images, and make NiftyNet use it.

    :param home: absolute path of a folder; made where it is missing
    """
    extension = os.path.join(home, MODEL_FOLDER)
    os.makedirs(extension, exist_ok=True)
    for name in ('__init__.py', 'network.py', 'data.py', 'config.ini'):
        shutil.copyfile(os.path.join(FOLDER, name), os.path.join(extension, name))
    open(os.path.join(home, 'extensions', '__init__.py'), 'w').close()
    with open(os.path.join(home, 'config.ini'), 'w') as config:
        config.write('[global]\nhome = {}\n'.format(home))
    os.environ['niftynet_config_home'] = home
    data = runpy.run_path(os.path.join(FOLDER, 'data.py'))
    data['make_subject'](os.path.join(home, 'data', 'mni152_tissue'))


def run_training(home, options):
    """
    Run ``net_segment train`` inside this process, so that numpy's seed holds for it.

    :param home: folder that :func:`make_home` made
    :param options: list of further command-line options for ``net_segment``
    """
    import numpy as np

    os.chdir(home)
    config = os.path.join(MODEL_FOLDER, 'config.ini')
    sys.argv = ['net_segment', 'train', '-c', config] + list(options)
    import niftynet

    np.random.seed(SEED)
    niftynet.main()


def slim_checkpoint(source, target):
    """
    Copy the newest checkpoint without what only training needs.

    :param source: folder in which NiftyNet left its checkpoints
    :param target: folder to write to; older checkpoints in it are removed
    """
    import tensorflow.compat.v1 as tf

    newest = tf.train.latest_checkpoint(source)
    reader = tf.train.load_checkpoint(newest)
    names = [name for name in reader.get_variable_to_shape_map() if is_weight(name)]
    os.makedirs(target, exist_ok=True)
    for path in glob.glob(os.path.join(target, 'model.ckpt*')):
        os.remove(path)
    with tf.Graph().as_default(), tf.Session() as session:
        for name in names:
            tf.Variable(reader.get_tensor(name), name=name)
        session.run(tf.global_variables_initializer())
        saver = tf.train.Saver(save_relative_paths=True)
        saver.save(session, os.path.join(target, os.path.basename(newest)), write_meta_graph=False)


def is_weight(name):
    """
    Tell variables of the network from those of the optimiser.

    :param name: a variable's name in a checkpoint
    :return: whether inference needs the variable
    """
    return name.startswith('TissueNet/') and 'Adam' not in name


if __name__ == '__main__':
    sys.exit(main())
