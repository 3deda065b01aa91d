# -*- coding: utf-8 -*-
"""
Make the process ready for NiftyNet; done once, just before NiftyNet runs.

Words: *facade*, the module that NiftyNet sees as ``tensorflow``; *stand-in*, a replacement of
something that TensorFlow 1.15 or another library had and its newer versions have not.
"""

import sys

from niftynet_tf2 import (
    facade,
    nibabel_names,
    numpy_names,
    pandas_names,
    python_names,
    scipy_names,
)

OLDEST_PYTHON = (3, 10)
OLDEST_TENSORFLOW = (2, 12)
DISTRIBUTIONS = ('tensorflow', 'tensorflow-cpu', 'tensorflow-gpu', 'tensorflow-intel')


def prepare():
    """
    Supply what NiftyNet 0.6.0 needs, under TensorFlow 2 only.

    :return: True where something was changed; False under TensorFlow 1, without TensorFlow, and
        where all is done already
    :raises ImportError: one line, where Python or TensorFlow is not one that this works with
    """
    try:
        import tensorflow
    except ImportError:
        return False  # NiftyNet's own message says what to do
    if isinstance(tensorflow, facade.Facade) or tensorflow.__version__.startswith('1.'):
        return False
    _check_python(sys.version_info[:2], tensorflow.__version__)
    _check_tensorflow(tensorflow.__version__)
    for names in (python_names, numpy_names, pandas_names, nibabel_names, scipy_names):
        names.supply()
    facade.install(tensorflow)
    return True


def _check_python(python, tensorflow_version):
    if python < OLDEST_PYTHON:
        raise ImportError(
            'niftynet on TensorFlow {} needs Python 3.10 or newer, this is {}.{}: use a newer '
            'Python, or Python 3.7 with tensorflow==1.15.5'.format(tensorflow_version, *python)
        )


def _check_tensorflow(version):
    if tuple(int(part) for part in version.split('.')[:2]) < OLDEST_TENSORFLOW:
        raise ImportError(
            'niftynet_tf2 needs TensorFlow 2.12 or newer, found {}: run '
            "'pip install --upgrade tensorflow-cpu'".format(version)
        )
    found = installed_versions()
    if len(set(found.values())) > 1:
        raise ImportError(
            'several TensorFlows are installed over each other ({}): uninstall all of them and '
            'install one again'.format(
                ', '.join('{} {}'.format(*each) for each in sorted(found.items()))
            )
        )


def installed_versions():
    """
    :return: name -> version of every installed distribution that holds TensorFlow
    """
    from importlib import metadata

    found = {}
    for name in DISTRIBUTIONS:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found
