# -*- coding: utf-8 -*-
"""
Find out what the run of a config would do.

NiftyNet reads the config and the images' headers, and builds its graph, as in a run, and the run is
planned. Then it is ended before the first window: nothing is computed.
"""

import contextlib
import io
import os
from typing import Iterator, List, Sequence

import niftynet
from niftynet.engine.signal import GRAPH_CREATED
from niftynet.io.misc_io import to_absolute_path

from niftynet_activations.errors import OptionError
from niftynet_activations.hints import Application
from niftynet_activations.host.application_names import APPLICATION
from niftynet_activations.host.config import Config, read_config
from niftynet_activations.host.in_process import run_application
from niftynet_activations.host.quiet import output_to
from niftynet_activations.host.reasons import not_set, one_reason
from niftynet_activations.planning.outline import Outline


class _Planned(Exception):
    """Raised to end NiftyNet's program when the run is planned."""

    def __init__(self, application: Application) -> None:
        super(_Planned, self).__init__()
        self.application = application


def plan_config(
    path: str, overrides: Sequence[str] = (), application: str = APPLICATION
) -> Outline:
    """
    :param path: of a NiftyNet config
    :param overrides: further words of NiftyNet's command line, each ``--option=value``
    :param application: as ``net_run -a`` takes it
    :return: what a run would do
    :raises ActivationError: if the run would be refused
    """
    return begun(path, overrides, application).activation_outline()


def begun(path: str, overrides: Sequence[str] = (), application: str = APPLICATION) -> Application:
    """
    :param path: of a NiftyNet config
    :param overrides: further words of NiftyNet's command line, each ``--option=value``
    :param application: as ``net_run -a`` takes it
    :return: NiftyNet's application, which has read the headers and built its graph; the run is
        planned, and nothing computed
    :raises ActivationError: if the run would be refused
    """
    absent = _absent_folders(read_config(path, overrides, application))
    words = ['net_run', 'inference', '-a', application, '-c', path] + list(overrides)
    said = io.StringIO()
    try:
        with one_reason(path, said), output_to(said), _ending_with_the_graph():
            run_application(words)
    except _Planned as planned:
        return planned.application
    finally:
        # planning a run makes its folders, to see whether they can be written
        for folder in absent:
            with contextlib.suppress(OSError):
                os.rmdir(folder)
    raise OptionError(not_set(path, said.getvalue()))


@contextlib.contextmanager
def _ending_with_the_graph() -> Iterator[None]:
    """In the body, NiftyNet's program ends when its graph is there."""

    def stop(application: Application, **_: object) -> None:
        raise _Planned(application)

    GRAPH_CREATED.connect(stop)
    try:
        yield
    finally:
        GRAPH_CREATED.disconnect(stop)


def _absent_folders(config: Config) -> List[str]:
    """Folders for results that are not there yet."""
    inference = config.system['INFERENCE']
    model_dir = niftynet.resolve_module_dir(config.system['SYSTEM'].model_dir)
    names = [inference.save_seg_dir, getattr(inference, 'activation_dir', '')]
    paths = [to_absolute_path(name, model_dir) for name in names if name]
    return [path for path in paths if not os.path.exists(path)]
