# -*- coding: utf-8 -*-
"""
The table of file formats: the only place that knows which there are.

A new format is a :class:`niftynet_activations.store.formats.contract.Format` in a module of its
own and one line here.
"""

from typing import Dict, List, Optional, Sequence

from niftynet_activations.errors import OptionError, ReadError
from niftynet_activations.space.place import Place
from niftynet_activations.store.formats.contract import DTYPES, LAYOUTS, Format
from niftynet_activations.store.formats.nifti_format import CompressedNifti, PlainNifti
from niftynet_activations.store.formats.no_map import NoMap
from niftynet_activations.store.formats.rows_format import Rows
from niftynet_activations.store.formats.zarr_format import OmeZarr
from niftynet_activations.store.lazy_arrays import LazyArray
from niftynet_activations.store.spec import MapSpec

# value of ``activation_format`` -> the format, the default first
FORMATS: Dict[str, Format] = {
    each.name: each for each in (CompressedNifti(), PlainNifti(), OmeZarr(), NoMap())
}
ROWS = Rows()  # of layers without a place in space; nobody chooses it


def all_formats() -> List[Format]:
    """
    :return: every kind of file that a folder of maps may hold
    """
    return [each for each in FORMATS.values() if each.keeps_files] + [ROWS]


def format_named(name: str) -> Format:
    """
    :param name: of a format
    :return: the format
    :raises OptionError: if there is no such format
    """
    if name == ROWS.name:
        return ROWS
    if name not in FORMATS:
        raise OptionError(
            "activation_format is '{}'; allowed are {}".format(name, ', '.join(FORMATS))
        )
    return FORMATS[name]


def format_of_file(path: str) -> Format:
    """
    :param path: of a map's file
    :return: the format that its name ends with
    :raises ReadError: if it ends with none
    """
    found = _of_file(path)
    if found is None:
        raise ReadError(
            "'{}' is no file of a map: expected a name that ends with {}".format(
                path, ', '.join(each.suffix for each in all_formats())
            )
        )
    return found


def without_suffix(path: str) -> str:
    """
    :param path: of a map's file
    :return: the path without the suffix of its format; the path itself where it has none
    """
    found = _of_file(path)
    return path if found is None else path[: -len(found.suffix)]


def _of_file(path: str) -> Optional[Format]:
    found = [each for each in all_formats() if path.endswith(each.suffix)]
    return max(found, key=lambda each: len(each.suffix)) if found else None


def file_names(spec: MapSpec) -> List[str]:
    """
    List a map's files, without the sidecar.

    :param spec: a MapSpec
    :return: names relative to the output folder, in the order of the channels
    :raises OptionError: if there is no such format
    """
    return format_named(spec.format).file_names(spec)


def open_array(paths: Sequence[str], missing_value: Optional[float] = None) -> LazyArray:
    """
    Open the file or files of one map.

    :param paths: its file, or one file for each channel in their order
    :param missing_value: what missing samples of an integer file read back as, else None
    :return: a lazy array (x, y, z, channel)
    :raises ReadError: if a file is not there or is not what its name says
    """
    return format_of_file(paths[0]).open(paths, missing_value)


def read_place(path: str) -> Optional[Place]:
    """
    Read where a map lies, with both forms.

    :param path: one of the map's files
    :return: the place; None where the file does not tell
    :raises ReadError: if the file is not there or is not what its name says
    """
    return format_of_file(path).place(path)


def check_options(file_format: str, layout: str, dtype: str) -> None:
    """
    Refuse values that are not allowed, alone or together.

    :param file_format: value of ``activation_format``
    :param layout: value of ``activation_layout``
    :param dtype: value of ``activation_dtype``
    :raises OptionError: naming the option, the value that came and those allowed
    """
    for option, value, allowed in (
        ('activation_format', file_format, tuple(FORMATS)),
        ('activation_layout', layout, LAYOUTS),
        ('activation_dtype', dtype, DTYPES),
    ):
        if value not in allowed:
            raise OptionError(
                "{} is '{}'; allowed are {}".format(option, value, ', '.join(allowed))
            )
    held = format_named(file_format).dtypes
    if dtype not in held:
        able = [name for name, each in FORMATS.items() if dtype in each.dtypes]
        raise OptionError(
            "activation_dtype = '{}' needs activation_format = {}; '{}' has no such type: with it "
            'use {}'.format(dtype, ' or '.join(able), file_format, ' or '.join(held))
        )


def check_spec(spec: MapSpec) -> None:
    """
    Refuse a map that cannot be written.

    :param spec: a MapSpec
    :raises OptionError: options that are not allowed
    :raises ValueError: no samples, as a fault of the caller
    """
    check_options(spec.format, spec.layout, spec.dtype)
    if len(spec.shape_xyz) != 3 or spec.samples < 1:
        raise ValueError(
            'a map needs three sizes and a channel; got sizes {} and {} channels'.format(
                spec.shape_xyz, len(spec.channels)
            )
        )
