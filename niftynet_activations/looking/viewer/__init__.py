# -*- coding: utf-8 -*-
"""The viewer: a page in the browser that shows a folder's maps over their inputs."""
