# -*- coding: utf-8 -*-
"""
Settings of Sphinx, which makes one site of this folder's pages and the docstrings: ``make docs``.
"""

import os
import shutil
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, ROOT)
# removes pages of modules that no longer exist
shutil.rmtree(os.path.join(ROOT, 'docs', 'api', 'generated'), ignore_errors=True)

import niftynet  # noqa: E402, F401  before tensorflow, so that it is what NiftyNet sees

import niftynet_activations  # noqa: E402

project = 'niftynet_activations'
release = version = niftynet_activations.__version__
copyright = 'the authors, Apache-2.0'
extensions = ['myst_parser', 'sphinx.ext.autodoc', 'sphinx.ext.autosummary']
templates_path = ['_templates']
exclude_patterns = ['_templates']
nitpicky = True  # a reference in a docstring that leads nowhere is an error of `make docs`
nitpick_ignore_regex = [
    ('py:.*', r'(niftynet|tensorflow|logging|types|http|collections|argparse)\..*'),
    ('py:.*', r'.*\._\w+'),  # private names have no page
]
html_theme = 'furo'
# the sidebar is narrow: a zero-width space lets the name break after its underscore
html_title = 'niftynet_\u200bactivations {}'.format(release)
html_show_sourcelink = False
# a summary needs each found page to be fetched, which browsers refuse for pages from the disk
html_show_search_summary = False

# pages link to headings of others by the names that GitHub gives them
myst_heading_anchors = 3
autodoc_typehints = 'none'  # the docstrings say shapes, axes and units, which types do not
autodoc_member_order = 'bysource'
autodoc_default_options = {'members': True, 'show-inheritance': True}
