# -*- coding: utf-8 -*-
from niftynet_activations.store.layer_order import in_network_order


def test_the_order_of_layers_csv(tmp_path):
    (tmp_path / 'layers.csv').write_text('name,type\nconv,A\npool,B\nfc,C\n')
    entries = [('b', 'op.x', 1), ('b', 'fc', 2), ('a', 'pool', 3), ('b', 'conv', 4), ('a', 'fc', 5)]
    found = in_network_order(str(tmp_path), entries, lambda each: each[:2])
    assert [each[2] for each in found] == [4, 2, 1, 3, 5]
    assert entries[0] == ('b', 'op.x', 1)


def test_component_maps_come_behind_their_layer(tmp_path):
    (tmp_path / 'layers.csv').write_text('name\nres/conv\nres/pool\nfc\n')
    entries = [('a', 'fc/kmeans'), ('a', 'res/conv/pca'), ('a', 'res/pool'), ('a', 'res/conv')]
    found = in_network_order(str(tmp_path), entries, lambda each: each)
    assert [layer for _, layer in found] == ['res/conv', 'res/conv/pca', 'res/pool', 'fc/kmeans']


def test_without_a_list_things_stay_together_by_subject(tmp_path):
    entries = [('b', 'fc'), ('a', 'pool'), ('b', 'conv'), ('b', 'fc')]
    found = in_network_order(str(tmp_path), entries, lambda each: each)
    assert found == [('b', 'fc'), ('b', 'conv'), ('b', 'fc'), ('a', 'pool')]
