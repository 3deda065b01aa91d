# -*- coding: utf-8 -*-
"""
Where a layer's samples lie, and what each of them depends on.
"""
