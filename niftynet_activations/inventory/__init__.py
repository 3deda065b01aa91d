# -*- coding: utf-8 -*-
"""
``net_activations layers``: the list of a network's layers, made from the config alone, without
images and checkpoint.
"""
