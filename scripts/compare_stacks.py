# -*- coding: utf-8 -*-
"""
Run the same networks from the same checkpoints under TensorFlow 1.15 and under TensorFlow 2.

Vocabulary: a *stack* is a Python with its TensorFlow: the *reference* has 1.15, the *current* one
version 2. A *case* is one network with one checkpoint, which one of the stacks wrote, on one
volume. The *difference* of a map is the largest absolute difference of its voxels between the
stacks, divided by the reference map's range. A label is *changed* where the largest probability
of a voxel is another class's.

    compare_stacks.py --reference PYTHON37 --current PYTHON3x [--networks toynet,vnet]

Prints a table and writes it to ``docs/stacks.md``, unless only some networks were run. Exit
status 1 if a label changed, a difference is beyond the limit, or an output shows nothing: the
probabilities have one class only, or most are 0 or 1 exactly.
"""

import argparse
import collections
import configparser
import glob
import json
import os
import pathlib
import runpy
import shutil
import subprocess
import sys
import tempfile
import time

import nibabel as nib
import numpy as np

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir)
TESTS = os.path.join(ROOT, 'tests')
TABLE = os.path.join(ROOT, 'docs', 'stacks.md')
DEMO = 'mni152_tissue'
LIMIT, DEMO_LIMIT = 1e-3, 1e-4
LAYERS = 'top,penultimate,logits,probabilities'
ALSO_FROM_CURRENT = 'toynet', 'highres3dnet_small', 'dense_vnet'
MOST_SATURATED = 0.5
CROP = (slice(60, 100), slice(70, 114), slice(70, 118))
WRITE_CHECKPOINT = (
    'import sys; sys.path.insert(0, sys.argv[1]); import random_checkpoint;'
    'random_checkpoint.write_checkpoint(*sys.argv[2:])'
)
VERSIONS = (
    'import platform, tensorflow, numpy;'
    'print(platform.python_version(), tensorflow.__version__, numpy.__version__)'
)

Case = collections.namedtuple('Case', 'network writer config limit')
Result = collections.namedtuple(
    'Result', 'network writer voxels changed probability maps worst layer seconds faults'
)


def main(args=None):
    """
    :param args: words of the command line; those of the process where None
    :return: exit status
    """
    options = _get_parser().parse_args(args)
    stacks = {'reference': options.reference, 'current': options.current}
    chosen = options.networks.split(',') if options.networks else _all_networks()
    folder = pathlib.Path(tempfile.mkdtemp(prefix='stacks_'))
    try:
        results = []
        for case in _cases(chosen, folder, stacks):
            results.append(compare(case, stacks))
            print(_row(results[-1]), flush=True)
    finally:
        shutil.rmtree(str(folder))
    faults = ['{}: {}'.format(each.network, fault) for each in results for fault in each.faults]
    if not options.networks:
        write_table(results, stacks)
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


def _get_parser():
    parser = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    parser.add_argument('--reference', required=True, help='Python with TensorFlow 1.15')
    parser.add_argument('--current', required=True, help='Python with TensorFlow 2')
    parser.add_argument('--networks', help='some of them, with commas between; default all')
    return parser


def _all_networks():
    return list(_test_configs().NETWORKS) + [DEMO]


def _test_configs():
    if TESTS not in sys.path:
        sys.path.insert(0, TESTS)
    import test_config

    return test_config


def _cases(networks, folder, stacks):
    """Make each case when it is its turn."""
    for network in networks:
        if network == DEMO:
            yield Case(DEMO, 'reference', demo_config(folder / DEMO), DEMO_LIMIT)
            continue
        writers = ['reference'] + ['current'] * (network in ALSO_FROM_CURRENT)
        for writer in writers:
            config = random_config(network, folder / (network + '_' + writer), stacks[writer])
            yield Case(network, writer, config, LIMIT)


def random_config(network, folder, python):
    """
    Make a small volume, a config and a checkpoint of random weights.

    :param network: NiftyNet's name of it
    :param folder: to be made, a :class:`pathlib.Path`
    :param python: the Python that writes the checkpoint
    :return: path of the config
    """
    tests = _test_configs()
    folder.mkdir()
    shape, window, border = tests.SMALL.get(network, tests.DEFAULT)
    if network == 'unet':
        shape = (8, 8, 8)
        window = (96, 96, 96)  # its smallest: 8 come out, so the volume is one window
    config = tests.small_config(network, folder, shape, window, border)
    _run([python, '-c', WRITE_CHECKPOINT, TESTS, config, str(folder / 'model')], folder)
    return config


def demo_config(folder):
    """
    Make the demo's trained network ready, for a crop of its template.

    :param folder: to be made, a :class:`pathlib.Path`
    :return: path of the config
    """
    extension = os.path.join(ROOT, 'extensions', DEMO)
    shutil.copytree(os.path.dirname(extension), str(folder / 'extensions'))
    template = runpy.run_path(os.path.join(extension, 'data.py'))['template_files']()['t1']
    (folder / 'data').mkdir()
    crop = nib.load(template).slicer[CROP]
    nib.save(crop, str(folder / 'data' / 'mni152_T1.nii.gz'))
    config = configparser.ConfigParser()
    config.read(os.path.join(extension, 'config.ini'))
    config.remove_section('label')
    config.remove_option('SEGMENTATION', 'label')
    config['T1']['path_to_search'] = str(folder / 'data')
    config['T1']['spatial_window_size'] = '(64, 64, 64)'
    config['INFERENCE']['spatial_window_size'] = '(64, 64, 64)'
    config['SYSTEM']['model_dir'] = str(folder / 'extensions' / DEMO)
    with open(str(folder / 'small.ini'), 'w') as target:
        config.write(target)
    return str(folder / 'small.ini')


def compare(case, stacks):
    """
    :param case: a :class:`Case`
    :param stacks: ``reference`` and ``current`` -> path of a Python
    :return: a :class:`Result`
    """
    folder = pathlib.Path(case.config).parent
    outputs, seconds = {}, {}
    for name, python in stacks.items():
        started = time.time()
        _infer(case, folder, folder / name, python)
        seconds[name] = time.time() - started
        outputs[name] = read_outputs(folder / name)
    reference, current = outputs['reference'], outputs['current']
    if sorted(reference) != sorted(current):
        raise SystemExit(
            '{}: the stacks wrote other files: {} and {}'.format(
                case.network, sorted(reference), sorted(current)
            )
        )
    shutil.rmtree(str(folder))
    return _judge(case, reference, current, seconds)


def _infer(case, folder, output, python):
    command = [os.path.join(os.path.dirname(python), 'net_run'), 'inference']
    command += ['-a', 'niftynet_activations.app', '-c', case.config, '--save_seg_dir', str(output)]
    command += ['--output_prob', 'True', '--activation_layers', LAYERS]
    if case.network != DEMO:
        command += ['--whitening', 'True']  # the weights are balanced for it
    _run(command, folder)


def _run(command, folder):
    """Run with a NiftyNet home of its own; its output is the failure's message."""
    (folder / 'config.ini').write_text('[global]\nhome = {}\n'.format(folder))
    environment = dict(os.environ, niftynet_config_home=str(folder), HOME=str(folder))
    done = subprocess.run(
        command, cwd=str(folder), env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if done.returncode:
        raise SystemExit(done.stdout.decode(errors='replace')[-3000:])


def read_outputs(folder):
    """
    :param folder: where inference has written, a :class:`pathlib.Path`
    :return: layer, or '' for NiftyNet's own probabilities -> (x, y, z, ..., channel) array
    """
    (own,) = set(glob.glob(str(folder / '*.nii.gz'))) - set(glob.glob(str(folder / 'activation_*')))
    found = {'': np.asanyarray(nib.load(own).dataobj)}
    for path in glob.glob(str(folder / 'activation_*.json')):
        with open(path) as stream:
            layer = json.load(stream)['layer']
        found[layer] = np.asanyarray(nib.load(path[: -len('.json')] + '.nii.gz').dataobj)
    return found


def difference(reference, current):
    """
    :return: largest difference of two arrays of one shape, over the range of the first; infinite
        where they are missing in different places
    """
    missing = np.isnan(reference)
    if reference.shape != current.shape or not np.array_equal(missing, np.isnan(current)):
        return float('inf')
    if missing.all():
        return 0.0
    largest = np.nanmax(np.abs(reference.astype(np.float64) - current))
    spread = float(np.nanmax(reference) - np.nanmin(reference))
    if largest == 0:
        return 0.0
    return float(largest / spread) if spread else float('inf')


def _judge(case, reference, current, seconds):
    found = {layer: difference(reference[layer], current[layer]) for layer in reference}
    own = reference['']
    labels, others = own.argmax(-1), current[''].argmax(-1)
    changed = int((labels != others).sum()) if labels.shape == others.shape else labels.size
    probability = found.pop('')
    layer = max(found, key=found.get)
    faults = []
    if changed:
        faults.append('{} of {} labels changed'.format(changed, labels.size))
    for name, value in sorted(found.items()) + [('probabilities of NiftyNet', probability)]:
        if value > case.limit:
            faults.append('{} differs by {:.1e}, limit {:g}'.format(name, value, case.limit))
    if len(np.unique(labels)) < 2:
        faults.append('all voxels have one label, which shows nothing')
    if case.network != DEMO and np.isin(own, (0, 1)).mean() > MOST_SATURATED:
        faults.append('most probabilities are 0 or 1, which shows nothing')
    return Result(
        case.network, case.writer, labels.size, changed, probability, len(found), found[layer],
        layer, seconds, faults,
    )  # fmt: skip


def _row(result):
    cells = (
        result.network,
        '1.15' if result.writer == 'reference' else '2',
        str(result.voxels),
        str(result.changed),
        '{:.1e}'.format(result.probability),
        str(result.maps),
        '{:.1e}'.format(result.worst),
        '`{}`'.format(result.layer),
    )
    return '| ' + ' | '.join(cells) + ' |'


def write_table(results, stacks):
    """
    Write ``docs/stacks.md``.

    :param results: the :class:`Result` of every case
    :param stacks: ``reference`` and ``current`` -> path of a Python
    """
    versions = {
        name: subprocess.check_output([python, '-c', VERSIONS], stderr=subprocess.DEVNULL)
        for name, python in stacks.items()
    }
    lines = ['# The same checkpoints under TensorFlow 1.15 and 2', '']
    lines += ['Written by `make test-stacks` (`scripts/compare_stacks.py`).', '']
    for name in ('reference', 'current'):
        python, tensorflow, numpy = versions[name].decode().split()
        lines.append(
            '- {}: Python {}, TensorFlow {}, numpy {}'.format(name, python, tensorflow, numpy)
        )
    lines += [
        '',
        'Differences are the largest of any voxel, over the range of the reference map. Limits: no',
        'label changed; {:g} for random weights, {:g} for the trained network of the demo'.format(
            LIMIT, DEMO_LIMIT
        ),
        '(`{}`). Maps: `{}`.'.format(DEMO, LAYERS),
        '',
        '| network | checkpoint by | voxels | labels changed | probabilities | maps '
        '| largest of a map | its layer |',
        '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ]
    lines += [_row(result) for result in results]
    faults = ['{}: {}'.format(each.network, fault) for each in results for fault in each.faults]
    lines += ['', 'Faults: ' + ('; '.join(faults) if faults else 'none') + '.', '']
    with open(TABLE, 'w') as target:
        target.write('\n'.join(lines))


if __name__ == '__main__':
    sys.exit(main())
