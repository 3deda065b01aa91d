# -*- coding: utf-8 -*-
"""Applications of niftynet.contrib: what docs/applications.md says of each."""

import os
import re

import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import niftynet_activations as na  # noqa: E402

na.app  # noqa: B018  registers the options

import contrib_applications  # noqa: E402
from application_runs import SMALL, files, make_application, run, write_weights  # noqa: E402
from example_run import ROOT  # noqa: E402
from random_checkpoint import ITERATION, tf  # noqa: E402

from niftynet_activations.host.applications import name_of  # noqa: E402
from niftynet_activations.host.in_process import run_niftynet  # noqa: E402

CONTRIB = 'niftynet.contrib.'
CSV = CONTRIB + 'csv_reader.'
# those that run -> a layer, and its channels
RUN = {
    'MultiOutput': ('conv_input_bn_relu', 10),
    'Boosted': ('conv_input_bn_relu', 10),
    'Sampled': ('conv_input_bn_relu', 10),
    'Augmented': ('conv_input_bn_relu', 10),
    'CsvSegmentation': ('conv_input_bn_relu', 10),
    'CsvAutoencoder': ('first_bn_relu', 4),
    'CsvGAN': ('generator/last_tanh', 1),
}
KINDS = {'CsvAutoencoder': 'autoencoder', 'CsvGAN': 'gan'}  # of those with configs of their own
# why NiftyNet's own class cannot be run in inference -> section of the config, and the error
FAIL = {
    CONTRIB + 'segmentation_selective_sampler.ss_app.SelectiveSampling': (
        'SEGMENTATION',
        'is_training|set attribute',
    ),
    CONTRIB + 'learning_rate_schedule.decay_lr_application.DecayLearningRateApplication': (
        'SEGMENTATION',
        "'lr'",
    ),
    CSV + 'segmentation_application_patchsampler.SegmentationApplicationPatchSampler': (
        'SEGMENTATION',
        'csv_reader_names',
    ),
    CSV + 'classification_application.ClassificationApplication': (
        'CLASSIFICATION',
        'csv_reader_names',
    ),
    CSV + 'multitask_classifseg_application.MultiClassifSegApplication': (
        'SEGMENTATION',
        'with_bn',
    ),
    # its reader of tables is asked for none, and refuses that
    CSV + 'applications_maybe.regression_application.RegressionApplication': ('REGRESSION', '^$'),
    CSV + 'applications_maybe.label_driven_registration.RegApp': (
        'REGISTRATION',
        'set_num_threads',
    ),
    'niftynet.application.label_driven_registration.RegApp': ('REGISTRATION', 'set_num_threads'),
}

OPTIONS = {
    'SEGMENTATION': 'image = T1\nlabel = T2\nnum_classes = 3',
    'CLASSIFICATION': 'image = T1\nlabel = T2\nnum_classes = 3',
    'REGISTRATION': '\n'.join(
        '{}_{} = {}'.format(which, what, name)
        for which in ('fixed', 'moving')
        for what, name in (('image', 'T1'), ('label', 'T2'))
    ),
}


def any_checkpoint(folder):
    """One that is there, and that a run which ends before its network does not read."""
    os.makedirs(folder)
    with tf.Graph().as_default(), tf.Session() as session:
        variable = tf.Variable(1.0)
        session.run(variable.initializer)
        saver = tf.train.Saver(save_relative_paths=True)
        saver.save(session, os.path.join(folder, 'model.ckpt'), global_step=ITERATION)


def prepared(folder, section, application):
    """A config of that section; with weights where there is a name of an application."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr('application_runs.write_weights', lambda *given: None)
        config = make_application(folder, 'regression', subjects=['a'])
    with open(config) as lines:
        text = lines.read()
    text = text.replace('[REGRESSION]', '[{}]'.format(section))
    if section != 'REGRESSION':
        text = text.replace('image = T1\noutput = T2', OPTIONS[section])
    with open(config, 'w') as target:
        target.write(text)
    if application:
        write_weights(config, application)
    else:
        any_checkpoint(str(folder / 'model' / 'models'))
    return config


@pytest.mark.parametrize('kind', sorted(RUN))
def test_those_that_run(kind, tmp_path):
    ours = getattr(contrib_applications, kind)
    plain = next(each for each in ours.__mro__ if each.__module__.startswith(CONTRIB))
    name = 'contrib_applications.' + kind
    if kind in KINDS:
        changes = {'NETWORK': {'name': SMALL[KINDS[kind]][0]}}
        config = make_application(tmp_path / 'run', KINDS[kind], subjects=['a'], **changes)
    else:
        config = prepared(tmp_path / 'run', ours.REQUIRED_CONFIG_SECTION, name)
    layer, channels = RUN[kind]
    run(name_of(plain), config, tmp_path / 'plain')
    run(name, config, tmp_path / 'ours', '--activation_layers', layer)
    results, with_maps = files(tmp_path / 'plain'), files(tmp_path / 'ours')
    assert len(results) > 1
    assert {each: with_maps.get(each) for each in results} == results
    one = na.open_activations(str(tmp_path / 'ours'))['a', layer]
    assert one.data.shape[3] == channels and np.isfinite(one.data).all()


@pytest.mark.parametrize('name', sorted(FAIL))
def test_those_that_niftynet_itself_cannot_run(name, tmp_path):
    section, message = FAIL[name]
    config = prepared(tmp_path / 'run', section, None)
    words = ['net_run', 'inference', '-a', name, '-c', config]
    with pytest.raises((AttributeError, NameError, TypeError, ValueError), match=message):
        run_niftynet(words + ['--save_seg_dir', str(tmp_path / 'out')])


def test_the_table_of_the_page():
    """Each row says what was tried here."""
    with open(os.path.join(ROOT, 'docs', 'applications.md'), encoding='utf-8') as stream:
        rows = re.findall(r'^\| `([\w.]+)` \| (yes|no) \|', stream.read(), re.MULTILINE)
    told = {name: answer for name, answer in rows}
    tried = {name: 'no' for name in FAIL}
    for kind in RUN:
        kinds = getattr(contrib_applications, kind).__mro__
        plain = next(each for each in kinds if each.__module__.startswith(CONTRIB))
        tried[name_of(plain)] = 'yes'
    short = {re.sub(r'^niftynet\.contrib\.', '', name): answer for name, answer in tried.items()}
    assert told == short
