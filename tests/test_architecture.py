# -*- coding: utf-8 -*-
"""The architecture page tells the truth: its rooms are those whose imports are checked."""

import os
import re
import subprocess
import sys

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PACKAGE = os.path.join(ROOT, 'niftynet_activations')


def drawn_rooms():
    """What stands first in each line of the drawing under *Rooms*, top to bottom."""
    with open(os.path.join(ROOT, 'docs', 'architecture.md'), encoding='utf-8') as page:
        drawing = re.search(r'## Rooms\n.*?```\n(.*?)```', page.read(), re.DOTALL).group(1)
    return [re.split(r'\s{2,}', line)[0] for line in drawing.strip().splitlines()]


def test_the_drawing_is_the_contract():
    tomllib = pytest.importorskip('tomllib', reason='Python before 3.11 reads no TOML')
    with open(os.path.join(ROOT, 'pyproject.toml'), 'rb') as settings:
        contracts = tomllib.load(settings)['tool']['importlinter']['contracts']
    assert drawn_rooms() == contracts[0]['layers']
    assert contracts[0]['type'] == 'layers' and contracts[0]['exhaustive']


def test_every_room_is_drawn():
    rooms = {
        name[: -len('.py')] if name.endswith('.py') else name
        for name in os.listdir(PACKAGE)
        if not name.startswith('__')
    }
    drawn = {room.strip('()') for line in drawn_rooms() for room in line.split(' | ')}
    optional = {line.strip('()') for line in drawn_rooms() if line.startswith('(')}
    assert drawn - optional <= rooms <= drawn


def test_no_room_looks_up():
    """The contracts are kept, as ``make lint`` sees them."""
    tool = os.path.join(os.path.dirname(sys.executable), 'lint-imports')
    if not os.path.exists(tool):
        pytest.skip('import-linter is not installed; it needs Python 3.10')
    done = subprocess.run(
        [tool, '--no-cache'], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    assert done.returncode == 0, done.stdout.decode()


@pytest.mark.slow
@pytest.mark.parametrize(
    'options',
    [
        'nii',
        'nii.gz',
        'zarr',
        'nii --activation_stitch average',
        'nii --activation_resolution input',
    ],
)
def test_a_window_passes_six_modules_and_nothing_calls_back(options, tmp_path, monkeypatch):
    """From NiftyNet's interpret_output to what writes the file, each module passed once."""
    pytest.importorskip('niftynet')
    from inference_runs import run_activations
    from toy_runs import LAYER, make_toy

    from niftynet_activations.running.pipeline import Pipeline
    from niftynet_activations.store.writer import MapWriter

    ways = {'put': set(), 'write': set()}

    def noting(name, function):
        def noted(*arguments, **named):
            way = modules_on_the_stack()
            if name == 'write' or 'application.run_steps' in way:
                ways[name].add(way)
            return function(*arguments, **named)

        return noted

    make = MapWriter.__init__

    def make_and_note(writer, *given):
        make(writer, *given)
        sink = writer._sink
        name = type(sink).__module__.split('.', 1)[1]
        write = noting('write', sink.write)
        monkeypatch.setattr(sink, 'write', lambda *given: write(*given), raising=False)
        ways['format'] = name

    monkeypatch.setattr(MapWriter, '__init__', make_and_note)
    monkeypatch.setattr(Pipeline, 'put', noting('put', Pipeline.put))
    config = make_toy(tmp_path / 'toy', {'a': (17, 19, 23)})
    words = ['--activation_layers', LAYER, '--activation_format'] + options.split()
    run_activations(config, tmp_path / 'out', *words)
    taking = ('application.run_steps', 'running.taking')
    # behind the last window the run has the map completed
    assert ways['put'] == {taking, taking + ('running.run',)}
    for way in ways['write']:
        whole = taking + way + (ways['format'],)
        assert whole[2] == 'running.pipeline' and whole[-2] == 'store.writer'
        assert len(set(whole)) == len(whole), whole
        # what has been gathered is no window any more: the job that finishes a map hands it on
        finishing = 'running.targets' in way
        assert finishing == (len(options.split()) > 1)
        assert len(whole) - finishing <= 6, whole


def modules_on_the_stack():
    """The package's modules from the outermost call inwards, neighbours that are the same once."""
    frame, found = sys._getframe(2), []
    while frame is not None:
        name = frame.f_globals.get('__name__', '')
        if name.startswith('niftynet_activations.') and not name.endswith('in_process'):
            name = name.split('.', 1)[1]
            if not found or found[-1] != name:
                found.append(name)
        frame = frame.f_back
    return tuple(reversed(found))


def test_every_file_on_the_page_is_there():
    with open(os.path.join(ROOT, 'docs', 'architecture.md'), encoding='utf-8') as page:
        named = set(re.findall(r'\b[a-z_]+/[a-z_/]*\w+\.py\b', page.read()))
    assert len(named) > 20
    assert [name for name in sorted(named) if not os.path.isfile(os.path.join(PACKAGE, name))] == []
