"""To know how a row can change, one reads the modules that say they write it: their docstrings are held to the code."""

import pytest

from tests import writers

MODELS = writers.model_names()
MODULES = [pytest.param(path, id=str(path.relative_to(writers.ROOT))) for path in writers.modules()]


@pytest.mark.parametrize("path", MODULES)
def test_a_module_writes_the_tables_that_its_docstring_names(path):
    assert writers.written(path, MODELS) == writers.declared(path)


def test_a_write_is_seen_through_annotations_queries_and_sql(tmp_path):
    module = tmp_path / "service.py"
    module.write_text(
        "def a(row: Address): row.save()\n"
        "def b():\n    for one in Topic.objects.all():\n        one.delete()\n"
        "def c(x):\n    audit.save_with_history(Sender(x))\n"
        'SQL = "UPDATE campaigns_message SET x = 1"\n'
    )

    assert writers.written(module, MODELS) == {"Address", "Topic", "Sender", "Message"}
