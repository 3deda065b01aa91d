# -*- coding: utf-8 -*-
"""
Names for type hints of objects that other packages make.

TensorFlow 1.15 and NiftyNet come without type hints. A function that takes one of their objects
says so with a name of this module: the name tells the reader what is passed, though the type
checker takes it for Any. Objects of packages that have type hints are checked.
"""

import os
from types import ModuleType
from typing import TYPE_CHECKING, Any, Callable, Dict, Tuple, Union

import numpy as np

# TensorFlow's
Tensor = Any  # tf.Tensor
Operation = Any  # tf.Operation
Graph = Any  # tf.Graph
Session = Any  # tf.compat.v1.Session
Node = Any  # tf.compat.v1.NodeDef, an operation as a graph is stored
TensorDType = Any  # tf.DType
CheckpointReader = Any  # what tf.train.load_checkpoint returns
Outputs = Any  # what a layer returned: a tensor, or a list or tuple that may hold None

# NiftyNet's
Application = Any  # niftynet.application.base_application.BaseApplication
Layer = Any  # niftynet.layer.base_layer.Layer, where NiftyNet is not to be imported
Resident = Any  # this package's ResidentNetwork, which needs NiftyNet
Network = Any  # niftynet.network.base_net.BaseNet
Parameters = Any  # argparse.Namespace: the values of a section of the config
Sections = Any  # section name -> Parameters; a dict
Partitioner = Any  # niftynet.engine.image_window_dataset's ImageSetsPartitioner
Reader = Any  # niftynet.io.image_reader.ImageReader
Argument = Any  # of a layer's call, whatever the layer takes
Samplers = Any  # a Sampler, or lists of them, nested as NiftyNet's application has made them
Sampler = Any  # niftynet.engine.image_window_dataset.ImageWindowDataset
Aggregator = Any  # niftynet.engine.windows_aggregator_base.ImageWindowsAggregator
Window = Any  # niftynet.engine.image_window.ImageWindow
InputImage = Any  # one of niftynet.io.image_type: an image with its files
Collector = Any  # niftynet.engine.application_variables' collectors of outputs and gradients

# Types of other packages. The type checker reads the first branch. A running program reads the
# second one, so that no package is imported for its type hints alone.
BytesLike = Union[bytes, bytearray, memoryview, np.ndarray]
if TYPE_CHECKING:
    import bids
    import dask_jobqueue
    import distributed
    import matplotlib.axes
    import matplotlib.cm
    import matplotlib.figure
    import nibabel
    import numcodecs.abc
    import numpy.typing
    import pandas
    import selenium.webdriver.remote.webdriver
    import SimpleITK
    import sklearn.base
    import tqdm

    ItkImage = SimpleITK.Image
    Image = nibabel.spatialimages.SpatialImage
    Table = pandas.DataFrame
    Row = pandas.Series
    DTypeLike = numpy.typing.DTypeLike
    Artist = matplotlib.cm.ScalarMappable
    Axes = matplotlib.axes.Axes
    Figure = matplotlib.figure.Figure
    Model = sklearn.base.BaseEstimator
    Codec = numcodecs.abc.Codec
    Bar = tqdm.tqdm
    Browser = selenium.webdriver.remote.webdriver.WebDriver
    Dask = ModuleType
    DaskClient = distributed.Client
    DaskCluster = distributed.SpecCluster
    JobCluster = dask_jobqueue.SLURMCluster
    Future = distributed.Future
    Layout = bids.BIDSLayout
else:
    ItkImage = 'SimpleITK.Image'
    Image = 'nibabel.spatialimages.SpatialImage'
    Table = 'pandas.DataFrame'
    Row = 'pandas.Series'  # of a table
    DTypeLike = 'numpy.typing.DTypeLike'  # what numpy.dtype takes
    Artist = 'matplotlib.cm.ScalarMappable'  # what a colour bar is made for
    Axes = 'matplotlib.axes.Axes'
    Figure = 'matplotlib.figure.Figure'
    Model = 'sklearn.base.BaseEstimator'
    Codec = 'numcodecs.abc.Codec'
    Bar = 'tqdm.tqdm'
    Browser = 'selenium.webdriver.remote.webdriver.WebDriver'
    Dask = 'distributed'  # the module, which is imported where it is asked for
    DaskClient = 'distributed.Client'
    DaskCluster = 'distributed.SpecCluster'
    JobCluster = 'dask_jobqueue.SLURMCluster'
    Future = 'distributed.Future'
    Layout = 'bids.BIDSLayout'
Header = Any  # nibabel.nifti1.Nifti1Header and those of other formats, which have no common type
ArrayLike = Any  # what numpy.asarray takes: arrays, lazy arrays of this package, lists
Index = Any  # what stands between the brackets of an array
Store = Any  # zarr.Array or zarr.Group, of version 2 or 3
Commands = Any  # what ArgumentParser.add_subparsers returns; its type is private

# Python's
Attribute = Any  # of an object that another one stands in for

# What a user may give
UserFunction = Callable[..., Any]  # takes and gives tensors, as what it is registered with says
# an image: a path, a nibabel image, or an array with its affine
GivenImage = Union[str, 'os.PathLike[str]', Image, Tuple[np.ndarray, np.ndarray]]
Labels = Any  # a path, a folder, an image, an array, or a mapping from subject to one of these
Points = Any  # a path of a CSV file, a pandas.DataFrame, or an array (points, 3) in mm
Choice = Any  # a number, a slice, a text, or a list of them
Value = Any  # an option's value: a number, a text, a list

# Values of a JSON file, a sidecar's or the viewer's: text, numbers, lists, objects, None
Json = Any
JsonObject = Dict[str, Any]
