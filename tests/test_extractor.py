# -*- coding: utf-8 -*-
"""From Python, images in and maps out: the numbers of a run from files, and nothing left behind."""

import os
import shutil
import subprocess
import sys
import threading

import nibabel as nib
import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from example_run import ROOT, make_example  # noqa: E402
from toy_runs import LAYER, change_config, image_path, make_toy  # noqa: E402

import niftynet_activations as na  # noqa: E402
from niftynet_activations.errors import (  # noqa: E402
    CheckpointError,
    InputError,
    OptionError,
    SelectionError,
)
from niftynet_activations.store import nameless  # noqa: E402

TWO = {'a': (20, 23, 25), 'b': (17, 30, 21)}
LAYERS = [LAYER, 'logits']
OF_A_FILE = ('source_images', 'versions', 'result')  # of a sidecar: what only a run from files has
READING = {'T1': {'axcodes': '(P, I, R)', 'pixdim': '(1.3, 1.0, 1.6)'}}
MASKED = {
    'brain': {
        'path_to_search': '',
        'filename_contains': 'mask',
        'filename_removefromid': '_mask',
        'spatial_window_size': '(12, 14, 16)',
    }
}
VARIANTS = {
    'windows': ({}, {}),
    'read otherwise': (READING, dict(batch_size=3, stitch='average')),
    'input grid': (READING, dict(resolution='input', reduce='max')),
    'resized': ({'NETWORK': {'window_sampling': 'resize'}}, dict(batch_size=2)),
    'whole': ({}, {'pass': 'whole', 'segmentation': 'none'}),
    'masked': (MASKED, {'mask': 'brain', 'segmentation': 'none'}),
}


@pytest.fixture(scope='module')
def toy(tmp_path_factory):
    return make_toy(tmp_path_factory.mktemp('extractor') / 'toy', TWO)


def given(config, subject, kind):
    """The subject's image as a path, as nibabel has it, or as an array with its affine."""
    path = image_path(os.path.dirname(config), subject)
    image = nib.load(path)
    return {'path': path, 'image': image, 'array': (image.get_fdata(), image.affine)}[kind]


def files_below(*folders):
    return {
        os.path.join(top, name)
        for each in folders
        for top, _, names in os.walk(each)
        for name in names
    }


@pytest.mark.parametrize('variant', VARIANTS)
def test_the_numbers_of_a_run_from_files(tmp_path, variant):
    sections, options = VARIANTS[variant]
    config = change_config(make_toy(tmp_path / 'toy', TWO), sections)
    masks = {}
    if variant == 'masked':
        change_config(config, {'brain': {'path_to_search': str(tmp_path / 'toy' / 'data')}})
        for subject in TWO:
            image = given(config, subject, 'image')
            values = np.zeros(image.shape, np.uint8)
            values[3:9, 4:15, 2:7] = 1
            masks[subject] = {'brain': nib.Nifti1Image(values, image.affine)}
            name = image_path(tmp_path / 'toy', subject).replace('T1', 'mask')
            nib.save(masks[subject]['brain'], name)
    expected = na.extract(config, LAYERS, dir=tmp_path / 'maps', format='nii', **options)
    options = {name: value for name, value in options.items() if name != 'segmentation'}
    with na.Extractor(config, LAYERS, **options) as extract:
        for subject, kind in (
            ('a', 'image'),
            ('b', 'path'),
            ('a', 'array'),
            ('b', 'image'),
        ):
            images = dict(T1=given(config, subject, kind), **masks.get(subject, {}))
            found = extract(images, subject=subject)
            assert list(found) == [key for key in expected if key[0] == subject]
            for key, one in found.items():
                np.testing.assert_array_equal(one.data, expected[key].data)
                np.testing.assert_array_equal(one.affine, expected[key].affine)
                told, other = one.info, expected[key].info
                for name in set(other) - set(OF_A_FILE):
                    assert told[name] == other[name], (key, name)


def test_a_window_of_the_whole_axis(toy, tmp_path):
    """The graph holds the image's size: it is built anew, as a run of that subject would."""
    options = dict(spatial_window_size='0,0,0', border='0,0,0')
    with na.Extractor(toy, LAYERS, **options) as extract:
        for built, subject in enumerate(('a', 'b', 'b', 'a'), 1):
            found = extract({'T1': given(toy, subject, 'image')})
            assert extract._network.built == {1: 1, 2: 2, 3: 2, 4: 3}[built]
            if built < 3:
                alone = tmp_path / subject
                config = make_toy(alone / 'toy', {subject: TWO[subject]})
                shutil.copy(image_path(os.path.dirname(toy), subject), str(alone / 'toy' / 'data'))
                change_config(config, {'SYSTEM': {'model_dir': os.path.dirname(toy) + '/model'}})
                expected = na.extract(config, LAYERS, dir=alone / 'maps', format='nii', **options)
                for (_, layer), one in found.items():
                    np.testing.assert_array_equal(one.data, expected[subject, layer].data)


def test_built_once_and_nothing_is_left(toy, tmp_path, monkeypatch):
    folder = os.path.dirname(toy)
    for name in ('memory', 'disk'):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(nameless, 'MEMORY_FOLDER', str(tmp_path / 'memory'))
    monkeypatch.setenv('NIFTYNET_ACTIVATIONS_SCRATCH', str(tmp_path / 'disk'))
    before = files_below(folder, str(tmp_path))
    with na.Extractor(toy, LAYERS) as extract:
        assert extract.layers == []
        first = extract({'T1': given(toy, 'a', 'image')})
        assert extract.layers == [LAYER, 'conv_output_bn']  # which is the logits
        operations = len(extract._network._network.session.graph.get_operations())
        extract({'T1': given(toy, 'b', 'array')})
        assert extract._network.built == 1
        assert len(extract._network._network.session.graph.get_operations()) == operations
        assert files_below(folder, str(tmp_path)) == before
    values = np.asarray(first['subject', LAYER].data)  # though the network is gone
    assert values.shape == TWO['a'] + (10,) and np.isfinite(values).all()
    # more than fits in memory: on disk, and just as nameless
    with na.Extractor(toy, LAYERS, in_memory=1e-6) as extract:
        large = extract({'T1': given(toy, 'a', 'image')})
    np.testing.assert_array_equal(large['subject', LAYER].data, values)
    assert files_below(folder, str(tmp_path)) == before
    assert os.listdir(str(tmp_path / 'memory')) == os.listdir(str(tmp_path / 'disk')) == []


@pytest.mark.parametrize('mode', ['windows', 'whole'])
def test_layers_of_a_call(toy, mode):
    image = {'T1': given(toy, 'a', 'image')}
    options = dict(channels=[0, 2], **{'pass': mode})
    with na.Extractor(toy, [LAYER, 'conv_output_bn', 'probabilities'], **options) as extract:
        only = extract(image, layers='conv_*, !conv_output_*')
        assert [layer for _, layer in only] == [LAYER]
        every = extract(image)
        assert [layer for _, layer in every] == [LAYER, 'conv_output_bn', 'probabilities']
        np.testing.assert_array_equal(only['subject', LAYER].data, every['subject', LAYER].data)
        assert every['subject', LAYER].channels == [0, 2]
        with pytest.raises(SelectionError, match="^layers = 'logits': expected some of those that"):
            extract(image, layers=['logits'])
        # a hook that was there when the network was built is a part of it
        assert extract(image)['subject', 'probabilities'].info['layer'] == 'probabilities'


def test_a_map_is_like_that_of_a_folder(toy):
    with na.Extractor(toy, LAYER, in_memory=0.5) as extract:
        maps = extract({'T1': given(toy, 'a', 'image')}, subject='me')
    one = maps['me', LAYER]
    assert 'held in memory' in repr(one) and 'held in memory' in repr(maps)
    assert maps.subjects == ['me'] and maps.layers == [LAYER]
    image = one.to_nibabel()
    np.testing.assert_array_equal(image.get_fdata(), one.data)
    centre = one.affine @ [3, 4, 5, 1]
    np.testing.assert_allclose(one.sample(centre[:3])[0], one.data[3, 4, 5], rtol=1e-6)
    on = one.on(given(toy, 'a', 'image'))
    np.testing.assert_allclose(on.data[3, 4, 5], one.data[3, 4, 5], rtol=1e-5)
    values = np.asarray(one.data)
    values[:] = 0  # a copy
    assert np.asarray(one.data).any()
    assert maps.features()['{}|0|mean'.format(LAYER)].notna().all()
    figure = one.plot()
    assert any(
        each.images and len(each.images) == 2 for each in figure.get_axes()
    )  # over the image


class Waiting(dict):
    """Images that come late, so that a call lasts."""

    def __init__(self, images):
        super().__init__(images)
        self.asked, self.given = threading.Event(), threading.Event()

    def items(self):
        self.asked.set()
        assert self.given.wait(60)
        return super().items()


def test_one_call_at_a_time(toy):
    images = Waiting({'T1': given(toy, 'a', 'image')})
    found = []
    with na.Extractor(toy, LAYER) as extract:
        thread = threading.Thread(target=lambda: found.append(extract(images)))
        thread.start()
        assert images.asked.wait(60)
        for call in (lambda: extract(dict(T1=given(toy, 'a', 'path'))), extract.close):
            with pytest.raises(OptionError, match='^another call of this Extractor is under way'):
                call()
        images.given.set()
        thread.join()
        assert len(extract(dict(T1=given(toy, 'b', 'path')))) == len(found[0]) == 1
    for _ in range(2):
        with pytest.raises(OptionError, match='^this Extractor is closed; make a new one$'):
            extract({'T1': given(toy, 'a', 'path')})
        extract.close()


def test_images_that_do_not_fit(toy, tmp_path):
    image = given(toy, 'a', 'image')
    four = np.stack([image.get_fdata()] * 4, axis=-1)
    broken = str(tmp_path / 'broken.nii')
    nib.save(nib.Nifti1Image(four[..., 0], image.affine), broken)
    os.truncate(broken, 5000)
    cases = [
        ({'T1': (four, image.affine)}, InputError, '^the images have 4 channels .* takes 1$'),
        ({'T1': np.zeros((20, 20, 20))}, InputError, r'give \(array, affine\)$'),
        ({'T2': image}, InputError, "^no input section 'T2': the config has T1$"),
        ({}, InputError, "^no image for input section 'T1'"),
        ({'T1': (four[:4], image.affine)}, InputError, '.'),
        ({'T1': broken}, InputError, "broken.nii' cannot be read"),
        (
            {'T1': (np.stack([four] * 2, -1), image.affine)},
            InputError,
            "^the image of 'T1' has 4 time points",
        ),
    ]
    with na.Extractor(toy, LAYER) as extract:
        # where the network is not built yet, the checkpoint tells
        with pytest.raises(CheckpointError, match='trained on images with 1 channel .* 4 channels'):
            extract(cases[0][0])
        good = np.asarray(extract({'T1': image})['subject', LAYER].data)
        for images, error, message in cases:
            with pytest.raises(error, match=message) as caught:
                extract(images)
            assert '\n' not in str(caught.value)
            assert '/fd/' not in str(caught.value)  # a path that the caller never sees
            np.testing.assert_array_equal(extract({'T1': image})['subject', LAYER].data, good)


@pytest.mark.parametrize(
    'options, message',
    [
        (dict(layers='conv_9'), "'conv_9' matches nothing"),
        (dict(format='zarr'), "^option 'format' is about files, and an Extractor writes none"),
        (dict(dir='here'), "^option 'dir' is about files"),
        (dict(save_seg_dir='here'), "^option 'save_seg_dir' is about files"),
        (dict(chanels=1), "unknown option 'chanels'"),
        (dict(in_memory=-1), '^in_memory = -1: expected a number of GiB'),
    ],
)
def test_options_that_do_not_fit(toy, options, message):
    with pytest.raises(ValueError, match=message):
        na.Extractor(toy, **options)({'T1': given(toy, 'a', 'path')})


def test_options_of_the_config_about_files_do_not_count(tmp_path):
    config = make_toy(tmp_path / 'toy', TWO)
    words = dict(format='zarr', dtype='float16', existing='error', tables='label', features='mean')
    changes = {'activation_' + name: value for name, value in words.items()}
    change_config(config, {'INFERENCE': dict(changes, save_seg_dir='there')})
    with na.Extractor(config, LAYER) as extract:
        assert len(extract({'T1': given(config, 'a', 'path')})) == 1
    assert not (tmp_path / 'toy' / 'model' / 'there').exists()


def test_components_of_a_basis(toy, tmp_path):
    maps = na.extract(toy, LAYER, dir=tmp_path / 'maps', format='nii')
    basis = str(tmp_path / 'pca.npz')
    from niftynet_activations.looking.answers.components import components

    components(maps, [LAYER], number=3, output=basis)
    expected = na.extract(toy, LAYER, dir=tmp_path / 'run', format='nii', basis=basis)
    with na.Extractor(toy, LAYER, basis=basis) as extract:
        for subject in ('a', 'b', 'b'):
            found = extract({'T1': given(toy, subject, 'image')}, subject=subject)
            (key,) = found
            assert key == (subject, LAYER + '/pca') and found[key].shape[3] == 3
            np.testing.assert_array_equal(found[key].data, expected[key].data)
            assert found[key].info['components'] == expected[key].info['components']


KILLED = """
import sys
import niftynet_activations as na
with na.Extractor({config!r}, layers='up_relu', in_memory={in_memory}) as extract:
    while True:
        maps = extract({{'T1': {image!r}}})
        sys.stdout.write('done' + chr(10))
        sys.stdout.flush()
"""


def test_a_kill_leaves_nothing(tmp_path):
    """Whether maps are in memory or on disk: what is open has no name."""
    config = make_example(tmp_path / 'example')
    image = str(tmp_path / 'example' / 'data' / 'one_T1.nii.gz')
    (tmp_path / 'disk').mkdir()
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join([ROOT] + sys.path))
    environment.update(TMPDIR=str(tmp_path / 'disk'))
    environment.pop('NIFTYNET_ACTIVATIONS_SCRATCH', None)
    code = KILLED.format(config=config, image=image, in_memory=0)
    before = files_below(str(tmp_path))
    running = subprocess.Popen(
        [sys.executable, '-c', code],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        universal_newlines=True,
    )
    try:
        for _ in range(3):  # the next one is under way
            assert running.stdout.readline() == 'done\n'
    finally:
        running.kill()
        running.communicate()
    assert files_below(str(tmp_path)) == before
    assert os.listdir(str(tmp_path / 'disk')) == []


CALLER = """
import glob, logging, os, signal, sys, warnings
import numpy as np
import tensorflow as tf
keras = {keras}
values = np.ones((2, 4), 'float32')
if keras:
    model = tf.keras.Sequential([tf.keras.layers.Input((4,)), tf.keras.layers.Dense(3)])
    told = model.predict(values, verbose=0)
logger = logging.getLogger('tensorflow')
logger.handlers, logger.propagate = [logging.NullHandler()], False
logger.setLevel(35)


def hook(*_):
    pass


sys.excepthook = hook
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1):
    signal.signal(number, hook)


def state():
    return (
        list(sys.argv), sys.excepthook, os.getcwd(), dict(os.environ), list(warnings.filters),
        [list(logging.getLogger(name).handlers) for name in ('', 'tensorflow')],
        logger.level, logger.propagate,
        [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1)],
        sys.stdout, sys.stderr, tf.executing_eagerly() if keras else None,
    )


before = state()
import niftynet_activations as na
with na.Extractor({config!r}, layers='up_relu') as extract:
    assert state() == before
    for _ in range(2):
        maps = extract({{'T1': {image!r}}})
        assert state() == before, (state(), before)
        if keras:
            np.testing.assert_array_equal(model.predict(values, verbose=0), told)
    try:
        extract({{'T1': np.zeros(3)}})
    except na.errors.InputError:
        pass
    assert state() == before
assert state() == before
if keras:
    np.testing.assert_array_equal(model.predict(values, verbose=0), told)
    model.compile('sgd', 'mse')
    model.fit(values, told + 1, verbose=0)
    assert not np.array_equal(model.predict(values, verbose=0), told)
    assert float(tf.function(lambda x: 2 * x)(tf.constant(3.0))) == 6.0
"""


def test_the_caller_s_process_stays_as_it_was(tmp_path):
    """With a Keras model made before, used between the calls and afterwards, where there is one."""
    config = make_example(tmp_path / 'example')
    image = str(tmp_path / 'example' / 'data' / 'one_T1.nii.gz')
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join([ROOT] + sys.path))
    keras = sys.version_info >= (3, 8)  # TensorFlow 1 is in graph mode from its start
    code = CALLER.format(config=config, image=image, keras=keras)
    done = subprocess.run(
        [sys.executable, '-c', code, 'word'],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        universal_newlines=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout == ''
