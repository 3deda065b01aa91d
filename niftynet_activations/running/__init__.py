# -*- coding: utf-8 -*-
"""
What happens while windows come: they are cut, queued and written in the background.
"""
