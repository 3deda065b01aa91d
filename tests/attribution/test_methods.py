# -*- coding: utf-8 -*-
import pytest

from niftynet_activations.attribution.methods import METHODS, Question, method_named
from niftynet_activations.errors import OptionError
from niftynet_activations.stitching.stitcher import mode_of


def test_each_method_says_its_formula_and_source():
    for name, method in METHODS.items():
        assert method_named(name) is method and method.formula and method.source
        assert mode_of(method.stitch)
    with pytest.raises(OptionError, match="method 'cam': expected one of gradcam, hirescam"):
        method_named('cam')


def test_names_of_maps():
    assert Question('gradcam', 3).name_of_map('res_1') == 'res_1/gradcam_label_3'
    assert Question('hirescam', 3, 'x.nii').name_of_map('a/b') == 'a/b/hirescam_label_3_masked'
