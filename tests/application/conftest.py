# -*- coding: utf-8 -*-
"""Runs of the other applications, each made once for all tests."""

import pytest


@pytest.fixture(scope='session')
def runs(tmp_path_factory):
    """kind -> (config, the plain application's folder, ours), each made once."""
    from application_runs import LAYERS, PLAIN, make_application, ours, run

    made = {}

    def make(kind):
        if kind not in made:
            folder = tmp_path_factory.mktemp(kind)
            config = make_application(folder, kind)
            run(PLAIN[kind], config, folder / 'plain')
            run(ours(kind), config, folder / 'ours', '--activation_layers', LAYERS[kind])
            made[kind] = config, folder / 'plain', folder / 'ours'
        return made[kind]

    return make
