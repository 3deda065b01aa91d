# -*- coding: utf-8 -*-
"""
``net_activations attribute``: where in the volume a network's decision for a label comes from, by
Grad-CAM, HiResCAM or saliency.
"""
