# -*- coding: utf-8 -*-
"""
From a network to the tensors that are fetched: layers are recorded while NiftyNet builds the
network, chosen by selectors, and brought into the form of a map (axes in order, chosen channels,
reduced). Forward hooks and interventions are applied here too.

This folder is not called ``layers``, since a submodule of that name would replace the package's
function ``layers``.
"""
