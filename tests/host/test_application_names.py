# -*- coding: utf-8 -*-
"""The names of applications are those that the package gives, and bring nothing in."""

import subprocess
import sys

from niftynet_activations.host.application_names import APPLICATION, APPLICATIONS


def test_each_of_ours_is_an_attribute_of_the_package():
    import niftynet_activations

    names = [ours for _, ours in APPLICATIONS.values() if ours]
    assert APPLICATION in names and len(set(names)) == len(names) == 5
    for name in names:
        package, _, attribute = name.rpartition('.')
        assert package == niftynet_activations.__name__
        assert attribute in niftynet_activations._APPLICATIONS


def test_nothing_is_imported():
    code = (
        'import sys\nimport niftynet_activations.host.application_names\n'
        'print([name for name in ("niftynet", "tensorflow", "numpy") if name in sys.modules])'
    )
    assert subprocess.check_output([sys.executable, '-c', code]).decode().strip() == '[]'
