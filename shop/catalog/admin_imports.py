"""The admin's imports: bring a file, see what it would do, let it in, and see what became of it."""

import io
import tempfile
from collections.abc import Callable, Iterable, Mapping
from typing import IO, cast

from flask import Blueprint, request, send_file
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from shop.catalog import import_queries as queries
from shop.catalog import import_runs as runs
from shop.catalog import import_texts as texts
from shop.catalog.import_files import import_path, import_store, new_key
from shop.catalog.import_pages import show_list, show_run
from shop.catalog.importing.left_out import reason_title, write_left_out
from shop.catalog.importing.messages import FileFault
from shop.catalog.importing.prices import DecimalMark
from shop.catalog.importing.reading import open_table
from shop.core.errors import NotFound
from shop.core.i18n import N_
from shop.page.access import PageAccess, staff_only
from shop.page.authorization import Permission
from shop.web.context import database, now, settings
from shop.web.forms import Form
from shop.web.pages import flash_message, see_other

MAX_FILENAME = 200
IN_MEMORY_BYTES = 2_000_000

blueprint = Blueprint("import_admin", __name__)

_imports = "/manage/<page_slug>/imports"
_import = f"{_imports}/<int:run_id>"


@blueprint.get(_imports)
@staff_only(Permission.MANAGE_PRODUCTS)
def list_imports(access: PageAccess) -> Response:
    """Show where to bring a file, and the imports so far."""
    return show_list(access, Form())


@blueprint.post(_imports)
@staff_only(Permission.MANAGE_PRODUCTS)
def create_import(access: PageAccess) -> Response:
    """Keep a brought file privately and have it read."""
    form = Form()
    limit = settings().max_upload_bytes // 1_000_000
    try:
        upload = request.files.get("file")
    except RequestEntityTooLarge:
        form.add_error("file", N_("The file is larger than %(limit)s MB."), limit=limit)
        return show_list(access, form, status=413)
    if upload is None or not upload.filename:
        form.add_error("file", N_("Choose the file with your products."))
        return show_list(access, form, status=422)
    store, key, content = import_store(settings()), new_key(), upload.read()
    store.put(key, content)
    try:
        with database().transaction() as session:
            run = runs.create_run(
                session,
                page_id=access.page.id,
                currency=access.page.currency,
                account_id=access.account_id,
                filename=_clean_name(upload.filename),
                file_key=key,
                file_bytes=len(content),
                now=now(),
            )
    except BaseException:
        store.delete(key)
        raise
    return see_other("import_admin.show_import", page_slug=access.page.slug, run_id=run.id)


@blueprint.get(_import)
@staff_only(Permission.MANAGE_PRODUCTS)
def show_import(access: PageAccess, run_id: int) -> Response:
    """Show how an import stands: its preview, its progress or its result."""
    return show_run(access, run_id)


@blueprint.post(f"{_import}/reading")
@staff_only(Permission.MANAGE_PRODUCTS)
def read_again(access: PageAccess, run_id: int) -> Response:
    """Have the file read again with other choices."""
    chosen = {name: request.form.get(name, "auto") for name in ("format", "encoding")}
    known = {"format": texts.format_choices(), "encoding": texts.encoding_choices()}
    for name, value in chosen.items():
        if value not in dict(known[name]):
            form = Form()
            form.add_error(name, N_("Choose one of these."))
            return show_run(access, run_id, form=form)

    def act(session: Session) -> object:
        return runs.read_again(
            session,
            page_id=access.page.id,
            run_id=run_id,
            currency=access.page.currency,
            format_name=chosen["format"],
            encoding=chosen["encoding"],
            sets_stock=bool(request.form.get("sets_stock")),
            now=now(),
        )

    return _do(access, run_id, act)


@blueprint.post(f"{_import}/start")
@staff_only(Permission.MANAGE_PRODUCTS)
def start_import(access: PageAccess, run_id: int) -> Response:
    """Let a file that was read into the shop, or let a run that stopped go on."""
    return _do(
        access,
        run_id,
        lambda session: runs.start_run(
            session, page_id=access.page.id, run_id=run_id, account_id=access.account_id, now=now()
        ),
    )


@blueprint.post(f"{_import}/cancellation")
@staff_only(Permission.MANAGE_PRODUCTS)
def cancel_import(access: PageAccess, run_id: int) -> Response:
    """Stop an import between two batches."""
    return _do(
        access,
        run_id,
        lambda session: runs.cancel_run(
            session, page_id=access.page.id, run_id=run_id, account_id=access.account_id, now=now()
        ),
    )


@blueprint.post(f"{_import}/repetition")
@staff_only(Permission.MANAGE_PRODUCTS)
def repeat_import(access: PageAccess, run_id: int) -> Response:
    """Bring the same file once more."""
    try:
        with database().transaction() as session:
            run = runs.repeat_run(
                session,
                page_id=access.page.id,
                currency=access.page.currency,
                account_id=access.account_id,
                run_id=run_id,
                now=now(),
            )
    except runs.FileGone as gone:
        flash_message(gettext(gone.msgid), "error")
        return see_other("import_admin.show_import", page_slug=access.page.slug, run_id=run_id)
    return see_other("import_admin.show_import", page_slug=access.page.slug, run_id=run.id)


@blueprint.post(f"{_import}/pictures")
@staff_only(Permission.MANAGE_PRODUCTS)
def fetch_pictures_again(access: PageAccess, run_id: int) -> Response:
    """Ask once more for the pictures that did not come."""
    with database().transaction() as session:
        runs.try_pictures_again(session, page_id=access.page.id, run_id=run_id, now=now())
    return see_other("import_admin.show_import", page_slug=access.page.slug, run_id=run_id)


@blueprint.get(f"{_import}/left-out.csv")
@staff_only(Permission.MANAGE_PRODUCTS)
def download_left_out(access: PageAccess, run_id: int) -> Response:
    """Send the rows of the products that were left out, as a file to mend and bring again.

    The cells are those that the merchant brought, since changed ones could not be brought again; so it goes
    as a file to keep and never as something that a browser opens.
    """
    with database().reading() as session:
        run = queries.get_run(session, page_id=access.page.id, run_id=run_id).run
        stretches = queries.get_left_out(session, run_id)
        reasons = _reasons_by_row(queries.iterate_rejections(session, run_id))
    if run.file_key is None or not run.recognised or not stretches:
        raise NotFound
    file = tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES)  # noqa: SIM115 - sent after this has returned
    # With the mark, since spreadsheets take a file without it for one of their own code page.
    text = io.TextIOWrapper(cast(IO[bytes], file), encoding="utf-8-sig", newline="")
    mark = DecimalMark(run.recognised["decimal_mark"] or DecimalMark.DOT)
    try:
        table, _ = open_table(
            import_path(settings(), run.file_key), format=run.format_name, encoding=run.recognised["encoding"]
        )
        write_left_out(table, stretches, reasons, reason_title(gettext("reason"), mark), text)
    except FileFault:
        raise NotFound from None
    text.detach()
    file.seek(0)
    stem, ending = run.filename.rpartition(".")[0] or run.filename, gettext("to mend")
    return send_file(
        cast(IO[bytes], file), mimetype="text/csv", as_attachment=True, download_name=f"{stem} ({ending}).csv"
    )  # fmt: skip


def _reasons_by_row(found: Iterable[tuple[int, str, str, Mapping[str, str | int]]]) -> dict[int, str]:
    reasons: dict[int, str] = {}
    for row, name, code, params in found:
        # Our own words come first, so that no heading of the file can make a formula of it.
        told = f"{texts.sentence(code, params)} ({name})" if name else texts.sentence(code, params)
        reasons[row] = f"{reasons[row]} {told}" if row in reasons else told
    return reasons


def _do(access: PageAccess, run_id: int, act: Callable[[Session], object]) -> Response:
    """Do something to a run and show how it stands then; what came too late is told."""
    try:
        with database().transaction() as session:
            act(session)
    except (runs.NotNow, runs.FileGone) as refused:
        flash_message(gettext(refused.msgid), "error")
    return see_other("import_admin.show_import", page_slug=access.page.slug, run_id=run_id)


def _clean_name(filename: str) -> str:
    """Return the name that a browser gave a file, without folders and what cannot be shown."""
    name = filename.replace("\\", "/").rpartition("/")[2]
    return "".join(char for char in name if char.isprintable())[:MAX_FILENAME].strip() or "products.csv"
