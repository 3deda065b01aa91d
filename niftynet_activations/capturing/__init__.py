# -*- coding: utf-8 -*-
"""
Layers recorded while NiftyNet builds a network, hooked, chosen, and made ready to fetch.

This folder is not called ``layers``: importing it would replace the package's function of that
name.
"""
