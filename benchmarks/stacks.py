# -*- coding: utf-8 -*-
"""
Time the same inference under TensorFlow 1.15 and under TensorFlow 2, side by side.

    python benchmarks/stacks.py --reference PYTHON_3_7 --current PYTHON [--network toynet]

*Start-up* is the time from the start of Python until NiftyNet is imported and the network's graph
is built; *first window* is the time of the first window, in which TensorFlow also optimises the
graph; *window* is the median over the windows after it. A *stack* is a Python with its TensorFlow.
Stacks are measured in turn, so that other work on the machine slows both alike. Settings of
TensorFlow 2 are compared in the same way: without oneDNN, and with one operation at a time.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from typing import Dict, List, Mapping, Optional, Sequence, Tuple

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SETTINGS: Tuple[Tuple[str, str, Dict[str, str]], ...] = (
    ('reference', 'TensorFlow 1.15', {}),
    ('current', 'TensorFlow 2', {}),
    ('current', 'TensorFlow 2, TF_ENABLE_ONEDNN_OPTS=0', {'TF_ENABLE_ONEDNN_OPTS': '0'}),
    ('current', 'TensorFlow 2, TF_NUM_INTEROP_THREADS=1', {'TF_NUM_INTEROP_THREADS': '1'}),
)
CHILD = """
import json, sys, time
started = float(sys.argv[1])
sys.path.insert(0, sys.argv[2])
import random_checkpoint
import numpy as np
tf = random_checkpoint.tf
config = random_checkpoint.read_config(sys.argv[3])
window = int(sys.argv[4])
images = tf.placeholder(tf.float32, [1] + [window] * 3 + [1])
output = tf.argmax(random_checkpoint.build_network(config, images), -1)
built = time.time()
feed = {images: np.random.RandomState(1).normal(size=images.shape.as_list())}
times = []
from niftynet.utilities.util_common import tf_config
with tf.Session(config=tf_config()) as session:
    session.run(tf.global_variables_initializer())
    for _ in range(int(sys.argv[5])):
        before = time.time()
        session.run(output, feed)
        times.append(time.time() - before)
print('RESULT ' + json.dumps([built - started] + times))
"""


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """
    :param arguments: of the command line
    :return: exit status
    """
    options = _parser().parse_args(arguments)
    found: Dict[str, List[List[float]]] = {name: [] for _, name, _ in SETTINGS}
    for _ in range(options.rounds):
        for stack, name, variables in SETTINGS:
            found[name].append(_measure(getattr(options, stack), variables, options))
    sys.stdout.write(table(found, options))
    return 0


def table(found: Dict[str, List[List[float]]], options: argparse.Namespace) -> str:
    """
    :param found: name of a setting -> list of [start-up, first window, window, ...], seconds
    :param options: of the command line
    :return: text, a table in Markdown
    """
    lines = [
        '{}, one window of {} voxels a side'.format(options.network, options.window),
        '',
        '| | start-up, s | first window, s | window, s | ratio |',
        '| --- | --- | --- | --- | --- |',
    ]
    reference: Optional[float] = None
    for name, rounds in found.items():
        window = statistics.median(time for each in rounds for time in each[2:])
        reference = reference or window
        lines.append(
            '| {} | {:.1f} | {:.2f} | {:.3f} | {:.2f} |'.format(
                name,
                statistics.median(each[0] for each in rounds),
                statistics.median(each[1] for each in rounds),
                window,
                window / reference,
            )
        )
    return '\n'.join(lines) + '\n'


def _measure(python: str, variables: Mapping[str, str], options: argparse.Namespace) -> List[float]:
    config = os.path.join(ROOT, 'config', options.network + '.ini')
    words = [os.path.join(ROOT, 'trials'), config, str(options.window), str(options.windows + 1)]
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, 'config.ini'), 'w') as target:
            target.write('[global]\nhome = {}\n'.format(folder))
        environment = dict(os.environ, niftynet_config_home=folder, HOME=folder, **variables)
        output = subprocess.check_output(
            [python, '-c', CHILD, str(time.time())] + words,
            env=environment,
            stderr=subprocess.DEVNULL,
        )
    lines = [line for line in output.decode().splitlines() if line.startswith('RESULT ')]
    return json.loads(lines[0][len('RESULT ') :])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument('--reference', required=True, help='Python with TensorFlow 1.15')
    parser.add_argument('--current', required=True, help='Python with TensorFlow 2')
    parser.add_argument('--network', default='highres3dnet_small', help='one of config/')
    parser.add_argument('--window', type=int, default=32, help='voxels a side')
    parser.add_argument('--windows', type=int, default=5, help='timed windows a round')
    parser.add_argument('--rounds', type=int, default=3)
    return parser


if __name__ == '__main__':
    sys.exit(main())
