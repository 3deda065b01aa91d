# -*- coding: utf-8 -*-
"""The Python of docs/extractor.md, run as it stands."""

import os
import re
import shutil

import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from example_run import ROOT, SUBJECTS, make_example  # noqa: E402

PAGE = os.path.join(ROOT, 'docs', 'extractor.md')


def test_extractor(tmp_path, monkeypatch):
    config = make_example(tmp_path / 'example')
    shutil.copy(config, str(tmp_path / 'config.ini'))
    shutil.copy(
        str(tmp_path / 'example' / 'data' / 'one_T1.nii.gz'), str(tmp_path / 'image.nii.gz')
    )
    monkeypatch.chdir(tmp_path)
    with open(PAGE, encoding='utf-8') as stream:
        (code,) = re.findall(r'^```python\n(.*?)^```', stream.read(), re.DOTALL | re.MULTILINE)
    names = {}
    exec(compile(code, PAGE, 'exec'), names)
    assert names['one'].data.shape[:3] == SUBJECTS['one']
    assert len(names['maps']) > len(names['again']) == 1
    for each in (names['again']['patient 7', 'logits'], names['third']['subject', 'logits']):
        np.testing.assert_array_equal(each.data, names['one'].data)
    assert sorted(os.listdir(str(tmp_path))) == ['config.ini', 'example', 'image.nii.gz']
