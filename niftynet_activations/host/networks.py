# -*- coding: utf-8 -*-
"""
The network that a config names: one of NiftyNet's own, or ``module.Class`` of the user's.

NiftyNet's own error for a network that cannot be imported gives neither its name nor the reason.
"""

import contextlib
import difflib
import importlib
import inspect
import os
import re
import traceback
from types import ModuleType
from typing import Iterable, Iterator, List

from niftynet.engine.application_factory import SUPPORTED_NETWORK
from niftynet.layer.base_layer import Layer
from niftynet.utilities.niftynet_global_config import NiftyNetGlobalConfig

from niftynet_activations.errors import ActivationError, OptionError

# lines of these libraries in a traceback are left out: they do not help to find a user's mistake
_LIBRARIES = re.compile(r'[\\/](tensorflow\w*|niftynet\w*|keras)[\\/]')
# the arguments with which NiftyNet's applications make a network
ARGUMENTS = 'num_classes, w_initializer, b_initializer, w_regularizer, b_regularizer and acti_func'


@contextlib.contextmanager
def making_network(name: str) -> Iterator[None]:
    """
    Surround NiftyNet's import and making of a network.

    :param name: ``name`` in [NETWORK]
    :raises OptionError: if there is no such network, or it cannot be imported or made
    """
    check_network(name)
    try:
        yield
    except ActivationError:
        raise
    except (AssertionError, AttributeError, KeyError, NameError, TypeError, ValueError) as error:
        raise OptionError(
            "name = '{}' in [NETWORK]: the network cannot be made ({}): NiftyNet makes it with {}, "
            'as [NETWORK] and num_classes say'.format(name, one_line(error), ARGUMENTS)
        ) from error


def check_network(name: str) -> None:
    """
    :param name: ``name`` in [NETWORK]
    :raises OptionError: if that name leads to no network
    """
    if name in SUPPORTED_NETWORK:
        return
    module_name, _, class_name = name.rpartition('.')
    if not module_name or not class_name:
        raise OptionError(
            "name = '{}' in [NETWORK]: NiftyNet has no network of that name{}; it has {}; a "
            "network of your own is named 'module.Class'".format(
                name, did_you_mean(name, SUPPORTED_NETWORK), ', '.join(sorted(SUPPORTED_NETWORK))
            )
        )
    module = imported("name = '{}' in [NETWORK]".format(name), module_name)
    kind = getattr(module, class_name, None)
    if kind is None:
        raise OptionError(
            "name = '{}' in [NETWORK]: the file '{}' has no class '{}'{}".format(
                name, file_of(module), class_name, did_you_mean(class_name, _networks(module))
            )
        )
    if not (inspect.isclass(kind) and issubclass(kind, Layer)):
        raise OptionError(
            "name = '{}' in [NETWORK]: '{}' in '{}' is no network: expected a class that is "
            'derived from niftynet.network.base_net.BaseNet{}'.format(
                name, class_name, file_of(module), did_you_mean(class_name, _networks(module))
            )
        )


def imported(what: str, module_name: str) -> ModuleType:
    """
    :param what: which option names the module, for messages
    :param module_name: of the module that holds it
    :return: the module
    :raises OptionError: if it cannot be imported
    """
    try:
        return importlib.import_module(module_name)
    except Exception as error:  # whatever a user's file does when it is imported
        home = NiftyNetGlobalConfig().get_niftynet_home_folder()
        missing = isinstance(error, ImportError) and _is_part(error.name or '', module_name)
        raise OptionError(
            "{}: the module '{}' cannot be imported ({}){}".format(
                what,
                module_name,
                one_line(error),
                ': check its spelling, put the folder that holds it into the environment variable '
                "PYTHONPATH, or the file into '{}'".format(os.path.join(home, 'extensions'))
                if missing
                else '',
            )
        ) from error


def _is_part(missing: str, module_name: str) -> bool:
    """Whether the missing module is the wanted one, or a package that holds it."""
    return module_name == missing or module_name.startswith(missing + '.')


def file_of(module: ModuleType) -> str:
    """
    :param module: as imported
    :return: its file, or its name where it has none
    """
    return getattr(module, '__file__', None) or module.__name__


def _networks(module: ModuleType) -> List[str]:
    found = inspect.getmembers(module, inspect.isclass)
    return [
        name
        for name, kind in found
        if issubclass(kind, Layer) and kind.__module__ == module.__name__
    ]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """
    :param word: the misspelt name
    :param known: names that exist
    :return: the end of a sentence that names the most similar one; empty if none is similar
    """
    near = difflib.get_close_matches(word, list(known), n=1)
    return ": did you mean '{}'?".format(near[0]) if near else ''


def without_origin(text: str) -> str:
    """
    :param text: of an error
    :return: the text without the lines in which TensorFlow tells where a layer was made
    """
    return text.partition('originally defined at:')[0].strip()


def one_line(error: BaseException) -> str:
    """
    :param error: that user code has raised
    :return: its kind, its first line, and the place in user code where it was raised
    """
    if isinstance(error, SyntaxError):
        place = (error.filename or '', error.lineno)
        said = error.msg
    else:
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if not _LIBRARIES.search(frame.filename)] or frames[-1:]
        place = (own[-1].filename, own[-1].lineno) if own else ('', None)
        # the text of a KeyError is its key in quotation marks; TensorFlow adds lines to messages
        text = str(error.args[0]) if len(error.args) == 1 else str(error)
        said = (without_origin(text).splitlines() or [''])[0]
    text = type(error).__name__ + (': ' + said.rstrip('.') if said else '')
    if isinstance(error, ImportError) or not place[0] or place[0].startswith('<'):
        return text
    return "{}, in '{}', line {}".format(text, *place)
