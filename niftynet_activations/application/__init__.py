# -*- coding: utf-8 -*-
"""
NiftyNet's applications with activation maps beside their own output.
"""
