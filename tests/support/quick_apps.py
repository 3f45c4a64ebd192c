"""Many applications in one process: what comes out the same each time is worked out once.

Every test has an application of its own, and most of its time went into what all of them have in common:
the code that werkzeug generates for each address, and the code that Jinja generates for each template.
"""

import functools
from pathlib import Path

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.routing import Rule

from shop.web import templating
from shop.web.static_files import packed_copy


class CompiledTemplates(BytecodeCache):
    """The compiled templates of this process, by name, file and text."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill in what was compiled before, if it was."""
        if code := self._code.get((bucket.key, bucket.checksum)):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self._code[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


def remember_what_applications_share() -> None:
    """Make each application after the first cheap; call it once, before the first is made."""
    templating.static_version = functools.cache(templating.static_version)
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": CompiledTemplates()}
    _remember_rules()


def _remember_rules() -> None:
    compile_rule = Rule.compile
    known: dict[tuple[object, ...], Rule] = {}

    @functools.wraps(compile_rule)
    def compiled(rule: Rule) -> None:
        # All that is compiled follows from these; a builder takes its rule as its first argument.
        key = (
            rule.rule,
            rule.subdomain,
            rule.host,
            rule.merge_slashes,
            repr(rule.defaults),
            *rule.map.converters.items(),
        )
        if (twin := known.get(key)) is None:
            compile_rule(rule)
            known[key] = rule
            return
        rule.arguments |= twin.arguments
        rule._parts, rule._trace, rule._converters = twin._parts, twin._trace, twin._converters
        rule._build = twin._build.__func__.__get__(rule)  # type: ignore[attr-defined]
        rule._build_unknown = twin._build_unknown.__func__.__get__(rule)  # type: ignore[attr-defined]

    Rule.compile = compiled  # type: ignore[method-assign]


def share_static_files(data_dir: Path, packed: Path) -> None:
    """Let an application find its packed static files under ``data_dir`` although ``packed`` keeps them."""
    packed_copy(templating.STATIC_DIR, packed, templating.static_version())
    data_dir.mkdir(parents=True, exist_ok=True)
    (data_dir / "static").symlink_to(packed, target_is_directory=True)
