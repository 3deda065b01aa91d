# -*- coding: utf-8 -*-
"""
All that is decided before the first window: what is written, where, from which windows.
"""
