# -*- coding: utf-8 -*-
"""
Names of the files that are written.

The *stem* is what all files of a map share: ``activation_<layer>_<subject>_<postfix>``. A map's
files are the stem and an ending; its sidecar is the stem and ``.json``.
"""

from typing import Dict, Sequence, Tuple

from niftynet_activations.errors import OptionError
from niftynet_activations.store.spec import NO_MAP, MapSpec

LONGEST_NAME = 255  # bytes; what common file systems allow
FEATURES = '.features.json'  # ends the sidecar of a map that is not kept
ARRAY = '0'  # name of the array of samples in a zarr store
NIFTI = 'nifti'  # name of the NIfTI header in a zarr store, as the package nifti-zarr has it


def layer_in_name(layer: str) -> str:
    """
    :param layer: a layer's name, ``res_2_0/conv_1:1``
    :return: the same as it stands in file names, ``res_2_0.conv_1-1``
    """
    return layer.replace('/', '.').replace(':', '-')


def stem(layer: str, subject: str, postfix: str) -> str:
    """
    Give the part of the name that all files of a map share.

    :param layer: the layer's name
    :param subject: the subject's name
    :param postfix: the end of every name of the run
    :return: the stem, without an ending
    :raises OptionError: the name would lead into another folder, or is too long
    """
    name = 'activation_{}_{}_{}'.format(layer_in_name(layer), subject, postfix)
    if '/' in name or '\0' in name:
        raise OptionError(
            "subject '{}' with output postfix '{}' cannot be part of a file name: remove the "
            "'/' from it".format(subject, postfix)
        )
    longest = len(name.encode('utf-8')) + len('_c00000.nii.gz')
    if longest > LONGEST_NAME:
        raise OptionError(
            "the file name of layer '{}' and subject '{}' would have {} bytes, more than the {} "
            'that file systems take: choose a shorter subject name or output postfix, or leave '
            'the layer out'.format(layer, subject, longest, LONGEST_NAME)
        )
    return name


def sidecar_name(spec: MapSpec) -> str:
    """
    :param spec: a MapSpec
    :return: name of its sidecar, relative to the output folder
    """
    # another name, so that a kept map of another run does not lose its sidecar
    ending = FEATURES if spec.format == NO_MAP else '.json'
    return stem(spec.layer, spec.subject, spec.postfix) + ending


def check_distinct(layers: Sequence[str], subjects: Sequence[str], postfix: str) -> None:
    """
    Refuse layers or subjects that would write the same file.

    ``a/b`` and ``a.b`` are one file for every subject; layer ``conv`` of subject ``1_2`` and
    layer ``conv_1`` of subject ``2`` are one file too.

    :param layers: names of the layers that will be written
    :param subjects: names of the subjects
    :param postfix: the end of every name of the run
    :raises OptionError: naming both
    """
    owners: Dict[str, Tuple[str, str]] = {}
    for subject in subjects:
        for layer in layers:
            name = stem(layer, subject, postfix)
            if name in owners:
                raise OptionError(
                    "layer '{}' of subject '{}' and layer '{}' of subject '{}' would both write "
                    "'{}': take one of them out of activation_layers".format(
                        owners[name][0], owners[name][1], layer, subject, name
                    )
                )
            owners[name] = (layer, subject)
