# -*- coding: utf-8 -*-
"""
Three ways to choose what is saved, as a NiftyNet extension.

``network`` is a small network that marks its bottleneck by an ``ActivationPoint``, ``reducers``
holds functions for ``activation_reduce``, ``hooks`` functions for ``register_forward_hook``.
``config.ini`` uses the first two; the third is used from Python code.
"""
