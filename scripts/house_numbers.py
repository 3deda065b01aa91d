# -*- coding: utf-8 -*-
"""
Count numbers that show how well the code is kept, in one checkout or in several side by side.

    python scripts/house_numbers.py [FOLDER ...]

Only source files are read, with Python's own parser; nothing is imported. The *longest chain* is
the longest path from module to module along imports; modules that import each other in a circle
count once together. A function *without hints* lacks a type hint for an argument or its result.
"""

import ast
import fnmatch
import functools
import os
import re
import sys
from collections import Counter
from typing import Collection, Dict, Iterator, List, Set, Tuple, Union

PACKAGES = ('niftynet_activations', 'niftynet_tf2', 'benchmarks')
MAIN = PACKAGES[0]
TESTS_OF = {MAIN: '', 'niftynet_tf2': 'tf2', 'benchmarks': 'benchmarks'}
HEAVY = ('tensorflow', 'niftynet')
LONG = 300  # lines
Function = Union[ast.FunctionDef, ast.AsyncFunctionDef]
LOOKED_FOR = (
    ast.Import,
    ast.ImportFrom,
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.Name,
    ast.Attribute,
)


class Checkout(object):
    """
    The modules of one checkout.

    :ivar modules: path relative to the folder -> its syntax tree; without ``__init__`` and
        ``__main__``, which hold next to nothing
    :ivar packages: dotted name -> the syntax tree of its ``__init__``
    :ivar lines: path of a module -> its number of lines
    """

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.modules: Dict[str, ast.Module] = {}
        self.packages: Dict[str, ast.Module] = {}
        self.lines: Dict[str, int] = {}
        for package in PACKAGES:
            for place, _, names in os.walk(os.path.join(folder, package)):
                for name in sorted(names):
                    path = os.path.relpath(os.path.join(place, name), folder)
                    if name == '__init__.py':
                        self.packages[_dotted(os.path.dirname(path) + '.py')] = self._parse(path)
                    elif name.endswith('.py') and name != '__main__.py':
                        self.modules[path] = self._parse(path)

    def _parse(self, path: str) -> ast.Module:
        with open(os.path.join(self.folder, path), encoding='utf-8') as source:
            text = source.read()
        if os.path.basename(path) != '__init__.py':
            self.lines[path] = len(text.splitlines())
        return ast.parse(text)

    def numbers(self) -> Dict[str, int]:
        """
        :return: name of a number -> its value
        """
        light = {path for path, tree in self.modules.items() if not imports_heavy(tree)}
        checked = self.checked_by_mypy()
        ours = [path for path in self.modules if path.startswith(MAIN + os.sep)]
        return {
            'modules': len(self.modules),
            'modules of more than 300 lines': len(self.long()),
            'files at the top of {}'.format(MAIN): sum(path.count(os.sep) == 1 for path in ours),
            'longest chain of imports': self.longest_chain(),
            'modules in the largest circle of imports': self.largest_circle(),
            'modules that import neither TensorFlow nor NiftyNet': len(light),
            'of these under the type checker': len(light & checked),
            'modules under the type checker': len(checked),
            'Any': sum(count_any(tree) for tree in self.modules.values()),
            'Any where neither TensorFlow nor NiftyNet is imported': sum(
                count_any(self.modules[path]) for path in light
            ),
            'functions': sum(len(list(functions(tree))) for tree in self.modules.values()),
            'functions without hints': sum(
                lacks_hints(each) for tree in self.modules.values() for each in functions(tree)
            ),
            'modules without a test file of their name': len(self.untested()),
        }

    def long(self) -> List[str]:
        """
        :return: modules of more than 300 lines
        """
        return [path for path, lines in self.lines.items() if lines > LONG]

    def untested(self) -> List[str]:
        """
        :return: modules without ``test_<name>.py`` in the mirrored folder of ``tests``
        """
        return [path for path in self.modules if not self._is_tested(path)]

    def _is_tested(self, path: str) -> bool:
        package, *rest = path.split(os.sep)
        test = ['tests', TESTS_OF[package]] + rest[:-1] + ['test_' + rest[-1]]
        return os.path.isfile(os.path.join(self.folder, *test))

    def checked_by_mypy(self) -> Set[str]:
        """
        :return: modules that ``[tool.mypy] files`` of pyproject.toml names, without those whose
            errors an override ignores
        """
        with open(os.path.join(self.folder, 'pyproject.toml'), encoding='utf-8') as settings:
            sections = re.split(r'^\[+', settings.read(), flags=re.MULTILINE)
        named: List[str] = []
        ignored: List[str] = []
        for section in sections:
            if section.startswith('tool.mypy]'):
                named += _list(section, 'files')
            if section.startswith('tool.mypy.overrides]]') and 'ignore_errors = true' in section:
                ignored += _list(section, 'module')
        return {
            path
            for path in self.modules
            if any(path == each or path.startswith(each.rstrip('/') + '/') for each in named)
            and not any(fnmatch.fnmatch(_dotted(path), each) for each in ignored)
        }

    def _graph(self) -> Dict[str, Set[str]]:
        """Give for each module and package the names of those that it imports, without itself."""
        trees = dict(self.packages, **{_dotted(path): tree for path, tree in self.modules.items()})
        return {
            name: {each for each in imported(tree, trees) if each in trees and each != name}
            for name, tree in trees.items()
        }

    def largest_circle(self) -> int:
        """
        :return: how many modules import each other, at most; 0 where none do
        """
        sizes = Counter(_circles(self._graph()).values())
        return max([size for size in sizes.values() if size > 1] or [0])

    def longest_chain(self) -> int:
        """
        :return: how many modules the longest chain has
        """
        graph = self._graph()
        circles = _circles(graph)
        depths: Dict[int, int] = {}

        def depth(circle: int) -> int:
            if circle not in depths:
                depths[circle] = 0
                below = {
                    circles[other]
                    for name in graph
                    if circles[name] == circle
                    for other in graph[name]
                } - {circle}
                depths[circle] = 1 + max([depth(each) for each in below] or [0])
            return depths[circle]

        return max(depth(each) for each in set(circles.values()))


@functools.lru_cache(maxsize=None)
def looked_for(tree: ast.Module) -> Tuple[ast.AST, ...]:
    """
    Walk through a module once for all numbers, because walking takes most of the time.

    :param tree: syntax tree of a module
    :return: its nodes of the kinds that are counted
    """
    return tuple(node for node in ast.walk(tree) if isinstance(node, LOOKED_FOR))


def imported(tree: ast.Module, modules: Collection[str] = ()) -> Set[str]:
    """
    :param tree: of a module
    :param modules: dotted names of known modules, to tell ``from package import module`` from the
        import of another name
    :return: dotted names of the modules that it imports, also inside functions
    """
    found: Set[str] = set()
    for node in looked_for(tree):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for each in node.names:
                name = '{}.{}'.format(node.module, each.name)
                found.add(name if name in modules else node.module)
    return found


def imports_heavy(tree: ast.Module) -> bool:
    """
    :param tree: of a module
    :return: whether it imports TensorFlow or NiftyNet, also inside functions
    """
    return any(name.split('.')[0] in HEAVY for name in imported(tree))


def functions(tree: ast.Module) -> Iterator[Function]:
    """
    :param tree: of a module
    :return: every function and method, inner ones too
    """
    for node in looked_for(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node


def lacks_hints(function: Function) -> bool:
    """
    :param function: syntax tree of a function
    :return: whether its result or one of its arguments has no hint; a first argument ``self`` or
        ``cls`` needs none
    """
    given = function.args
    arguments = (
        given.args + given.kwonlyargs + [each for each in (given.vararg, given.kwarg) if each]
    )
    if arguments and arguments[0].arg in ('self', 'cls'):
        arguments = arguments[1:]
    return function.returns is None or any(each.annotation is None for each in arguments)


def count_any(tree: ast.Module) -> int:
    """
    :param tree: of a module
    :return: how often it says ``Any``
    """
    return sum(
        (isinstance(node, ast.Name) and node.id == 'Any')
        or (isinstance(node, ast.Attribute) and node.attr == 'Any')
        for node in looked_for(tree)
    )


def _dotted(path: str) -> str:
    return path[: -len('.py')].replace(os.sep, '.')


def _list(section: str, name: str) -> List[str]:
    found = re.search(r'^{} = \[(.*?)\]'.format(name), section, re.DOTALL | re.MULTILINE)
    return re.findall(r'["\'](.*?)["\']', found.group(1)) if found else []


def _circles(graph: Dict[str, Set[str]]) -> Dict[str, int]:
    """Give each name a number; names that reach each other along imports have the same one."""
    reached = {name: _reach(graph, name) for name in graph}
    found: Dict[str, int] = {}
    for number, name in enumerate(graph):
        for other in reached[name] | {name}:
            if other == name or name in reached[other]:
                found.setdefault(other, number)
    return found


def _reach(graph: Dict[str, Set[str]], start: str) -> Set[str]:
    found: Set[str] = set()
    waiting = [start]
    while waiting:
        for other in graph[waiting.pop()]:
            if other not in found:
                found.add(other)
                waiting.append(other)
    return found


def main(folders: List[str]) -> None:
    """
    :param folders: folders of checkouts; if none is given, the one of this script
    """
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    columns = [Checkout(folder).numbers() for folder in folders or [here]]
    for name in columns[0]:
        print('| {} | {} |'.format(name, ' | '.join(str(each[name]) for each in columns)))


if __name__ == '__main__':
    main(sys.argv[1:])
