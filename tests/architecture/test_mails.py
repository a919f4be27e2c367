"""Every mail says to whom, when and why it goes; docs/mails.md and the functions know them all."""

from __future__ import annotations

from pathlib import Path

import allauth

from tests.architecture import mails


def test_every_mail_says_to_whom_when_and_why() -> None:
    silent = {mail.name for mail in mails.read() if not {"To", "When", "Why"} <= set(mail.facts)}

    assert silent == set()


def test_the_list_of_mails_is_fresh() -> None:
    """Write it anew with `.venv/bin/python -m tests.architecture.mails`."""
    assert mails.DOCUMENT.read_text("utf-8") == mails.document()


def test_every_mail_has_its_three_templates() -> None:
    parts = {"subject.txt", "body.txt", "body.html"}

    incomplete = {
        folder.name
        for folder in mails.TEMPLATES.iterdir()
        if folder.is_dir() and not parts <= {path.name for path in folder.iterdir()}
    }

    assert incomplete == set()


def test_every_posted_mail_has_a_folder_and_every_folder_is_posted() -> None:
    named = {mail.name for mail in mails.read()}
    posted = set(mails.posted())

    assert posted - named == set()
    assert named - posted - _of_allauth() == set()


def _of_allauth() -> set[str]:
    """The mails that allauth asks for by name, posted by one function for all of them."""
    templates = Path(allauth.__file__).parent / "templates"
    return {
        path.name.removesuffix("_subject.txt")
        for app in ("account", "mfa")
        for path in (templates / app / "email").glob("*_subject.txt")
    }
