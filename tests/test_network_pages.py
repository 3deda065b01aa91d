# -*- coding: utf-8 -*-
"""The pages of the networks are those that the script writes, and name layers that are there."""

import os
import sys

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.append(os.path.join(ROOT, 'scripts'))

import network_pages  # noqa: E402


def test_every_config_has_a_page():
    configs = {name[: -len('.ini')] for name in os.listdir(os.path.join(ROOT, 'config'))}
    assert configs == set(network_pages.NETWORKS)


@pytest.mark.parametrize('network', sorted(network_pages.NETWORKS))
def test_the_page_is_up_to_date(network):
    with open(os.path.join(ROOT, 'docs', 'networks', network + '.md')) as page:
        assert page.read() == network_pages.page_of(network)
