# -*- coding: utf-8 -*-
"""
``net_activations plan``: what a run would do, without doing it.
"""
