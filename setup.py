# -*- coding: utf-8 -*-
"""
Install niftynet_activations, and niftynet_tf2, which lets NiftyNet run on TensorFlow 2.

``niftynet_tf2.pth`` switches the latter on at every start of Python. Setuptools does not install
such a file beside the packages by itself; the commands here put it into the build and into the
wheel of an editable install.
"""

import os
import re

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

HERE = os.path.dirname(os.path.abspath(__file__))
SWITCH = 'niftynet_tf2.pth'
TENSORFLOW_1 = "; python_version < '3.8'"
# The plain wheel computes on the CPU; the extra `gpu` adds NVIDIA's libraries, with which the same
# wheel uses the GPU. `tensorflow-cpu` holds the same files, so no extra could take its place.
TENSORFLOW_2 = "; python_version >= '3.10'"


class build_py_with_switch(build_py):
    """Puts the .pth file beside the packages, where Python reads it."""

    def run(self):
        super(build_py_with_switch, self).run()
        if not getattr(self, 'editable_mode', False):
            self.copy_file(os.path.join(HERE, SWITCH), os.path.join(self.build_lib, SWITCH))

    def get_outputs(self, *args, **kwargs):
        outputs = super(build_py_with_switch, self).get_outputs(*args, **kwargs)
        return outputs + [os.path.join(self.build_lib, SWITCH)]


COMMANDS = {'build_py': build_py_with_switch}

try:
    from setuptools.command.editable_wheel import editable_wheel
except ImportError:  # setuptools before 64 installs editable by develop
    from setuptools.command.develop import develop

    class develop_with_switch(develop):
        """Puts the .pth file beside the link to the sources."""

        def install_for_development(self):
            super(develop_with_switch, self).install_for_development()
            self.copy_file(os.path.join(HERE, SWITCH), os.path.join(self.install_dir, SWITCH))

        def uninstall_link(self):
            super(develop_with_switch, self).uninstall_link()
            installed = os.path.join(self.install_dir, SWITCH)
            if os.path.exists(installed):
                os.remove(installed)

    COMMANDS['develop'] = develop_with_switch
else:

    class editable_wheel_with_switch(editable_wheel):
        """Puts the .pth file into the wheel that leads to the sources."""

        def _run_build_commands(self, dist_name, unpacked_wheel, build_lib, tmp_dir):
            files = super(editable_wheel_with_switch, self)._run_build_commands(
                dist_name, unpacked_wheel, build_lib, tmp_dir
            )
            self.copy_file(os.path.join(HERE, SWITCH), os.path.join(str(unpacked_wheel), SWITCH))
            return files

    COMMANDS['editable_wheel'] = editable_wheel_with_switch


with open(os.path.join(HERE, 'README.md'), encoding='utf-8') as readme:
    LONG_DESCRIPTION = readme.read()

# read, not imported: the package's requirements are not installed yet
with open(os.path.join(HERE, 'niftynet_activations', '__init__.py'), encoding='utf-8') as package:
    VERSION = re.search(r"^__version__ = '(.+)'$", package.read(), re.MULTILINE).group(1)

setup(
    name='niftynet_activations',
    version=VERSION,
    description='Activation maps of NiftyNet segmentation networks, as whole volumes',
    long_description=LONG_DESCRIPTION,
    long_description_content_type='text/markdown',
    license='Apache-2.0',
    python_requires='>=3.7,!=3.8.*,!=3.9.*,<3.14',
    packages=find_packages(include=['niftynet_activations*', 'niftynet_tf2*']),
    package_data={
        'niftynet_activations': ['looking/report/templates/*', 'looking/viewer/static/*']
    },
    cmdclass=COMMANDS,
    entry_points={
        'console_scripts': [
            'net_activations = niftynet_activations.command_line:main',
            'net_activations_bids = niftynet_activations.bids_app.command_line:main',
        ]
    },
    install_requires=[
        'niftynet==0.6.0',
        'tensorflow==1.15.5' + TENSORFLOW_1,
        'protobuf<3.21' + TENSORFLOW_1,
        'numpy<1.19' + TENSORFLOW_1,
        'pandas<1.4' + TENSORFLOW_1,
        'importlib-metadata' + TENSORFLOW_1,
        'tensorflow>=2.16,<3' + TENSORFLOW_2,
        'numpy>=1.26' + TENSORFLOW_2,
        'pandas>=2' + TENSORFLOW_2,
        'setuptools<81' + TENSORFLOW_2,  # NiftyNet asks pkg_resources for its own version
        'scipy',
        'scikit-learn',
        'threadpoolctl',  # scikit-learn brings it
        'pyarrow',
        'nibabel>=3',
        'pillow',
        'packaging',
        'six',
        'blinker',
        'tqdm',
        'isal',
        'jinja2',
        'matplotlib',
        'zarr>=2.12',
        'numcodecs',
    ],
    extras_require={
        'gpu': ['tensorflow[and-cuda]>=2.16,<3' + TENSORFLOW_2],
        'demo': ['matplotlib'],
        'view': ['indexed_gzip'],  # opens channels of large nii.gz maps quickly
        # the newest for Python 3.7 is of 2022, which pip finds by itself
        'cluster': [
            'distributed>=2022.2',
            'dask-jobqueue>=0.7.4',
            # the newest distributed for Python 3.7 does not work with later versions of click
            "click<8.1; python_version < '3.8'",
        ],
        # 0.15 is the newest for Python 3.7
        'bids': ['pybids>=0.15'],
        'test': [
            'pytest',
            'pytest-xdist>=3.5',
            'pybids>=0.15',
            'bids-validator-deno' + TENSORFLOW_2,
            'hypothesis',
            'selenium',
            'indexed_gzip',
            'distributed>=2022.2',
            'dask-jobqueue>=0.7.4',
            "click<8.1; python_version < '3.8'",
            'ruff==0.14.*' + TENSORFLOW_2,
            'mypy' + TENSORFLOW_2,
            'import-linter' + TENSORFLOW_2,
            'ome-zarr' + TENSORFLOW_2,
            'sphinx>=8' + TENSORFLOW_2,
            'myst-parser>=4' + TENSORFLOW_2,
            'furo' + TENSORFLOW_2,
            'pre-commit' + TENSORFLOW_2,
            'SimpleITK' + TENSORFLOW_2,
            'nifti-zarr' + TENSORFLOW_2,
        ],
    },
)
