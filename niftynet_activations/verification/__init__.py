# -*- coding: utf-8 -*-
"""
``net_activations verify``: saved maps are compared with one pass of the network over the whole
volume.
"""
