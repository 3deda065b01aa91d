# -*- coding: utf-8 -*-
"""
A config as NiftyNet's own parser reads it, and what it says of the network's input.

- *window*: the (x, y, z) size that the config cuts; 0 or below stands for the whole axis of the
  first subject's image, without volume padding.
"""

import contextlib
import io
import sys
from typing import List, NamedTuple, Sequence, Tuple, Type

from niftynet.utilities import user_parameters_parser

from niftynet_activations.errors import ActivationError, OptionError
from niftynet_activations.hints import Application, Sections
from niftynet_activations.host.application_names import APPLICATION
from niftynet_activations.host.applications import find_application


class Config(NamedTuple):
    """The sections of a config, as NiftyNet's parser gives them."""

    system: Sections  # section name -> argparse.Namespace
    inputs: Sections  # input section name -> argparse.Namespace
    application: Type[Application]  # the class that it was read for

    @property
    def field(self) -> str:
        """The application's input that windows are cut from, such as ``image``."""
        return str(self.application.activation_field)

    @property
    def channels(self) -> int:
        """How many input sections make up the network's image, one channel each."""
        joined = self.application.activation_joined
        return sum(
            len(getattr(self.system['CUSTOM'], name, ()) or ()) for name in (self.field,) + joined
        )

    @property
    def resizes(self) -> bool:
        """Whether a window is the whole image of a subject, resized."""
        return bool(self.application.activation_resizes(self.system['NETWORK']))


def read_config(path: str, overrides: Sequence[str] = (), application: str = APPLICATION) -> Config:
    """
    Read a config with NiftyNet's own parser, as ``net_run inference`` would.

    :param path: of the config
    :param overrides: further words of NiftyNet's command line
    :param application: its name, as behind ``net_run -a``
    :return: the parsed sections
    :raises OptionError: if NiftyNet's parser refuses the config, or there is no such application
    """
    kind = find_application(application)
    words = ['net_run', 'inference', '-a', application, '-c', path] + list(overrides)
    before, sys.argv = sys.argv, words
    said = io.StringIO()
    try:
        # NiftyNet prints its version, and argparse its usage before it exits
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            system, inputs = user_parameters_parser.run()
            return Config(system, inputs, kind)
    except ActivationError:
        raise
    except (ValueError, AttributeError, KeyError, AssertionError, IOError) as error:
        # NiftyNet's message ends with a line of '=' signs and addresses of its web pages
        said_so = str(error).partition('For more information please visit')[0]
        lines = [line.strip() for line in said_so.splitlines() if line.strip('= ')]
        raise OptionError(
            "config '{}': {}".format(path, ' '.join(lines[:2]).rstrip('.') or type(error).__name__)
        ) from error
    except SystemExit:
        reason = (said.getvalue().splitlines() or ['the options cannot be read'])[-1]
        raise OptionError("config '{}': {}".format(path, reason)) from None
    finally:
        sys.argv = before


def window_of(config: Config) -> Tuple[int, int, int]:
    """
    :param config: as read
    :return: the window's (x, y, z) that inference uses: that of [INFERENCE] for the grid, else that
        of the last input section of the image, as NiftyNet has it
    :raises OptionError: if neither gives one, so that NiftyNet would not run
    """
    given = tuple(getattr(config.system['INFERENCE'], 'spatial_window_size', ()) or ())
    if not given or config.resizes:
        last = image_sections(config)[-1]
        given = tuple(config.inputs[last].spatial_window_size or ())
        if not given:
            raise OptionError(
                'spatial_window_size is missing: expected it in [{}], the last input section of '
                '{}{}'.format(last, _asked(config), '' if config.resizes else ', or in [INFERENCE]')
            )
    along_x, along_y, along_z = (int(size) for size in (given + (1, 1, 1))[:3])
    return along_x, along_y, along_z


def image_sections(config: Config) -> List[str]:
    """
    :param config: as read
    :return: the input sections that make up the network's image, one a modality
    :raises OptionError: if there is none, or one has no section
    """
    names = list(getattr(config.system['CUSTOM'], config.field, ()) or ())
    missing = [name for name in names if name not in config.inputs]
    if missing or not names:
        raise OptionError(
            "{} = '{}': expected input sections; the config has {}".format(
                _asked(config), ','.join(names), ', '.join(config.inputs) or 'none'
            )
        )
    return names


def _asked(config: Config) -> str:
    return '[{}] {}'.format(config.application.REQUIRED_CONFIG_SECTION, config.field)
