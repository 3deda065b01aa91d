# -*- coding: utf-8 -*-
"""Classification: what it decides by is a table."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import niftynet_activations as na  # noqa: E402

na.app  # noqa: B018  registers the options


def test_a_classifier_s_logits_are_a_table(runs):
    _, _, folder = runs('classification')
    for subject in ('a', 'b'):
        row = np.loadtxt(
            str(folder / 'activation_decide_{}_x.csv'.format(subject)), str, delimiter=','
        )
        logits = row[1, -3:].astype(float)
        given = np.loadtxt(str(folder / 'csv_{}_x.csv'.format(subject)), str, delimiter=',')
        given = given.reshape(-1)[-3:].astype(float)
        np.testing.assert_allclose(np.exp(logits) / np.exp(logits).sum(), given, rtol=1e-5)
