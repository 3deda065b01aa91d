# -*- coding: utf-8 -*-
"""Folders that cannot be written are told in one line, before the run."""

import tempfile

import pytest

from niftynet_activations.errors import WriteError
from niftynet_activations.host.folders import check_writable


def test_a_folder_is_made_and_left_empty(tmp_path):
    check_writable(str(tmp_path / 'new' / 'one'), 'save_seg_dir')
    assert list((tmp_path / 'new' / 'one').iterdir()) == []


def test_a_file_in_its_place(tmp_path):
    (tmp_path / 'file').write_text('x')
    with pytest.raises(WriteError, match='set save_seg_dir to one that can$') as caught:
        check_writable(str(tmp_path / 'file'), 'save_seg_dir')
    assert str(tmp_path / 'file') in str(caught.value) and '\n' not in str(caught.value)


@pytest.mark.slow
@pytest.mark.parametrize('command', ['net_run', 'verify', 'extract'])
def test_a_model_folder_that_is_read_only(tmp_path, monkeypatch, capsys, command):
    pytest.importorskip('niftynet')
    from inference_runs import run_activations
    from toy_runs import LAYER, make_toy

    import niftynet_activations as na
    from niftynet_activations.command_line import main

    config = make_toy(tmp_path / 'toy', {'a': (20, 23, 25)})
    model, make = str(tmp_path / 'toy' / 'model'), tempfile.TemporaryFile

    def read_only(*args, **options):
        """Whoever runs the tests may be allowed to write everywhere."""
        if options.get('dir') == model:
            raise PermissionError(13, 'Permission denied')
        return make(*args, **options)

    monkeypatch.setattr(tempfile, 'TemporaryFile', read_only)
    said = "the folder '{}' cannot be written (Permission denied): set model_dir in".format(model)
    if command == 'verify':
        assert main(['verify', '-c', config]) == 2
        assert said in capsys.readouterr().err
        return
    with pytest.raises(WriteError) as caught:
        if command == 'extract':
            na.extract(config, dir=str(tmp_path / 'maps'))
        else:
            run_activations(config, tmp_path / 'ours', '--activation_layers', LAYER)
    assert str(caught.value).startswith(said) and '\n' not in str(caught.value)
