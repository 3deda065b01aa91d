# -*- coding: utf-8 -*-
"""
The kinds of file that a map can be written to.
"""
