# -*- coding: utf-8 -*-
"""
The errors that this package raises on purpose.

Each message says what came, what was expected and what to do. The command line prints
such a message alone, without a traceback; anything else is a fault of the program.
"""


class ActivationError(Exception):
    """The common base of this package's errors."""


class OptionError(ActivationError, ValueError):
    """An option has a value that is not allowed, or stands where it does not belong."""


class RefusedWindowError(OptionError):
    """
    The network cannot be built on windows of that size.

    :param message: the sentence that is told
    :ivar reason: why, without what can be done
    """

    def __init__(self, message: str, reason: str = '') -> None:
        super(RefusedWindowError, self).__init__(message)
        self.reason = reason


class SelectionError(ActivationError, ValueError):
    """A selector or a list of channels picks nothing, or what does not exist."""


class GeometryError(ActivationError, ValueError):
    """A map cannot be placed in space as asked."""


class CheckpointError(ActivationError, ValueError):
    """The checkpoint is not there, cannot be read, or does not fit the network."""


class WriteError(ActivationError, IOError):
    """Something could not be written, or was found unfinished."""


class ReadError(ActivationError, IOError):
    """A file of a folder of maps, or an image beside it, is not there or cannot be read."""


class InputError(ActivationError, IOError):
    """An input image cannot be read."""


class UnknownMapError(SelectionError, KeyError):
    """No map of this subject and layer; a KeyError too, as a mapping promises."""

    # KeyError would print the message in quotation marks, as if it were a key.
    __str__ = Exception.__str__
