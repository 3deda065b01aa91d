# -*- coding: utf-8 -*-
"""Waiting times in a page; the page itself is tested with the viewer."""

from benchmarks import pages


def test_without_a_browser_the_page_is_left_out(monkeypatch, capsys):
    monkeypatch.setattr(pages.browsers, 'what_is_missing', lambda: 'no browser')
    assert pages.in_browser('a', 'http://127.0.0.1:9/') == []
    assert capsys.readouterr().err == 'no browser\n'
