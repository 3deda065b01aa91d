# -*- coding: utf-8 -*-
"""
Names for type hints of objects that other packages make and whose types they do not tell.

TensorFlow 1.15, NiftyNet and nibabel for Python 3.7 come without type hints, and numpy of that time
has no type for what can become an array. A function that takes such an object says so with a name
of this module, which tells the reader what passes, though the type checker cannot check it.
"""

from typing import Any, Callable, Dict, Union

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

# nibabel's, pandas's and numpy's
ItkImage = Any  # SimpleITK.Image
Image = Any  # nibabel.spatialimages.SpatialImage
Header = Any  # nibabel.nifti1.Nifti1Header and those of other formats
Table = Any  # pandas.DataFrame where pandas is imported late
Row = Any  # pandas.Series, a row of a table
ArrayLike = Any  # what numpy.asarray takes
DTypeLike = Any  # what numpy.dtype takes
BytesLike = Union[bytes, bytearray, memoryview, np.ndarray]
Index = Any  # what stands between the brackets of an array

# matplotlib's, scikit-learn's, zarr's and argparse's
Artist = Any  # matplotlib.artist.Artist: an image, a line
Axes = Any  # matplotlib.axes.Axes
Figure = Any  # matplotlib.figure.Figure or SubFigure
Model = Any  # an estimator of scikit-learn
Store = Any  # zarr.Array or zarr.Group
Codec = Any  # of numcodecs
Commands = Any  # what ArgumentParser.add_subparsers returns
Bar = Any  # tqdm.tqdm
Browser = Any  # selenium's WebDriver
# Dask's and pybids's
Dask = Any  # the module `distributed`, which is imported where it is asked for
DaskClient = Any  # distributed.Client
DaskCluster = Any  # distributed.LocalCluster, or dask_jobqueue's
Future = Any  # distributed.Future
Layout = Any  # bids.layout.BIDSLayout

# Python's
Attribute = Any  # of an object that another one stands in for

# What a user may give
UserFunction = Callable[..., Any]  # takes and gives tensors, as what it is registered with says
GivenImage = Any  # a path, a nibabel image, or an array with its affine
Labels = Any  # a path, a folder, an image, an array, or a mapping from subject to one of these
Points = Any  # a path of a CSV file, a pandas.DataFrame, or an array (points, 3) in mm
Choice = Any  # a number, a slice, a text, or a list of them
Value = Any  # an option's value: a number, a text, a list

# Values of a JSON file, a sidecar's or the viewer's: text, numbers, lists, objects, None
Json = Any
JsonObject = Dict[str, Any]
