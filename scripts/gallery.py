# -*- coding: utf-8 -*-
"""
Make the figures of docs/gallery.md again: ``python scripts/gallery.py``, after ``make demo`` with
the layers that the page names.

A *command* is a line of the page that begins with ``net_activations figure``; it is run unchanged.
Its output ``NAME.png`` becomes ``docs/images/gallery_NAME.webp``, which the page shows.
"""

import argparse
import os
import re
import shlex
import sys
from typing import List, Optional, Sequence

from PIL import Image

from niftynet_activations.command_line import main as net_activations

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PAGE = os.path.join(ROOT, 'docs', 'gallery.md')
IMAGES = os.path.join(ROOT, 'docs', 'images')
WIDTH = 1400  # pixels; figures for a page, not for print


def commands(page: str = PAGE) -> List[List[str]]:
    """
    :param page: path of the page
    :return: the arguments of each command, without the program's name
    """
    with open(page, encoding='utf-8') as stream:
        lines = re.findall(r'^net_activations (figure .*)$', stream.read(), re.MULTILINE)
    return [shlex.split(line) for line in lines]


def picture_of(arguments: Sequence[str]) -> str:
    """
    :param arguments: of a command
    :return: the name of its picture among the page's images
    """
    output = arguments[arguments.index('-o') + 1]
    return 'gallery_{}.webp'.format(os.path.splitext(output)[0])


def make(arguments: Sequence[str], folder: str, images: str = IMAGES) -> str:
    """
    :param arguments: of a command
    :param folder: the folder that holds ``demo-output``; the figure is written there too
    :param images: folder of the page's images
    :return: path of the picture that the page shows
    """
    output = os.path.join(folder, arguments[arguments.index('-o') + 1])
    maps = os.path.join(folder, arguments[1])
    status = net_activations([arguments[0], maps, *arguments[2:-1], output])
    if status:
        raise SystemExit(status)
    path = os.path.join(images, picture_of(arguments))
    with Image.open(output) as figure:
        height = int(round(figure.height * WIDTH / float(figure.width)))
        figure.convert('RGB').resize((WIDTH, height), Image.Resampling.LANCZOS).save(
            path, quality=80
        )
    os.remove(output)
    return path


def main(args: Optional[Sequence[str]] = None) -> int:
    """
    Make all figures.

    :param args: command line without the program's name; that of the process where None
    :return: the exit status
    """
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument('--folder', default=ROOT, help='where demo-output lies')
    chosen = parser.parse_args(args)
    for arguments in commands():
        print(make(arguments, chosen.folder))
    return 0


if __name__ == '__main__':
    sys.exit(main())
