# -*- coding: utf-8 -*-
"""
Writing activation maps to disk; no TensorFlow here.

The way of the data: ``writer`` takes the boxes of one map (one subject, one layer) and hands
them to a sink: ``in_place`` (plain NIfTI), ``spooled`` (compressed or integer NIfTI) or
``zarr_map``. ``pipeline`` runs that in the background, ``folder`` owns the place and lets files
appear under their names only when they are complete, ``sidecar`` and ``tables`` describe them.
"""
