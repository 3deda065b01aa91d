# -*- coding: utf-8 -*-
"""
Prepare the process for NiftyNet, once, just before ``niftynet`` is imported.

Words: *facade*, the module that NiftyNet sees as ``tensorflow``; *stand-in*, a replacement of
something that TensorFlow 1.15 or another library had and its newer versions have not.
"""

import sys
import warnings
from types import TracebackType
from typing import Dict, Mapping, Optional, Tuple, Type

from niftynet_tf2 import (
    deferral,
    facade,
    nibabel_names,
    numpy_names,
    pandas_names,
    python_names,
    quiet_start,
    scipy_names,
)

OLDEST_PYTHON = (3, 10)
OLDEST_TENSORFLOW = (2, 12)
LINE = 'niftynet_tf2: error: {}\n'
DISTRIBUTIONS = ('tensorflow', 'tensorflow-cpu', 'tensorflow-gpu', 'tensorflow-intel')


class UnsupportedError(ImportError):
    """This version of Python or TensorFlow is not supported; NiftyNet cannot be imported."""


def prepare() -> bool:
    """
    Supply what NiftyNet 0.6.0 needs, under TensorFlow 2 only.

    :return: True where something was changed; False under TensorFlow 1, without TensorFlow, and
        where it was done before
    :raises UnsupportedError: if the version of Python or TensorFlow is not supported; if nothing
        catches the error, one line is printed in place of a traceback
    """
    try:
        return _prepare()
    except UnsupportedError:
        _print_as_one_line()
        raise


def _prepare() -> bool:
    imported_before = 'tensorflow' in sys.modules
    check_versions(installed_versions())  # before the import, in which mixed versions may fail
    try:
        with deferral.keras_held_back():
            import tensorflow
    except ImportError:
        return False  # NiftyNet's own message says what to do
    if isinstance(tensorflow, facade.Facade) or tensorflow.__version__.startswith('1.'):
        return False
    check_python(sys.version_info[:2], tensorflow.__version__)
    check_tensorflow(tensorflow.__version__)
    for names in (python_names, numpy_names, pandas_names, nibabel_names, scipy_names):
        names.supply()
    facade.install(tensorflow)
    quiet_start.find_devices(tensorflow)
    if imported_before:
        _warn_of_order(tensorflow.__version__)
    return True


def _print_as_one_line() -> None:
    print_traceback = sys.excepthook

    def print_error(
        kind: Type[BaseException], error: BaseException, traceback: Optional[TracebackType]
    ) -> None:
        if issubclass(kind, UnsupportedError):
            sys.stderr.write(LINE.format(error))
        else:
            print_traceback(kind, error, traceback)

    sys.excepthook = print_error


def _warn_of_order(version: str) -> None:
    warnings.warn(
        'TensorFlow {} was imported before niftynet: NiftyNet works, but what was imported from '
        'tensorflow earlier is still version 2, without tf.contrib or tf.Session; put '
        "'import niftynet' first".format(version),
        RuntimeWarning,
        stacklevel=2,
    )


def check_python(python: Tuple[int, int], tensorflow_version: str) -> None:
    """
    :param python: (major, minor)
    :param tensorflow_version: as ``tensorflow.__version__`` gives it
    :raises UnsupportedError: if TensorFlow 2 with this Python is not supported
    """
    if python < OLDEST_PYTHON:
        raise UnsupportedError(
            'niftynet on TensorFlow {} needs Python 3.10 or newer, this is {}.{}: use a newer '
            'Python, or Python 3.7 with tensorflow==1.15.5'.format(tensorflow_version, *python)
        )


def check_tensorflow(version: str) -> None:
    """
    :param version: as ``tensorflow.__version__`` gives it
    :raises UnsupportedError: if it is a version 2 that is too old
    """
    if tuple(int(part) for part in version.split('.')[:2]) < OLDEST_TENSORFLOW:
        raise UnsupportedError(
            'niftynet_tf2 needs TensorFlow 2.12 or newer, found {}: run '
            "'pip install --upgrade tensorflow'".format(version)
        )


def check_versions(found: Mapping[str, str]) -> None:
    """
    :param found: name -> version of every installed distribution that holds TensorFlow
    :raises UnsupportedError: if their versions differ, because all install the same files
    """
    if len(set(found.values())) > 1:
        raise UnsupportedError(
            'several TensorFlows are installed over each other ({}): uninstall all of them and '
            'install one again'.format(
                ', '.join('{} {}'.format(*each) for each in sorted(found.items()))
            )
        )


def installed_versions() -> Dict[str, str]:
    """
    :return: name -> version of every installed distribution that holds TensorFlow
    """
    if sys.version_info >= (3, 8):
        from importlib import metadata
    else:
        import importlib_metadata as metadata

    found = {}
    for name in DISTRIBUTIONS:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found
