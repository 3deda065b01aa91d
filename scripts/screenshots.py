# -*- coding: utf-8 -*-
"""
Make the pictures of viewer and report in docs/images again: ``python scripts/screenshots.py``.

The demonstration's network is run on two subjects: its template, and the template with an
artificial ring in it. Then a browser (``scripts/install_browser.sh``) opens viewer and report.
``--maps`` takes the maps of an earlier call.
"""

import argparse
import io
import os
import runpy
import sys
import threading
import time
from typing import Optional, Sequence

import nibabel as nib
import numpy as np
from PIL import Image

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [ROOT, os.path.join(ROOT, 'trials')]

import browsers  # noqa: E402

from niftynet_activations.hints import Browser  # noqa: E402
from niftynet_activations.looking.maps import ActivationMaps  # noqa: E402
from niftynet_activations.looking.report.choice import Choice  # noqa: E402
from niftynet_activations.looking.report.page import write_report  # noqa: E402
from niftynet_activations.looking.viewer.server import ViewerServer  # noqa: E402

IMAGES = os.path.join(ROOT, 'docs', 'images')
LAYERS = 'conv_1_relu, context, logits'
RING = (-36.0, 24.0, 26.0)  # mm: its centre
RADIUS, BREADTH = 12.0, 3.0  # mm
SIZE = (1500, 940)
WAIT = 300  # seconds
REST = 2  # seconds to wait until the page is drawn completely
# two subjects side by side, the layer's channels below; no 3-D, which needs a graphics card
VIEW = (
    '#subject=mni152&layer=logits&channel=2&scale=layer&subject=ring&layer=logits&channel=2'
    '&scale=layer&at={},{},{}&strip=true&field=true&chart=true&view=axial'.format(*RING)
)
SECTION = '#s1-2'  # of the report: the second layer
REPORT_WIDTH, REPORT_HEIGHT = 1180, 1240


def with_ring(image: nib.Nifti1Image) -> nib.Nifti1Image:
    """
    :param image: a nibabel image
    :return: the same with a sphere's bright shell around RING
    """
    values = np.asarray(image.dataobj, dtype=np.float32)
    index = np.indices(values.shape).reshape(3, -1).T
    away = np.linalg.norm(nib.affines.apply_affine(image.affine, index) - RING, axis=1)
    shell = np.abs(away - RADIUS).reshape(values.shape) < BREADTH
    return nib.Nifti1Image(np.where(shell, values.max(), values), image.affine, image.header)


def make_maps(output: str) -> str:
    """
    Run the demonstration's network on two subjects.

    :param output: folder for NiftyNet's home and the maps
    :return: folder of the maps
    """
    demo = runpy.run_path(os.path.join(ROOT, 'scripts', 'demo.py'))
    home, maps = os.path.join(output, 'niftynet-home'), os.path.join(output, 'maps')
    image, labels = demo['make_home'](home)
    nib.save(
        with_ring(nib.Nifti1Image.from_filename(image)),
        os.path.join(os.path.dirname(image), 'ring_T1.nii.gz'),
    )
    os.rename(labels, labels + '.unused')  # else NiftyNet expects labels of the second subject too
    if demo['run_inference'](home, maps, LAYERS) != 0:
        raise SystemExit(1)
    return maps


def take(browser: Browser, url: str, path: str, ready: str) -> None:
    """
    Save a screenshot of a page.

    :param browser: a browser that trials/browsers.py opened
    :param url: address of the page
    :param path: path of the picture, .webp
    :param ready: a script that returns true when the page is complete
    """
    browser.get(url)
    end = time.time() + WAIT
    while not browser.execute_script('return Boolean({})'.format(ready)):
        if time.time() > end:
            raise SystemExit('{} was not there within {} s'.format(url, WAIT))
        time.sleep(0.2)
    time.sleep(REST)
    with Image.open(io.BytesIO(browser.get_screenshot_as_png())) as picture:
        picture.convert('RGB').save(path, quality=80)


def take_all(maps: str, images: str = IMAGES) -> None:
    """
    :param maps: folder of the maps
    :param images: output folder for the pictures
    """
    server = ViewerServer(maps)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    browser = browsers.open_browser(SIZE)
    try:
        ready = "document.querySelector('#thumbnails button') && viewer.panes.every(p => p.field)"
        take(browser, server.url + VIEW, os.path.join(images, 'viewer.webp'), ready)
        report = os.path.join(maps, 'report.html')
        write_report(maps, report, choice=Choice(subjects=ActivationMaps(maps).subjects[:1]))
        browser.set_window_size(REPORT_WIDTH, REPORT_HEIGHT)
        complete = '[...document.images].every(e => e.complete)'
        take(browser, 'file://' + report + SECTION, os.path.join(images, 'report.webp'), complete)
    finally:
        browser.quit()
        server.shutdown()
        server.server_close()


def main(args: Optional[Sequence[str]] = None) -> int:
    """
    Make both pictures.

    :param args: command line without the program's name; that of the process where None
    :return: the exit status
    """
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument('--output', default=os.path.join(ROOT, 'demo-output', 'two'))
    parser.add_argument('--maps', help='of an earlier call')
    chosen = parser.parse_args(args)
    missing = browsers.what_is_missing()
    if missing:
        raise SystemExit(missing)
    take_all(chosen.maps or make_maps(os.path.abspath(chosen.output)))
    return 0


if __name__ == '__main__':
    sys.exit(main())
