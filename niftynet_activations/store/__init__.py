# -*- coding: utf-8 -*-
"""
The folder of maps, written and read; no TensorFlow here.

The way of the data: ``writer`` takes the boxes of one map (one subject, one layer) and hands
them to one of ``formats``. ``folder`` owns the place and lets files
appear under their names only when they are complete, ``sidecar`` and ``tables`` describe them.
"""
