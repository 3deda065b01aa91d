# -*- coding: utf-8 -*-
"""
Why NiftyNet cannot take one subject. Each function checks one subject and returns a sentence, or an
empty text where nothing is wrong.
"""

from typing import Mapping, Optional, Sequence

from niftynet.io.image_reader import ImageReader
from niftynet.io.misc_io import resolve_file_name
from niftynet.layer.base_layer import DataDependentLayer
from niftynet.layer.histogram_normalisation import HistogramNormalisationLayer
from niftynet.utilities import histogram_standardisation
from niftynet.utilities.niftynet_global_config import NiftyNetGlobalConfig

from niftynet_activations.hints import InputImage, Parameters, Reader, Row, Sections
from niftynet_activations.host.image_checks import header_fault, image_fault
from niftynet_activations.host.left_out import cannot_read, error_words
from niftynet_activations.host.quiet import critical_lines


def row_fault(
    row: Row,
    sections: Sequence[str],
    data_param: Sections,
    task_param: Parameters,
    field: str = 'image',
) -> str:
    """
    :param row: NiftyNet's table of files with the row of one subject, which has a file in each
        section
    :param sections: names of the input sections that the network's image is made of
    :param data_param: NiftyNet's input sections
    :param task_param: values of the application's section
    :param field: the option of that section that names the image's input sections
    :return: why NiftyNet cannot take the subject's headers; empty where it can
    """
    home = NiftyNetGlobalConfig().get_niftynet_home_folder()
    paths, loaders = [], []
    for section in sections:
        given = str(row[section].iloc[0])
        try:
            paths.append(resolve_file_name(given, ('.', home)))
        except IOError:
            return "'{}' of section [{}] is not there".format(given, section)
        loaders.append(_value(data_param[section], 'loader'))
    fault = header_fault(paths, loaders)
    if fault:
        return fault
    with critical_lines() as said:
        try:
            reader = ImageReader((field,)).initialise(data_param, task_param, row)
            (images,) = reader.output_list
            return image_fault(images[field])
        except Exception as error:  # NiftyNet raises many kinds of errors
            return cannot_read(', '.join(paths), error, said)


def numbers_fault(reader: Reader, images: Mapping[str, InputImage]) -> str:
    """
    :param reader: NiftyNet's image reader; some of its layers learn from all images (landmarks of
        the histogram normalisation)
    :param images: of a subject, field -> NiftyNet's image object
    :return: why the layers cannot learn from this subject alone; empty where they can
    """
    for image in images.values():
        fault = unreadable_file(image)
        if fault:
            return fault
    for layer in reader.preprocessors:
        with critical_lines() as said:
            try:
                _learn(layer, images)
            except Exception as error:  # NiftyNet and numpy raise many kinds of errors
                return "'{}' cannot be normalised by its histogram ({})".format(
                    ', '.join(images[layer.image_name].file_path), error_words(error, said)
                )
    return ''


def unreadable_file(image: InputImage) -> str:
    """
    :param image: NiftyNet's image object
    :return: which of its files cannot be read to the end, and why; empty where all can
    """
    with critical_lines() as said:
        try:
            image.get_data()
            return ''
        except Exception as error:  # NiftyNet's loaders raise many kinds of errors
            reason = error
    for number, path in enumerate(image.file_path):
        with critical_lines() as said_of_file:
            try:
                type(image)(
                    (path,),
                    (image.name[number],),
                    (image.interp_order[number],),
                    (image.output_pixdim[number],),
                    (image.output_axcodes[number],),
                    (image.loader[number],),
                ).get_data()
            except Exception as error:
                return cannot_read(path, error, said_of_file)
    return cannot_read(', '.join(image.file_path), reason, said)


def _learn(layer: DataDependentLayer, images: Mapping[str, InputImage]) -> None:
    """Do what the layer's training does, for one subject and without writing to a file."""
    if isinstance(layer, HistogramNormalisationLayer) and not layer.is_ready():
        histogram_standardisation.create_mapping_from_multimod_arrayfiles(
            [images],
            layer.image_name,
            layer.modalities,
            set(layer.modalities) - set(layer.mapping),
            layer.cutoff,
            layer.binary_masking_func,
        )


def _value(section: Parameters, name: str) -> Optional[str]:
    values = section if isinstance(section, dict) else vars(section)
    return values.get(name) or None
