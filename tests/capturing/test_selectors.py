# -*- coding: utf-8 -*-
import pytest

from niftynet_activations.capturing.channels import channels_of, parse_channel_items
from niftynet_activations.capturing.selectors import (
    Candidate,
    Catalogue,
    OperationMatches,
    glob_expression,
    operation_pattern,
    select,
    split_selectors,
)
from niftynet_activations.errors import SelectionError

NAMES = ['conv_0', 'conv_0/bn', 'res_1', 'res_1/conv_0', 'res_1/conv_0/acti', 'conv_0:1', 'L1.0']
TYPES = {'conv_0': 'ConvLayer', 'conv_0:1': 'ConvLayer'}


@pytest.fixture
def catalogue():
    layers = [Candidate(name, TYPES.get(name, 'X'), '/' not in name, name) for name in NAMES]
    logits = Candidate('logits', '', False, 'logits')
    operations = {'Relu': OperationMatches([Candidate('op.net/Relu', '', False, 'relu')], [])}
    return Catalogue(
        layers,
        {'logits': lambda: [logits]},
        lambda text: operations.get(text, OperationMatches([], [])),
        lambda: ['net/conv_0/Relu', 'net/conv_0/Conv3D', 'net/pool/MaxPool3D'],
    )


@pytest.mark.parametrize(
    'text, expected',
    [
        ('all', NAMES),
        ('**', NAMES),
        ('*', ['conv_0', 'res_1', 'conv_0:1', 'L1.0']),
        ('*/conv_0', ['res_1/conv_0']),
        ('res_1/**', ['res_1/conv_0', 'res_1/conv_0/acti']),
        ('conv_?', ['conv_0']),
        ('[!c]*', ['res_1', 'L1.0']),
        ('L1.0', ['L1.0']),
        ('conv_0:1', ['conv_0:1']),
        ('re:.*acti', ['res_1/conv_0/acti']),
        ('re:(conv_0|res_1)', ['conv_0', 'res_1']),
        ('re:[a-z]{3}_1', ['res_1']),
        ('type:ConvLayer', ['conv_0', 'conv_0:1']),
        ('top', ['conv_0', 'res_1', 'conv_0:1', 'L1.0']),
        ('op:Relu,conv_0', ['conv_0', 'op.net/Relu']),
        ('logits , conv_0, conv_0', ['conv_0', 'logits']),
        ('!**/*', ['conv_0', 'res_1', 'conv_0:1', 'L1.0']),
        ('!type:ConvLayer,top', ['res_1', 'L1.0']),
        ('none', []),
    ],
)
def test_select(catalogue, text, expected):
    assert [candidate.name for candidate in select(text, catalogue)] == expected


@pytest.mark.parametrize(
    'text, message',
    [
        ('cnov_0', 'nearest: conv_0'),
        ('con', 'net_activations layers'),
        ('type:ConvLayr', 'nearest: ConvLayer'),
        ('op:Rleu', "'op:Rleu' matches no operation; nearest: op:Relu; .*net_activations layers"),
        ('op:conv0/Conv3', 'nearest: op:conv_0/Conv3D,'),
        ('op:zzz', 'nearest: op:Relu, op:Conv3D, op:MaxPool3D;'),
        ('re:conv', 'matches nothing'),
        ('re:(', 'no valid regular expression'),
        ('conv_0,,res_1', 'empty item'),
        ('', 'empty item'),
        ('!', 'empty item'),
        ('conv_0,!conv_0', 'leaves no layer'),
        ('top,!typo', "'typo' matches nothing"),
    ],
)
def test_select_refuses(catalogue, text, message):
    with pytest.raises(SelectionError, match=message):
        select(text, catalogue)


def test_commas_in_brackets_do_not_separate():
    assert split_selectors('re:a{1,2}, [a,b], (c,d),e') == ['re:a{1,2}', '[a,b]', '(c,d)', 'e']


def test_operations_match_whole_or_from_any_scope_on():
    pattern, output = operation_pattern('conv3/Relu:2')
    assert output == 2
    assert pattern.match('worker_0/net/conv3/Relu')
    assert pattern.match('conv3/Relu')
    assert not pattern.match('worker_0/net/myconv3/Relu')
    assert not pattern.match('conv3/Relu_1')


def test_a_dot_is_no_wildcard():
    assert glob_expression('L1.0') == r'L1\.0'


def test_a_selector_is_answered_once():
    # the word `probabilities` adds operations to the graph when it is asked
    asked = []

    def probabilities():
        asked.append('probabilities')
        return [Candidate('probabilities', '', False, object())]

    layers = [Candidate('conv_{}'.format(index), '', True, None) for index in range(3)]
    catalogue = Catalogue(layers, {'probabilities': probabilities}, lambda text: [], list)
    (chosen,) = select('probabilities', catalogue)
    items = parse_channel_items('probabilities=1;conv_*=0')
    found = [channels_of(items, layer, catalogue, 4) for layer in layers + [chosen]]
    assert found == [[0], [0], [0], [1]]
    assert asked == ['probabilities']


def test_an_expression_is_shown_as_it_was_written(catalogue):
    with pytest.raises(SelectionError) as caught:
        select('re:conv_[', catalogue)
    assert r'\Z' not in str(caught.value) and '(?:' not in str(caught.value)
    assert "'re:conv_['" in str(caught.value) and 'position 5' in str(caught.value)


def test_what_a_pattern_leaves_out_is_named_where_there_is_nothing_else():
    left_out = ["'net/w' does not depend on the image"] + [
        "'net/{}' is a variable".format(k) for k in 'abcd'
    ]
    matches = {
        'w*': OperationMatches([], left_out),
        '*': OperationMatches([Candidate('op.net/Relu', '', False, None)], left_out),
    }
    catalogue = Catalogue([], {}, matches.get, lambda: ['net/Relu'])
    assert [each.name for each in select('op:*', catalogue)] == ['op.net/Relu']
    with pytest.raises(SelectionError) as caught:
        select('op:w*', catalogue)
    assert str(caught.value).startswith("activation_layers: the selector 'op:w*' matches only ")
    assert "'net/w' does not depend on the image, 'net/a' is a variable" in str(caught.value)
    assert ' and 2 more; nearest: op:Relu' in str(caught.value)


@pytest.mark.parametrize('selector', ['penultimate', 'all', 'top', 'conv_1', 'type:ConvLayer'])
def test_a_network_without_layers_points_to_its_operations(selector):
    names = ['net/conv/Conv3D', 'net/conv/Relu', 'net/Relu', 'net/out/Conv3D']
    words = {'penultimate': list}
    catalogue = Catalogue([], words, lambda text: OperationMatches([], []), lambda: names)
    with pytest.raises(SelectionError) as caught:
        select(selector, catalogue)
    message = str(caught.value)
    assert (
        "the selector '{}' matches nothing: the network calls no layers".format(selector) in message
    )
    assert 'for example op:conv/Relu, op:net/Relu, op:out/Conv3D;' in message


def test_penultimate_of_a_network_without_convolution_layers(catalogue):
    layers = [Candidate('pool', 'DownSampleLayer', True, None)]
    catalogue = Catalogue(layers, {'penultimate': list}, lambda text: None, lambda: ['net/a/Relu'])
    with pytest.raises(SelectionError, match='walking back .*name a layer .*op:a/Relu;'):
        select('penultimate', catalogue)
