#!/usr/bin/env python
# -*- coding: utf-8 -*-
"""
Write a page for each of NiftyNet's segmentation networks, with its most useful layers.

    python scripts/network_pages.py

The texts are in this file; the numbers are those of ``net_activations layers`` for the configs in
``config/``.
"""

import argparse
import io
import os
import sys
import textwrap
from typing import Dict, List, Optional, Sequence, Tuple

from niftynet_activations.host.quiet import all_output_to
from niftynet_activations.inventory.layer_info import LayerInfo

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FOLDER = os.path.join(ROOT, 'docs', 'networks')
COLUMNS = ('layer', 'channels', 'stride', 'period', 'sees', 'exact with border', 'what it is')

# network -> its description, and (layer, description) of the layers that are used most
NETWORKS: Dict[str, Tuple[str, Sequence[Tuple[str, str]]]] = {
    'toynet': (
        'Two convolutions, for trying things out.',
        [
            ('conv_input_bn_relu', 'the only features, in a neighbourhood of 3 voxels'),
            ('conv_output_bn', 'the logits'),
        ],
    ),
    'highres3dnet': (
        'Full resolution throughout: three groups of dilated residual blocks see farther and '
        'farther without losing a voxel, so that all maps lie on the image itself.',
        [
            ('conv_0_bn_prelu', 'edges and intensities'),
            ('res_1_2', 'end of the first group: texture, not dilated'),
            ('res_2_2', 'end of the second group, dilated by 2'),
            ('res_3_2', 'end of the third group, dilated by 4: what the decision is made from'),
            (
                'conv_1_bn_prelu',
                'the input of the last convolution (`penultimate`): features for regions',
            ),
            ('conv_2_bn', 'the logits'),
        ],
    ),
    'highres3dnet_small': (
        'The blocks of highres3dnet at half the resolution: quick, and seeing twice as far. '
        'Maps have a stride of 2, but for the last layers.',
        [
            ('conv_0_bn_relu', 'edges and intensities, stride 2'),
            ('res_1_2', 'end of the first group'),
            ('res_2_2', 'end of the second group, dilated by 2'),
            ('res_3_2', 'end of the third group, dilated by 4'),
            ('deconv_bn_relu', 'back at full resolution (`penultimate`)'),
        ],
    ),
    'highres3dnet_large': (
        'highres3dnet with two more convolutions before the classes. With `keep_prob` below 1 '
        'it drops channels at random in inference too: set it to 1.',
        [
            ('conv_0_bn_relu', 'edges and intensities'),
            ('res_1_2', 'end of the first group'),
            ('res_2_2', 'end of the second group, dilated by 2'),
            ('res_3_2', 'end of the third group, dilated by 4'),
            ('conv_2_bn_relu', 'the input of the last convolution (`penultimate`)'),
        ],
    ),
    'unet': (
        'The 3-D U-Net: three levels down, three up, and a crop of 44 voxels at the end, to '
        'be matched by `border = 44`. Elements `.1` of the blocks on the left are the skip '
        'connections, `.0` what goes down.',
        [
            ('L1.1', 'first skip connection: edges, full resolution'),
            ('L2.1', 'second skip connection, stride 2'),
            ('L3.1', 'third skip connection, stride 4'),
            ('L4.0', 'the bottom, back at stride 4: the widest features'),
            ('R3.0', 'decoder, stride 2'),
            ('R2.0', 'decoder, full resolution'),
        ],
    ),
    'nonewnet': (
        'A U-Net with four poolings and instance normalisation, which takes mean and '
        'deviation of the whole window: windows do not agree where they overlap, and no map '
        'is exact unless one window is the whole volume. Windows as large as memory allows '
        'are best.',
        [
            ('L1.1', 'first skip connection, full resolution'),
            ('L2.1', 'second skip connection, stride 2'),
            ('L3.1', 'third skip connection, stride 4'),
            ('bottom.0', 'the bottom, brought back to stride 8'),
            ('R2.0', 'decoder, full resolution'),
        ],
    ),
    'vnet': (
        'Residual blocks on five levels. Elements `.0` are the features of a level, `.1` what '
        'goes on to the next one. From the fourth level on a sample sees more than any usual '
        'window.',
        [
            ('L1.0', 'first level: edges, full resolution'),
            ('L2.0', 'second level, stride 2'),
            ('L3.0', 'third level, stride 4: the deepest that ordinary windows make exact'),
            ('L4.0', 'fourth level, stride 8'),
            ('V_.0', 'the bottom, stride 16'),
            ('R1.0', 'decoder, full resolution'),
        ],
    ),
    'dense_vnet': (
        'Three densely connected blocks at a half, a quarter and an eighth of the resolution, '
        'each brought back to a half and joined. The model zoo resizes the image to one '
        'window (`window_sampling = resize`): every map is then that of the whole image.',
        [
            ('conv_bn', 'the first features, stride 2'),
            ('dense_feature_stack_block.0', 'first dense block, stride 2: fine texture'),
            ('dense_feature_stack_block_1.0', 'second dense block, stride 4'),
            ('dense_feature_stack_block_2.0', 'third dense block, stride 8: organs as a whole'),
            ('penultimate', 'all three joined at stride 2: features for regions'),
            ('trilinear_resize_3', 'the logits, back at full resolution'),
        ],
    ),
    'deepmedic': (
        'Two paths without padding, one of them at a third of the resolution, joined before '
        'the classes. The network loses 24 voxels on each side: `border = 24`, and '
        '`volume_padding_size = 24` keeps the segmentation whole.',
        [
            ('normal_conv_bn_prelu', 'the fine path begins: edges'),
            ('normal_conv_bn_prelu_7', 'the fine path ends: sees 17 voxels'),
            ('downsample_conv_bn_prelu', 'the coarse path begins, stride 3'),
            ('downsample_conv_bn_prelu_7', 'the coarse path ends: sees 51 voxels'),
            ('residual_concat', 'both paths, joined'),
            ('conv_1x1x1_150_bn_prelu_1', 'the input of the last convolution (`penultimate`)'),
        ],
    ),
    'scalenet': (
        'One first convolution for each modality, merged by a block that passes features '
        'between them, then highres3dnet. It takes two modalities or more.',
        [
            ('conv_0_bn_prelu', 'the first modality alone'),
            ('conv_1_bn_prelu', 'the second modality alone'),
            ('scaleblock', 'modalities merged'),
            ('HighRes3DNet/res_1_2', 'end of the first group'),
            ('HighRes3DNet/res_2_2', 'end of the second group, dilated by 2'),
            ('HighRes3DNet/res_3_2', 'end of the third group, dilated by 4'),
        ],
    ),
    'holisticnet': (
        'Scores from four depths, merged. What comes behind the last score layer depends on '
        'the window as a whole.',
        [
            ('conv_1_1_bn_elu', 'edges and intensities'),
            ('res_1_2', 'first depth'),
            ('res_2_2', 'second depth'),
            ('res_3_2', 'third depth, stride 2'),
            ('res_4_2', 'fourth depth, stride 2'),
            ('ScoreLayer', "the first depth's own segmentation"),
            ('MergeLayer', 'all four merged: the logits'),
        ],
    ),
    'unet_2d': (
        'The U-Net of 2015, slice by slice and without padding: windows are one voxel thick, '
        'and the network loses 92 voxels on each side: `border = (92, 92, 0)` with a padding '
        'of the same.',
        [
            ('TwoConv', 'first level: edges, full resolution'),
            ('TwoConv_1', 'second level, stride 2'),
            ('TwoConv_2', 'third level, stride 4'),
            ('TwoConv_3', 'fourth level, stride 8'),
            ('TwoConv_4', 'the bottom, stride 16: the widest features'),
            ('TwoConv_7', 'decoder, stride 2'),
            ('TwoConv_8', 'decoder, full resolution (`penultimate`)'),
        ],
    ),
}

PAGE = """\
# {network}

{words}

With the window of [config/{network}.ini](../../config/{network}.ini), {window} voxels:

{table}

*Stride* is the distance between neighbouring samples of the map in voxels; *period* is by how many
voxels the image has to move for the map to only move along. *Sees* is the receptive field in
voxels, *all* where a sample depends on the whole window. *Exact
with border*: `activation_grid = aligned` with that `border`, and `volume_padding_size` the same to
keep the segmentation whole, makes the map equal to one pass over the whole volume.{reasons}

```
net_run inference -a niftynet_activations.app -c config/{network}.ini \\
    --activation_layers "{selectors}"
```

`net_activations layers -c config/{network}.ini` lists all {count} layers.
"""

WHY_NOT = '\n\nWhere there is a dash no border does with this window: {}.'

INDEX = """\
# The layers of NiftyNet's segmentation networks

A page for each network, with the layers that are looked at most. Made by
`scripts/network_pages.py` from the configs in `config/`.

{rows}

What every layer sees is in [receptive_fields.md](../receptive_fields.md); which maps equal one pass
over the whole volume, measured, in [exact_maps.md](../exact_maps.md).
"""


def main(args: Optional[Sequence[str]] = None) -> int:
    """
    :param args: words of the command line
    :return: exit status
    """
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument('--folder', default=FOLDER, help='where to write the pages')
    folder = parser.parse_args(args).folder
    os.makedirs(folder, exist_ok=True)
    for network in sorted(NETWORKS):
        _write(os.path.join(folder, network + '.md'), page_of(network))
    rows = ['- [{0}]({0}.md): {1}'.format(each, NETWORKS[each][0]) for each in sorted(NETWORKS)]
    _write(os.path.join(folder, 'README.md'), INDEX.format(rows='\n'.join(rows)))
    return 0


def page_of(network: str) -> str:
    """
    :param network: its name in NiftyNet
    :return: its page, as Markdown
    :raises KeyError: if a layer is not one of the network's
    """
    path = os.path.join(ROOT, 'config', network + '.ini')
    with all_output_to(io.StringIO()):
        from niftynet_activations import app  # noqa: F401  NiftyNet's keywords with ours
        from niftynet_activations.host.config import read_config, window_of
        from niftynet_activations.inventory.listing import layers_of_config

        layers = {each.name: each for each in layers_of_config(path)}
        window = window_of(read_config(path))
    words, chosen = NETWORKS[network]
    rows: List[Sequence[str]] = [COLUMNS, ('---',) * len(COLUMNS)]
    rows += [_cells(layers[name], note) for name, note in chosen]
    reasons = sorted({_reason(layers[name]) for name, _ in chosen} - {''})
    return PAGE.format(
        network=network,
        words=textwrap.fill(words, 100),
        window=' x '.join(str(size) for size in window),
        table='\n'.join('| {} |'.format(' | '.join(row)) for row in rows),
        reasons=WHY_NOT.format('; '.join(reasons)) if reasons else '',
        selectors=', '.join(name for name, _ in chosen),
        count=len(layers),
    )


def _cells(layer: LayerInfo, note: str) -> List[str]:
    numbers = [_numbers(getattr(layer, each)) for each in ('stride', 'period', 'receptive_field')]
    border = _numbers(layer.exact_with_border) if layer.exact_with_border else '-'
    return ['`{}`'.format(layer.name), str(layer.channels)] + numbers + [border, note]


def _numbers(values: Sequence[Optional[float]]) -> str:
    texts = ['all' if each is None else '{:g}'.format(each) for each in values]
    return texts[0] if len(set(texts)) == 1 else ', '.join(texts)


def _reason(layer: LayerInfo) -> str:
    return '' if layer.exact_with_border else (layer.inexact_because or '')


def _write(path: str, text: str) -> None:
    with open(path, 'w') as target:
        target.write(text)


if __name__ == '__main__':
    sys.exit(main())
