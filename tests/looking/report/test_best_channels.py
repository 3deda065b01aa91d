# -*- coding: utf-8 -*-
"""Each label's best channels, from tables written by hand and by the command."""

import nibabel as nib
import pandas as pd
import pytest
from sample_folder import Layer, make_sample

from niftynet_activations.command_line import main
from niftynet_activations.errors import ReadError
from niftynet_activations.looking.report.best_channels import best_channels, read_units
from niftynet_activations.looking.report.page import write_report


def test_the_best_are_farthest_from_chance_on_either_side():
    aucs = {0: 0.6, 3: 0.05, 4: 0.9, 5: float('nan'), 7: 0.55}
    units = pd.DataFrame(
        [
            dict(layer='conv', channel=channel, label='2', auc=auc, dice=0.5, iou=0.25, table='u')
            for channel, auc in aucs.items()
        ]
    )
    ((table),) = best_channels(units, ['conv', 'other'])
    assert table == {
        'table': 'u',
        'rows': [
            {
                'label': '2',
                'channels': [
                    '3 (AUC 0.050, Dice 0.500, IoU 0.250)',
                    '4 (AUC 0.900, Dice 0.500, IoU 0.250)',
                    '0 (AUC 0.600, Dice 0.500, IoU 0.250)',
                ],
            }
        ],
    }
    assert best_channels(units, ['other']) == []


def test_the_report_takes_what_the_command_wrote(tmp_path, undrawn):
    layers = [Layer('logits', 3, 1, 0.0)]
    sample = make_sample(str(tmp_path / 'maps'), ['1'], layers, shape=(9, 10, 11))
    atlas = str(tmp_path / 'atlas.nii.gz')
    nib.save(nib.Nifti1Image(sample.labels['1'], sample.affine), atlas)
    path = str(tmp_path / 'maps' / 'units_atlas.csv')
    assert main(['units', sample.folder, '--labels', atlas, '-o', path]) == 0
    best = pd.read_csv(path).query('label == 2').sort_values('auc', key=lambda v: -(v - 0.5).abs())
    with open(write_report(sample.folder), encoding='utf-8') as page:
        text = page.read()
    assert 'from units_atlas.csv' in text
    assert '<td>{} (AUC {:.3f}'.format(best.iloc[0].channel, best.iloc[0].auc) in text


def test_other_tables_are_passed_over_and_a_spoiled_one_is_told(tmp_path):
    (tmp_path / 'activations.csv').write_text('subject,layer,channel\na,conv,1\n')
    assert read_units(str(tmp_path)).empty
    header = 'layer,channel,label,auc,dice,iou\n'
    (tmp_path / 'units.csv').write_text(header + 'conv,1,2,0.5,0.5,0.5\n"conv,2\n')
    with pytest.raises(ReadError, match='units.csv cannot be read as a table'):
        read_units(str(tmp_path))
