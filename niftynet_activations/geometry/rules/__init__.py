# -*- coding: utf-8 -*-
"""
How each kind of operation moves samples in space: one function for each, in one table.
"""
