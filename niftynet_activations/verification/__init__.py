# -*- coding: utf-8 -*-
"""
``net_activations verify``: saved maps beside one pass of the network over the whole volume.
"""
