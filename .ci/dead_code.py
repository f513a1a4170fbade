"""Code that nothing uses: functions, classes, constants and attributes that nothing in the product names.

vulture reads the Python; what only a template or a string names (a query field, an admin option, a task) is in use,
too. Prints a line for each finding, and exits with 1 when there is one.
"""

import ast
import re
import sys
from pathlib import Path

from vulture import Vulture
from vulture.core import Item

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ["preferences", "campaigns", "compliance", "config"]
LEFT_OUT = ["*/migrations/*", "*/settings/*", "*/formats/*"]
DECORATORS = ["@action", "@display", "@admin.register", "@register.*", "@register", "@shared_task", "@receiver"]
# What Django, its admin, forms, Celery, Anymail and the standard library look up by name.
NAMES = [
    "Meta",
    "help",
    "handle",
    "add_arguments",
    "ready",
    "default_auto_field",
    "app_name",
    "application",
    "Command",
    "*Config",
    "*Admin",
    "*Middleware",
    "verbose_name*",
    "ordering",
    "constraints",
    "indexes",
    "base_manager_name",
    "default_permissions",
    "checks_class",
    "list_*",
    "search_*",
    "readonly_fields",
    "date_hierarchy",
    "show_*",
    "actions_*",
    "change_form_*",
    "change_list_*",
    "change_password_form",
    "object_history_template",
    "add_fieldsets",
    "add_view",
    "fieldsets",
    "inlines",
    "extra",
    "filter_horizontal",
    "tab",
    "save_*",
    "log_*",
    "can_*",
    "has_*_permission",
    "lookups",
    "model_admin",
    "queryset",
    "title",
    "parameter_name",
    "template_name",
    "field_order",
    "help_texts",
    "labels",
    "widgets",
    "clean",
    "clean_*",
    "helper",
    "is_initial",
    "format_value",
    "label_from_instance",
    "formfield_*",
    "get_*",
    "msg*_options",
    "xgettext_options",
    "_history_user",
    "_change_reason",
    "_put",
    "timeout",
    "close_connection",
    "server",
    "handle_*",
    "do_*",
    "log_message",
    "protocol_version",
    "sendall",
    "makefile",
    "readable",
    "readinto",
    "auto_open",
    "command_encoding",
    "ehlo_resp",
    "helo_resp",
    "esmtp_features",
    "WithAnnotations",
    "With*",
    "abstract",
    "requires_system_checks",
    "read_back",
    "_value_",
    "template_pack",
    "form_action",
    "form_tag",
    "disable_csrf",
]


def main() -> int:
    vulture = Vulture(ignore_names=NAMES, ignore_decorators=DECORATORS)
    vulture.scavenge([str(ROOT / package) for package in PACKAGES], exclude=LEFT_OUT)
    named = _named_in_templates() | _named_in_strings()
    found = vulture.get_unused_code(min_confidence=60)
    unused = [item for item in found if item.name not in named and not _is_choice(item)]
    for item in unused:
        print(f"{item.filename.relative_to(ROOT)}:{item.first_lineno}: unused {item.typ} “{item.name}”")
    return 1 if unused else 0


def _is_choice(item: Item) -> bool:
    """A member of an enum: what people may choose, whether or not the code names it."""
    return item.typ == "variable" and item.name.isupper() and item.filename.parent.name in ("models", "codes")


def _named_in_templates() -> set[str]:
    texts = [path.read_text("utf-8") for path in (ROOT / "templates").rglob("*.*")]
    tags = [tag for text in texts for tag in re.findall(r"\{\{.*?\}\}|\{%.*?%\}", text, re.DOTALL)]
    return {word for tag in tags for word in re.findall(r"\w+", tag)}


def _named_in_strings() -> set[str]:
    """The words of every string that is no docstring, query lookups (`topic__sender`) taken apart."""
    files = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    words: set[str] = set()
    for path in files:
        tree = ast.parse(path.read_text("utf-8"))
        strings = [
            node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
        short = [text for text in strings if re.fullmatch(r"[\w. -]{1,200}", text)]
        words |= {part for text in short for word in re.findall(r"\w+", text) for part in (word, *word.split("__"))}
        words |= {arg.arg for node in ast.walk(tree) if isinstance(node, ast.Call) for arg in node.keywords if arg.arg}
    return words


if __name__ == "__main__":
    sys.exit(main())
