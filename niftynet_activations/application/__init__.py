# -*- coding: utf-8 -*-
"""
NiftyNet's applications, which write activation maps beside their own output: the mixin, its parts,
and the ready-made applications.
"""
