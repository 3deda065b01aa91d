# -*- coding: utf-8 -*-
"""
Make NiftyNet accept this package's options; the only place that changes NiftyNet's tables.

NiftyNet imports the application before it checks a config's keywords, so that importing
``niftynet_activations.app`` is early enough to add them.
"""

import sys
from argparse import ArgumentParser
from configparser import ConfigParser
from types import TracebackType
from typing import Optional, Type

from niftynet.utilities import user_parameters_parser
from niftynet.utilities.user_parameters_default import SUPPORTED_DEFAULT_SECTIONS

from niftynet_activations.errors import ActivationError, OptionError
from niftynet_activations.host.config_errors import (
    explain_applications,
    explain_missing_checkpoints,
    explain_options,
    explain_sections,
)
from niftynet_activations.host.no_files import explain_missing_files
from niftynet_activations.options import OPTIONS, SECTION

_MARK = '_has_activation_options'


def register_options() -> None:
    """
    Add the options to NiftyNet's ``[INFERENCE]`` section; calling it again changes nothing.

    - the section's parser learns them, so that they work in a config and on the command line;
    - they become known keywords, and one that stands in another section is refused where
      NiftyNet checks keywords;
    - an ``ActivationError`` that ends a program is printed as its one line alone.
    """
    add_niftynet_args = SUPPORTED_DEFAULT_SECTIONS[SECTION]
    if getattr(add_niftynet_args, _MARK, False):
        return

    def add_inference_args(parser: ArgumentParser) -> ArgumentParser:
        parser = add_niftynet_args(parser)
        for name, option in OPTIONS.items():
            # values are checked by parse_options: argparse would not check those from a config
            parser.add_argument(
                '--' + name, metavar='', type=str, default=option.default, help=option.help
            )
        return parser

    setattr(add_inference_args, _MARK, True)
    SUPPORTED_DEFAULT_SECTIONS[SECTION] = add_inference_args
    user_parameters_parser.KEYWORDS.extend(OPTIONS)
    _check_sections_of_keywords()
    explain_applications()
    explain_sections()
    explain_options()
    explain_missing_checkpoints()
    explain_missing_files()
    _print_own_errors_as_one_line()


def _check_sections_of_keywords() -> None:
    check_niftynet_keywords = user_parameters_parser._check_config_file_keywords

    def check_config_file_keywords(config: ConfigParser) -> None:
        check_niftynet_keywords(config)
        for section in config.sections():
            misplaced = [name for name in OPTIONS if config.has_option(section, name)]
            if misplaced and section.strip() != SECTION:
                raise OptionError(
                    '{} stands in section [{}]: move it to [{}]'.format(
                        ', '.join(misplaced), section, SECTION
                    )
                )

    user_parameters_parser._check_config_file_keywords = check_config_file_keywords


def _print_own_errors_as_one_line() -> None:
    print_traceback = sys.excepthook

    def print_error(
        kind: Type[BaseException], error: BaseException, traceback: Optional[TracebackType]
    ) -> None:
        if issubclass(kind, ActivationError):
            sys.stderr.write('niftynet_activations: error: {}\n'.format(error))
        else:
            print_traceback(kind, error, traceback)

    sys.excepthook = print_error
