# -*- coding: utf-8 -*-
"""
How time and memory of a cohort's steps grow with the number of subjects in its folder.

``python -m benchmarks.cohort_scale [--subjects 1000,3000,10000] [--steps NAME,...] [--run N]``. The
steps are those around the network: finding the files, status, lists, opening the folder, tables,
features, components, report, handing subjects out. So only one subject is run, and its results are
copied under other names (``trials/many_subjects.py``). Each step is a process of its own, which
reports its processor seconds and the growth of its peak memory. ``--run N`` runs a whole cohort of
N subjects with one early layer, and reports seconds a subject and memory for each quarter of the
run.
"""

import argparse
import json
import os
import pathlib
import queue
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from typing import TYPE_CHECKING, Callable, Dict, List, Optional, Sequence, Tuple, cast

from benchmarks.memory import memory_of
from benchmarks.volumes import ROOT
from niftynet_activations.cohort.records import DONE, ENDING, RECORDS, RUNNING

if TYPE_CHECKING:
    from niftynet_activations.cohort.task import Order
    from niftynet_activations.hints import DaskClient

SEED = 'seed.json'
REPORTED = 100  # one of so many subjects is in the report, whose pictures take long


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """
    :param arguments: of the command line
    :return: exit status 0
    """
    options = _parser().parse_args(arguments)
    if options.child:
        name, folder = options.child
        sys.stdout.write('\nTOLD {}\n'.format(json.dumps(_measured(name, pathlib.Path(folder)))))
        return 0
    counts = [int(each) for each in options.subjects.split(',') if each]
    found: Dict[str, List[Tuple[float, float]]] = {}
    for count in counts:
        folder = tempfile.mkdtemp(prefix='cohort-scale-')
        try:
            _child('make {}'.format(count), folder)
            for name in options.steps.split(',') if options.steps else STEPS:
                found.setdefault(name, []).append(_child(name, folder))
                _say('{} subjects, {}: {:.2f} s, {:.0f} MB\n'.format(count, name, *found[name][-1]))
        finally:
            shutil.rmtree(folder)
    sys.stdout.write(table(counts, found))
    if options.run:
        sys.stdout.write(run_many(options.run))
    return 0


def table(counts: Sequence[int], found: Dict[str, List[Tuple[float, float]]]) -> str:
    """
    :param counts: of subjects
    :param found: step -> processor seconds and MB for each count
    :return: a table in Markdown; the last column is the time for each subject at the last count,
        divided by that at the first count: 1 where time is linear
    """
    head = (
        ['step'] + ['{} subjects'.format(count) for count in counts] + ['a subject, last : first']
    )
    lines = ['| {} |'.format(' | '.join(head)), '| --- ' * len(head) + '|']
    for name, values in found.items():
        cells = ['{:.2f} s, {:.0f} MB'.format(*each) for each in values]
        growth = values[-1][0] / counts[-1] / max(values[0][0] / counts[0], 1e-9)
        lines.append('| {} | {} | {:.2f} |'.format(name, ' | '.join(cells), growth))
    return '\n'.join(lines) + '\n' if found else ''


def run_many(count: int) -> str:
    """
    :param count: of subjects, which are really run
    :return: a line about time and memory
    """
    with tempfile.TemporaryDirectory(prefix='cohort-run-') as folder:
        _child('images {}'.format(count), folder)
        out = os.path.join(folder, 'out')
        with open(os.path.join(folder, SEED)) as stream:
            words = [sys.executable, '-m', 'niftynet_activations.command_line'] + json.load(stream)
        begun, memory = time.monotonic(), []
        with open(os.path.join(folder, 'log'), 'wb') as log:
            process = subprocess.Popen(words, env=_environment(folder), stdout=log, stderr=log)
            while process.poll() is None:
                memory.append(memory_of(process.pid) / 1e6)
                time.sleep(1)
        seconds = time.monotonic() - begun
        times = _times_of_ends(out)
    quarters = [times[place * (len(times) - 1) // 4] for place in range(5)]
    parts = ', '.join(
        '{:.3f}'.format((end - start) * 4 / max(len(times) - 1, 1))
        for start, end in zip(quarters, quarters[1:])
    )
    held = [memory[place * (len(memory) - 1) // 4] for place in range(1, 5)]
    return '{} of {} subjects done in {:.0f} s; seconds a subject by quarter: {}; MB: {}\n'.format(
        len(times), count, seconds, parts, ', '.join('{:.0f}'.format(each) for each in held)
    )


def _times_of_ends(out: str) -> List[float]:
    journals = pathlib.Path(out) / '.activations-cohort' / 'journals'
    lines = [json.loads(text) for path in journals.glob('*.jsonl') for text in path.open()]
    return sorted(line['time'] for line in lines if line['state'] == 'done')


def _child(step: str, folder: str) -> Tuple[float, float]:
    words = [sys.executable, '-m', 'benchmarks.cohort_scale', '--child', step, folder]
    done = subprocess.run(
        words, env=_environment(folder), cwd=folder, stdout=subprocess.PIPE, check=True
    )
    (line,) = [each for each in done.stdout.decode().splitlines() if each.startswith('TOLD ')]
    seconds, megabytes = json.loads(line[len('TOLD ') :])
    return seconds, megabytes


def _environment(folder: str) -> Dict[str, str]:
    with open(os.path.join(folder, 'config.ini'), 'w') as home:
        home.write('[global]\nhome = {}\n'.format(folder))
    variables = dict(os.environ, niftynet_config_home=folder, TF_CPP_MIN_LOG_LEVEL='2')
    variables['PYTHONPATH'] = os.pathsep.join([ROOT, os.environ.get('PYTHONPATH', '')])
    return variables


def _measured(name: str, folder: pathlib.Path) -> Tuple[float, float]:
    sys.path.insert(0, os.path.join(ROOT, 'trials'))
    if name not in STEPS:
        import many_subjects

        word, _, count = name.partition(' ')
        if word == 'make':
            config, out = many_subjects.make_cohort(folder, int(count))
        else:
            config, out = many_subjects.make_images(folder / 'toy', int(count)), folder / 'out'
        with open(str(folder / SEED), 'w') as stream:
            json.dump(many_subjects.run_words(config, out), stream)
        return 0.0, 0.0
    step = STEPS[name](str(folder / 'out'))
    before, begun = _peak(), time.process_time()
    step()
    return time.process_time() - begun, _peak() - before


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


# Each function prepares a step and returns it: imports and preparation are not timed.


def _find(out: str) -> Callable[[], object]:
    """Search a folder with one image file for each subject."""
    from niftynet_activations.cohort.found_files import find_files
    from niftynet_activations.cohort.status import cohort_status
    from niftynet_activations.host.config import Config

    images = pathlib.Path(out).parent / 'images'
    images.mkdir()
    for each in cohort_status(out):
        (images / (each.name + '_T1.nii')).touch()
    section = argparse.Namespace(csv_file='', path_to_search=str(images), filename_contains=('T1',))
    return lambda: find_files(Config({}, {'T1': section}, object))


def _status(out: str) -> Callable[[], object]:
    from niftynet_activations.cohort.status import cohort_status, status_text

    return lambda: status_text(cohort_status(out))


def _lists(out: str) -> Callable[[], object]:
    from niftynet_activations.cohort.lists import make_lists

    return lambda: make_lists(out)


def _hand_out(out: str) -> Callable[[], object]:
    """Hand subjects out to workers that only write records."""
    from niftynet_activations.cohort.clusters import Cluster
    from niftynet_activations.cohort.found_files import FoundFiles
    from niftynet_activations.cohort.handing_out import HandedOut
    from niftynet_activations.cohort.records import Journal
    from niftynet_activations.cohort.setting import Setting
    from niftynet_activations.cohort.status import cohort_status
    from niftynet_activations.host.config import Config

    names = [each.name for each in cohort_status(out)]
    files = FoundFiles({'T1': {name: [name + '.nii'] for name in names}})
    setting = Setting('', '', [], Config({}, {}, object), out, out)
    cluster = Cluster(cast('DaskClient', _Client(out)), 4, 1, False, 0, queue.Queue(), lambda: None)
    journal = Journal(out)
    handed = HandedOut(setting, files, cluster, journal, lambda counts: None)
    return lambda: handed.do(names, 0)


class _Client(object):
    """Stands in for a Dask client: it does a task at once, by writing the task's records."""

    def __init__(self, out: str) -> None:
        self._out = out

    def submit(self, _: object, order: 'Order', **__: object) -> '_Ended':
        # the lines of a real journal, without waiting for the disk: in a real run workers wait
        path = os.path.join(self._out, RECORDS, 'journals', order.names[0] + ENDING)
        with open(path, 'w', encoding='utf-8') as stream:
            for name in order.names:
                for state in (RUNNING, DONE):
                    line = {'subject': name, 'state': state, 'time': time.time()}
                    stream.write(json.dumps(line) + '\n')
        return _Ended({'done': order.names, 'failed': {}, 'elsewhere': []})


class _Ended(object):
    def __init__(self, told: Dict[str, object]) -> None:
        self._told = told

    def add_done_callback(self, call: Callable[['_Ended'], object]) -> None:
        call(self)

    def cancelled(self) -> bool:
        return False

    def exception(self) -> None:
        return None

    def result(self) -> Dict[str, object]:
        return self._told


def _open(out: str) -> Callable[[], object]:
    from niftynet_activations.looking.maps import ActivationMaps

    return lambda: len(ActivationMaps(out))


def _command(*words: str) -> Callable[[str], Callable[[], object]]:
    def prepared(out: str) -> Callable[[], object]:
        from niftynet_activations.command_line import main
        from niftynet_activations.looking.report import page  # noqa: F401  imports all

        label = next(iter(pathlib.Path(out).glob('window_seg_*')))
        given = [word.format(out=out, label=label, folder=os.path.dirname(out)) for word in words]
        if '--subjects' in given:
            from niftynet_activations.looking.maps import ActivationMaps

            subjects = ActivationMaps(out).subjects
            place = given.index('--subjects') + 1
            given[place] = ','.join(subjects[: max(1, len(subjects) // REPORTED)])
        return lambda: main(given)

    return prepared


STEPS: Dict[str, Callable[[str], Callable[[], object]]] = {
    'find the files': _find,
    'status': _status,
    'lists': _lists,
    'open': _open,
    'table': _command('table', '{out}', '--labels', '{label}'),
    'table with own labels': _command(
        'table', '{out}', '--labels', '{out}/window_seg_*', '-o', '{folder}/t.csv'
    ),
    'features': _command('features', '{out}', '-o', '{folder}/f.csv'),
    'features dataset': _command('features', '{out}', '-o', '{folder}/features/'),
    'components': _command(
        'components', '{out}', '--layers', 'conv_input_bn_relu', '--number', '1'
    ),
    'report of 1 %': _command('report', '{out}', '--subjects', '', '-o', '{folder}/r.html'),
    'hand out': _hand_out,  # must be last: after it, the records list no files
}


def _say(line: str) -> None:
    sys.stderr.write(line)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--subjects', default='1000,3000,10000')
    parser.add_argument('--steps', help='names with commas between them; all if not given')
    parser.add_argument('--run', type=int, default=0, metavar='N')
    parser.add_argument('--child', nargs=2, help=argparse.SUPPRESS)
    return parser


if __name__ == '__main__':
    sys.exit(main())
