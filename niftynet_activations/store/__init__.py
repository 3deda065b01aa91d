# -*- coding: utf-8 -*-
"""
The folder of maps, written and read; no TensorFlow here.

The way of the data: ``writer`` takes the boxes of one map (one subject, one layer) and hands
them to the sink of one of ``formats``, whose table is the only place that knows the kinds of file.
``folder`` owns the place and lets files appear under their names only when they are complete;
``description``, ``sidecar`` and ``tables`` say what they are. ``listing`` and the formats read
them.
"""
