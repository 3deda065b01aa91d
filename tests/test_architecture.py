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
