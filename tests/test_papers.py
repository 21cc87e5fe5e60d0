"""The papers tell the truth: what they name exists, and what they call built is built."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from aftersales import words as case_words
from config.paths import BASE_DIR
from core.words import Words
from orders import words as order_words
from orders.verbs import VERBS
from refunds import words as refund_words
from staff.roles import Role
from stock import words as stock_words
from stock.verbs import VERBS as STOCK_VERBS
from tests.procedure import STATUSES, Clause, addresses, clauses, of_status, ticked
from warehouse import words as warehouse_words

DOCS = BASE_DIR / "docs"
ROOMS = (
    "aftersales",
    "connectors",
    "core",
    "desk",
    "orders",
    "portal",
    "refunds",
    "staff",
    "stock",
    "warehouse",
)


@cache
def read(path: Path) -> str:
    return path.read_text()


@cache
def tracked() -> tuple[Path, ...]:
    """The project's files: what git knows, and what is not yet added but not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=BASE_DIR,
        capture_output=True,
        check=True,
        text=True,
    )
    paths = (BASE_DIR / name for name in listed.stdout.split("\0") if name)
    return tuple(sorted(path for path in paths if path.is_file()))


def name(path: Path) -> str:
    return path.relative_to(BASE_DIR).as_posix()


# The procedure: every clause, where it is built, on which screen, which test proves it


def names(text: str, number: str) -> bool:
    """Does a text name the clause? “SOP 0, 1.1.b”, “§8”, `clause="2.b"`."""
    if number.isdecimal():
        return bool(re.search(rf"SOP §?{number}(?![\w.]\w)", text))
    return bool(re.search(rf"(?<![\w.]){re.escape(number)}(?!\w)", text))


def test_a_clause_is_told_from_its_neighbours() -> None:
    assert names("Close it (SOP 1.2.e, 5.g).", "1.2.e")
    assert names("Numbers (SOP 0, 1.1.b)", "0")
    assert names("One label (SOP §8)", "8")
    assert not names("SOP 11.1.c, 1.1.ca, 1.1", "1.1.c")
    assert not names("SOP 8.a", "8")


def module_of(dotted: str) -> tuple[str, list[str]]:
    """The longest part that is a module, and the names inside it."""
    parts = dotted.split(".")
    for end in range(len(parts), 0, -1):
        file = BASE_DIR.joinpath(*parts[:end])
        if file.with_suffix(".py").is_file() or (file / "__init__.py").is_file():
            return ".".join(parts[:end]), parts[end:]
    raise AssertionError(f"docs/sop.md names {dotted}: there is no such module")


def source(module: str) -> str:
    """Of a package, all its files: `orders.models.Order` stands in one of them."""
    path = BASE_DIR.joinpath(*module.split("."))
    files = path.rglob("*.py") if path.is_dir() else [path.with_suffix(".py")]
    return "\n".join(map(read, files))


def test_the_procedure_has_every_clause_once() -> None:
    numbers = [clause.number for clause in clauses()]
    assert len(numbers) == len(set(numbers)) >= 60
    assert {clause.status for clause in clauses()} == STATUSES
    for clause in clauses():
        assert clause.asks, clause.number


@pytest.mark.parametrize("clause", of_status("built", "partly"), ids=lambda c: c.number)
def test_a_built_clause_is_named_by_the_code_that_does_it(clause: Clause) -> None:
    assert clause.where
    sources = []
    for dotted in clause.where:
        module, inside = module_of(dotted)
        found = importlib.import_module(module)
        for part in inside:
            assert hasattr(found, part), f"{clause.number}: there is no {dotted}"
            found = getattr(found, part)
        sources.append(source(module))
    assert any(names(text, clause.number) for text in sources), (
        f"{clause.number} is named by none of {clause.where}"
    )


@pytest.mark.parametrize("clause", of_status("built", "partly"), ids=lambda c: c.number)
def test_a_built_clause_is_named_by_its_test(clause: Clause) -> None:
    assert clause.tests
    for file in clause.tests:
        assert (BASE_DIR / file).is_file(), f"{clause.number}: there is no {file}"
    assert any(
        carries(file, clause.number) or names(read(BASE_DIR / file), clause.number)
        for file in clause.tests
    ), f"{clause.number} is named by none of {clause.tests}"


@pytest.mark.parametrize("clause", of_status("built", "partly"), ids=lambda c: c.number)
def test_a_built_clause_has_a_screen(clause: Clause) -> None:
    assert clause.screens
    for screen in clause.screens:
        assert screen in addresses(), f"{clause.number}: there is no screen {screen}"


def test_every_clause_that_is_due_is_built() -> None:
    assert [clause.number for clause in of_status("planned") if clause.due] == []


def carries(file: str, number: str) -> bool:
    """test_1_1_modify.py carries 1.1.a to 1.1.f, test_5_a_register.py carries 5.a."""
    found = re.match(r"test_(\d(?:_\d)*(?:_[a-i])?)_", Path(file).name)
    carried = found[1].replace("_", ".") if found else None
    return carried is not None and f"{number}.".startswith(f"{carried}.")


def test_a_partly_built_clause_says_what_is_planned() -> None:
    assert [c.number for c in of_status("partly") if "**Planned:**" not in c.asks] == []
    assert [c.number for c in of_status("built", "planned") if "**Planned:**" in c.asks] == []


def claims() -> Iterator[tuple[str, str]]:
    """Where the code says that a clause is done: `yes("…")`, `clause="…"`, an act's docstring.

    A refusal (`no`, `ask`) may name what is planned: it tells what people do without us.
    """
    for room in ROOMS:
        for path in sorted((BASE_DIR / room).rglob("*.py")):
            parts = path.relative_to(BASE_DIR).with_suffix("").parts
            for node in ast.walk(ast.parse(read(path))):
                if isinstance(node, ast.Call):
                    yield from ((f"{name(path)}:{node.lineno}", c) for c in _claimed(node))
                elif isinstance(node, ast.FunctionDef) and {"policy", "services"} & set(parts):
                    yield f"{name(path)}:{node.lineno}", ast.get_docstring(node) or ""


def _claimed(call: ast.Call) -> Iterator[str]:
    if isinstance(call.func, ast.Name) and call.func.id == "yes" and call.args:
        yield from _texts(call.args[0])
    for keyword in call.keywords:
        if keyword.arg == "clause":
            yield from _texts(keyword.value)


def _texts(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def test_nothing_planned_pretends_to_be_done() -> None:
    planned = [clause.number for clause in of_status("planned")]
    found = [(at, n) for at, text in claims() for n in planned if names(text, n)]
    assert found == []


def test_every_clause_that_the_code_claims_stands_in_the_procedure() -> None:
    known = {clause.number for clause in clauses()}
    for at, text in claims():
        for found in re.findall(r"(?<![\w.])(?:\d\.)+[a-i](?!\w)", text):
            assert found in known, f"{at} names {found}"


# The glossary: one word for each thing (SOP 0, 8)


def labels() -> Iterator[tuple[str, str]]:
    for room in (case_words, order_words, refund_words, stock_words, warehouse_words):
        for kind in vars(room).values():
            if isinstance(kind, type) and issubclass(kind, Words) and kind is not Words:
                yield from ((member.label, f"{kind.__name__}.{member.name}") for member in kind)
    yield from ((label, verb) for verb, label in (VERBS | STOCK_VERBS).items())
    yield from ((role.label, role.value) for role in Role)


@pytest.mark.parametrize(("label", "term"), list(labels()))
def test_every_label_stands_in_the_glossary(label: str, term: str) -> None:
    rows = [row for row in read(DOCS / "glossary.md").splitlines() if row.startswith("| ")]
    found = [row for row in rows if label in row.split("|")[1] and term in ticked(row)]
    assert found, f"docs/glossary.md: {label} | {term}"


# Decisions, changes


def test_every_decision_stands_in_the_index() -> None:
    folder = DOCS / "decisions"
    files = sorted(path.name for path in folder.glob("*.md") if path.name != "README.md")
    assert re.findall(r"^\| \[\d{4}\]\(([^)]+)\)", read(folder / "README.md"), re.M) == files
    numbers = [file[:4] for file in files]
    assert all(number.isdecimal() for number in numbers)
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("path", sorted((DOCS / "decisions").glob("0*.md")), ids=lambda p: p.stem)
def test_a_decision_says_what_was_given_chosen_and_what_follows(path: Path) -> None:
    text = read(path)
    assert text.startswith(f"# {path.stem[:4]} ")
    assert re.findall(r"^## (.+)$", text, re.M) == ["Context", "Decision", "Consequences"]
    assert len(text.splitlines()) <= 60, "a page at most"
    title = text.splitlines()[0].removeprefix(f"# {path.stem[:4]} ")
    assert title in read(path.with_name("README.md"))


def test_the_changelog_has_a_place_for_what_is_new() -> None:
    text = read(BASE_DIR / "CHANGELOG.md")
    headings = re.findall(r"^## (.+)$", text, re.M)
    assert headings[0] == "[Unreleased]"
    kinds = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert set(re.findall(r"^### (.+)$", text, re.M)) <= kinds


# What papers name exists


def papers() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".md"]


LINK = re.compile(r"(?<!`)\[[^\]]*\]\(([^)\s]+)\)")


@pytest.mark.parametrize("path", papers(), ids=name)
def test_every_link_leads_somewhere(path: Path) -> None:
    for target in LINK.findall(read(path)):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, heading = target.partition("#")
        aim = (path.parent / file).resolve() if file else path
        assert aim.exists(), f"{name(path)}: {target}"
        assert not heading or heading in anchors(aim), f"{name(path)}: {target}"


def anchors(path: Path) -> set[str]:
    """Headings as the forge makes addresses of them."""
    headings = re.findall(r"^#+ (.+)$", read(path), re.M)
    return {re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in headings}


FILE = re.compile(r"(?:[\w.-]+/)+[\w.-]+\.(?:py|md|html|csv|css|js|toml|yml)")
OF_A_READER = {"tests/sop/test_1_1_modify.py"}  # CONTRIBUTING: an example of a name


@pytest.mark.parametrize("path", papers(), ids=name)
def test_every_file_that_a_paper_names_exists(path: Path) -> None:
    for word in ticked(read(path)):
        file = word.split("::")[0]
        if FILE.fullmatch(file) and file not in OF_A_READER:
            assert (BASE_DIR / file).exists(), f"{name(path)}: {file}"


# Nothing of the machine that it was written on

# Put together here, so that this file does not name them either.
MACHINE = [
    "/" + "work/",
    "/" + "tmp/bash",
    "/" + "root/",
    "/" + "home/",
    "/simple" + "/",  # how a registry of packages lays out its addresses
    "/packages" + "/",
    "index" + "-url",
    "extra-index" + "-url",
    "nexus" + ".",
    "artifactory" + ".",
]
SPEAKS_OF_OPTIONS = {"Makefile", "tests/house/test_lock.py"}  # of pip's option, not of a host


def text_of(path: Path) -> str:
    try:
        return read(path)
    except UnicodeDecodeError:
        return ""


def test_no_file_names_a_machine_or_a_registry() -> None:
    found = [
        f"{name(path)}: {word}"
        for path in tracked()
        for word in MACHINE
        if word in text_of(path).lower()
        and not (word.endswith("index" + "-url") and name(path) in SPEAKS_OF_OPTIONS)
    ]
    assert found == []
