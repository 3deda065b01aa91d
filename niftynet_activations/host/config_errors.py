# -*- coding: utf-8 -*-
"""
One clear line for what is wrong with a config or a command line, where NiftyNet's own errors are
empty, long, or about something else.

Each function here wraps one of NiftyNet's checks. What NiftyNet accepts, it accepts as before.
"""

import argparse
import os
import shlex
import sys
from configparser import ConfigParser
from typing import List, NamedTuple, Optional, Sequence, Type

import niftynet
from niftynet.engine import application_driver
from niftynet.engine.signal import INFER
from niftynet.io.misc_io import resolve_module_dir
from niftynet.utilities import user_parameters_parser as parser
from niftynet.utilities.niftynet_global_config import NiftyNetGlobalConfig
from niftynet.utilities.user_parameters_helper import standardise_string

from niftynet_activations.errors import CheckpointError, OptionError
from niftynet_activations.hints import Application
from niftynet_activations.host.application_names import APPLICATIONS
from niftynet_activations.host.applications import MARK, application_fault
from niftynet_activations.host.checkpoint import is_lfs_pointer
from niftynet_activations.host.folders import MODEL_DIR, check_writable
from niftynet_activations.host.networks import did_you_mean

OURS = 'niftynet_activations'
# Sections that inference needs, and what stands in them.
NEEDED = {
    'SYSTEM': 'model_dir, the folder of the trained network',
    'NETWORK': 'name and the other options that the network was trained with',
    'INFERENCE': 'spatial_window_size, border and save_seg_dir',
}


class Words(NamedTuple):
    """What NiftyNet's command line says before its options."""

    action: str
    config: str
    application: str


def command_words() -> Words:
    """
    :return: the action, config and application that this process was started for
    """
    meta = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    meta.add_argument('action', nargs='?', default='')
    meta.add_argument('-c', '--conf', default='')
    meta.add_argument('-a', '--application_name', default='')
    found, _ = meta.parse_known_args(sys.argv[1:])
    command = os.path.basename(sys.argv[0])
    return Words(found.action, found.conf, found.application_name or command)


def _is_ours(words: Words) -> bool:
    """
    Whether the application is one of this package's, or a user's own that is derived from one.
    """
    module, _, name = words.application.rpartition('.')
    kind = getattr(sys.modules.get(module), name, None)
    parents = [each.__module__ for each in getattr(kind, '__mro__', ())]
    return any(each.partition('.')[0] == OURS for each in parents + [words.application])


def explain_sections() -> None:
    """
    Have NiftyNet tell in one line which section is missing, and which words on the command line
    belong to no option.
    """
    has_section = parser.has_section_in_config
    check_keywords = parser._check_config_file_keywords
    required: List[str] = []

    def has_section_in_config(config: ConfigParser, section: str) -> None:
        # NiftyNet would replace an error raised here by its own. So the name is kept, and the next
        # check raises the error.
        required[:] = [section]
        if not _is_ours(command_words()):
            has_section(config, section)

    def check_config_file_keywords(config: ConfigParser) -> None:
        words = command_words()
        if _is_ours(words):
            _check_stray_words(sys.argv[1:])
            _check_sections(words, required[0], config)
        check_keywords(config)

    parser.has_section_in_config = has_section_in_config
    parser._check_config_file_keywords = check_config_file_keywords


def explain_applications() -> None:
    """
    Have NiftyNet tell in one line that a name behind ``-a`` leads to no application with maps.
    """
    factory = parser.ApplicationFactory

    class Factory(factory):  # type: ignore[misc, valid-type]
        """NiftyNet's factory of applications, which also checks what it has found."""

        @classmethod
        def create(cls, name: str) -> Type[Application]:
            kind = super(Factory, cls).create(name)
            fault = application_fault(kind)
            # applications of others, without maps, are left to NiftyNet
            if fault and (hasattr(kind, MARK) or name.partition('.')[0] == OURS):
                raise OptionError("application '{}': {}".format(name, fault))
            return kind

    parser.ApplicationFactory = Factory


def _check_sections(words: Words, required: str, config: ConfigParser) -> None:
    sections = [standardise_string(name) for name in config.sections()]
    if required not in sections:
        raise OptionError(
            "config '{}': {}".format(words.config, _other_application(words, required, sections))
        )
    for name in NEEDED:
        if words.action == INFER and name not in sections:
            raise OptionError(
                "config '{}' has no [{}] section{}: add one with {}".format(
                    words.config, name, _misspelt(name, sections), NEEDED[name]
                )
            )


def _other_application(words: Words, required: str, sections: Sequence[str]) -> str:
    for name in sections:
        if name in APPLICATIONS:
            command, ours = APPLICATIONS[name]
            advice = (
                'run it with -a {}'.format(ours)
                if ours
                else "'{} {} -c {}' runs it, without maps".format(
                    command, words.action, words.config
                )
            )
            return 'it has a [{}] section and {} is for [{}]: {}'.format(
                name, words.application, required, advice
            )
    return 'it has no [{}] section{}, which {} needs; its sections are {}'.format(
        required, _misspelt(required, sections), words.application, ', '.join(sections) or 'none'
    )


def _misspelt(name: str, sections: Sequence[str]) -> str:
    upper = {each.upper(): each for each in sections}
    near = did_you_mean(name, upper)
    return ' (is [{}] meant to be it?)'.format(upper[near.split("'")[1]]) if near else ''


def _check_stray_words(words: Sequence[str]) -> None:
    """
    Refuse words that belong to no option. They arise since a shell splits ``--option a, b`` at the
    blank, and replaces ``*`` by the names of matching files.
    """
    option: Optional[str] = None
    value: List[str] = []
    actions = 0
    for word in words:
        if word.startswith('--') or word in ('-c', '-a', '-v', '-h'):
            option, value = word, []
        elif option and '=' not in option and not value:
            value = [word]
        elif option is None and not actions:
            actions = 1
        elif word in parser.ACTIONS and not actions:
            actions, option = 1, None
        else:
            raise OptionError(_stray(word, option, value))


def _stray(word: str, option: Optional[str], value: Sequence[str]) -> str:
    if option is None:
        return "the word '{}' on the command line belongs to no option".format(word)
    name, _, given = option.partition('=')
    whole = ' '.join([given] if given else list(value)) + ' ' + word
    return (
        "the word '{}' on the command line belongs to no option: where it is a part of {}, put the "
        'value in quotation marks: {} {}'.format(word, name, name, shlex.quote(whole))
    )


def explain_options() -> None:
    """Have NiftyNet say in one line which option of the command line it does not know."""
    check_remaining = parser._check_cmd_remaining_keywords

    def check_cmd_remaining_keywords(left: Sequence[str]) -> None:
        if left and _is_ours(command_words()):
            name = left[0].partition('=')[0].lstrip('-')
            if name in parser.KEYWORDS:
                raise OptionError(
                    "the option '--{}' stands in no section that the config has: add its section, "
                    'or leave it out'.format(name)
                )
            raise OptionError(
                "unknown option '--{}' on the command line{}".format(
                    name, did_you_mean(name, parser.KEYWORDS)
                )
            )
        check_remaining(left)

    parser._check_cmd_remaining_keywords = check_cmd_remaining_keywords


def explain_missing_checkpoints() -> None:
    """
    Have NiftyNet say in one line that the model folder or a checkpoint is not there, or that the
    folder cannot be written. NiftyNet looks for both before it makes the application.
    """
    find_iteration = application_driver.infer_latest_model_file
    find_folder = niftynet.resolve_module_dir

    def infer_latest_model_file(model_dir: str) -> int:
        try:
            return find_iteration(model_dir)
        except (ValueError, AttributeError, AssertionError) as error:
            raise CheckpointError(_no_iteration(os.path.abspath(model_dir), error)) from error

    def find_and_try(model_dir: str, create_new: bool = False) -> str:
        try:
            found = find_folder(model_dir, create_new=create_new)
        except ValueError:
            raise CheckpointError(_no_folder(model_dir)) from None
        check_writable(found, *MODEL_DIR)
        return found

    application_driver.infer_latest_model_file = infer_latest_model_file
    niftynet.resolve_module_dir = find_and_try


def model_folder(model_dir: str) -> str:
    """
    Find the folder of a model that is only read, so that it need not be writable.

    :param model_dir: as the config has it
    :return: absolute path of the folder
    :raises CheckpointError: if there is none
    """
    try:
        return os.path.abspath(resolve_module_dir(model_dir))
    except ValueError:
        raise CheckpointError(_no_folder(model_dir)) from None


def _no_iteration(models: str, error: Exception) -> str:
    state = os.path.join(models, 'checkpoint')
    if is_lfs_pointer(state):
        return (
            "the file '{}' is only a pointer of Git LFS in the place of the file: run 'git lfs "
            "pull' in the repository that it came from".format(state)
        )
    if os.path.isfile(state):
        return (
            "the file '{}' names no checkpoint that ends in its iteration ({}): set "
            'inference_iter in [INFERENCE] to that of a checkpoint there'.format(state, error)
        )
    return (
        "no checkpoint: the file '{}' does not exist; check model_dir in [SYSTEM], which is the "
        'folder that holds models/checkpoint, or set inference_iter in [INFERENCE]'.format(state)
    )


def _no_folder(model_dir: str) -> str:
    home = NiftyNetGlobalConfig().get_niftynet_home_folder()
    expanded = os.path.expanduser(model_dir)
    places = [os.path.abspath(expanded)]
    if not os.path.isabs(expanded):
        places.append(os.path.abspath(os.path.join(home, expanded)))
    return (
        "no checkpoint: the folder {} does not exist; check model_dir in [SYSTEM], which is '{}'"
    ).format(' or '.join("'{}'".format(place) for place in places), model_dir)
