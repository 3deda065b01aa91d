# -*- coding: utf-8 -*-
"""
``net_activations layers``: what a config's network calls, told without data and checkpoint.
"""
