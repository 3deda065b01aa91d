#!/usr/bin/env python
# -*- coding: utf-8 -*-
"""
Save the results of MONAI's sliding-window inference on a small volume, for the test of the stitch
modes.

    python scripts/monai_blending.py tests/stitching/monai_blending.npz

It needs MONAI and PyTorch, which neither the package nor its tests need. The predictor multiplies a
window by a ramp over the window, so that windows disagree where they overlap.
"""

import argparse
import itertools

import numpy as np

VOLUME, WINDOW, OVERLAP = (13, 11, 9), (8, 6, 5), 0.4


def main() -> None:
    """Compute and save."""
    import monai
    import torch
    from monai.data.utils import compute_importance_map, dense_patch_slices
    from monai.inferers import sliding_window_inference

    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument('path', help='of the file to write')
    path = parser.parse_args().path
    volume = np.random.RandomState(4).standard_normal(VOLUME).astype(np.float32)
    ramp = 1 + np.arange(np.prod(WINDOW), dtype=np.float32).reshape(WINDOW) / 100
    found = dict(volume=volume, ramp=ramp, monai=monai.__version__)
    for mode, name in (('constant', 'average'), ('gaussian', 'gaussian')):
        blended = sliding_window_inference(
            torch.as_tensor(volume[None, None]),
            roi_size=WINDOW,
            sw_batch_size=4,
            predictor=lambda windows: windows * torch.as_tensor(ramp),
            overlap=OVERLAP,
            mode=mode,
        )
        found[name] = blended.numpy()[0, 0]
        found[name + '_weights'] = compute_importance_map(WINDOW, mode=mode).numpy()
    interval = [int(size * (1 - OVERLAP)) for size in WINDOW]
    slices = dense_patch_slices(VOLUME, WINDOW, interval)
    for axis, name in enumerate('xyz'):
        found['starts_' + name] = sorted({place[axis].start for place in slices})
    sizes = [len(found['starts_' + name]) for name in 'xyz']
    assert len(slices) == len(list(itertools.product(*map(range, sizes))))
    np.savez_compressed(path, **found)


if __name__ == '__main__':
    main()
