# -*- coding: utf-8 -*-
"""
Names for type hints of objects that other packages make.

TensorFlow 1.15 and NiftyNet come without type hints. A function that takes one of their objects
says so with a name of this module: the name tells the reader what is passed, though the type
checker takes it for Any. Objects of packages that have type hints are checked.
"""

import os
from types import ModuleType
from typing import (
    TYPE_CHECKING,
    Any,
    Callable,
    Dict,
    List,
    Mapping,
    Optional,
    Sequence,
    Tuple,
    Union,
)

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
Attribute = Any  # of one of NiftyNet's objects, for which a substitute stands in

# Types of other packages. The type checker reads the first branch. A running program reads the
# second one, so that no package is imported for its type hints alone.
BytesLike = Union[bytes, bytearray, memoryview, np.ndarray]
if TYPE_CHECKING:
    import argparse
    from types import EllipsisType
    from typing import Protocol, SupportsIndex, TypedDict

    import bids
    import dask_jobqueue
    import distributed
    import matplotlib.axes
    import matplotlib.cm
    import matplotlib.figure
    import nibabel
    import nibabel.arrayproxy
    import numcodecs.abc
    import numpy.typing
    import pandas
    import selenium.webdriver.remote.webdriver
    import SimpleITK
    import sklearn.base
    import tqdm
    import zarr

    ItkImage = SimpleITK.Image
    Image = nibabel.spatialimages.SpatialImage
    Header = nibabel.nifti1.Nifti1Header
    Proxy = nibabel.arrayproxy.ArrayProxy
    Table = pandas.DataFrame
    Row = pandas.Series
    DTypeLike = numpy.typing.DTypeLike
    ArrayLike = numpy.typing.ArrayLike
    Key = Union[SupportsIndex, slice, EllipsisType, None, List[int], np.ndarray]

    class Commands(Protocol):
        """What ``ArgumentParser.add_subparsers`` returns, whose own type is private."""

        def add_parser(
            self, name: str, *, help: str, description: Optional[str], epilog: Optional[str] = None
        ) -> argparse.ArgumentParser: ...

    class Volumes(Protocol):
        """A numpy array, or an array of this package that lies on disk."""

        @property
        def shape(self) -> Tuple[int, ...]: ...

        def __getitem__(self, __index: Tuple[Union[int, slice], ...]) -> np.ndarray: ...

    Artist = matplotlib.cm.ScalarMappable
    Axes = matplotlib.axes.Axes
    Figure = matplotlib.figure.Figure
    Model = sklearn.base.BaseEstimator
    Codec = numcodecs.abc.Codec
    StoredArray = zarr.Array
    StoredGroup = zarr.Group
    Bar = tqdm.tqdm
    Browser = selenium.webdriver.remote.webdriver.WebDriver
    Dask = ModuleType
    DaskClient = distributed.Client
    DaskCluster = distributed.SpecCluster
    JobCluster = dask_jobqueue.SLURMCluster
    Future = distributed.Future
    Layout = bids.BIDSLayout
else:

    def TypedDict(name: str, keys: Dict[str, object], total: bool = True) -> type:
        """
        Python's own, which 3.7 does not have: a dictionary whose keys have types of their own.

        :return: what such a dictionary is while a program runs
        """
        return dict

    ItkImage = 'SimpleITK.Image'
    Image = 'nibabel.spatialimages.SpatialImage'
    Header = 'nibabel.nifti1.Nifti1Header'
    Proxy = 'nibabel.arrayproxy.ArrayProxy'  # voxels that nibabel reads from the file on demand
    Commands = 'argparse.Action'  # what ArgumentParser.add_subparsers returns
    Table = 'pandas.DataFrame'
    Row = 'pandas.Series'  # of a table
    DTypeLike = 'numpy.typing.DTypeLike'  # what numpy.dtype takes
    ArrayLike = 'numpy.typing.ArrayLike'  # what numpy.asarray takes
    Key = 'int'  # index of one axis of an array
    Volumes = 'numpy.ndarray'  # (x, y, z, channel), or one that lies on disk
    Artist = 'matplotlib.cm.ScalarMappable'  # what a colour bar is made for
    Axes = 'matplotlib.axes.Axes'
    Figure = 'matplotlib.figure.Figure'
    Model = 'sklearn.base.BaseEstimator'
    Codec = 'numcodecs.abc.Codec'
    StoredArray = 'zarr.Array'
    StoredGroup = 'zarr.Group'
    Bar = 'tqdm.tqdm'
    Browser = 'selenium.webdriver.remote.webdriver.WebDriver'
    Dask = 'distributed'  # the module, which is imported where it is asked for
    DaskClient = 'distributed.Client'
    DaskCluster = 'distributed.SpecCluster'
    JobCluster = 'dask_jobqueue.SLURMCluster'
    Future = 'distributed.Future'
    Layout = 'bids.BIDSLayout'
Index = Union[Key, Tuple[Key, ...]]  # index of an array

# What a user may give
# takes and returns tensors; the function that registers it says which
UserFunction = Callable[..., Tensor]
Path = Union[str, 'os.PathLike[str]']
# an image: a path, a nibabel image, or an array with its affine
GivenImage = Union[Path, Image, Tuple[np.ndarray, np.ndarray]]
LabelSource = Union[str, Image]
# a path, a folder, an image for all subjects, or a mapping from subject to one
Labels = Union[Path, Image, Mapping[str, LabelSource]]
Points = Union[Path, 'pandas.DataFrame']  # a CSV file, or a table with its columns
# of an option: a number, a text, a path, a slice, several of them, or a mapping to them
Value = Union[
    None, float, str, 'os.PathLike[str]', slice, range, Sequence['Value'], Mapping[str, 'Value']
]

# Names and values that are written to a file or were read from one. Code that uses a value has to
# check its type; where the type is known there is a type of its own.
JsonObject = Dict[str, object]
