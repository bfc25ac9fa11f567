"""Creative Commons licences by their addresses."""

import pytest

from worker.rights.licences import recognise


@pytest.mark.parametrize(
    ("uri", "canonical", "name", "flags"),
    [
        ("https://creativecommons.org/licenses/by/4.0/", "by/4.0/", "CC BY 4.0", "by"),
        ("http://creativecommons.org/licenses/by/4.0", "by/4.0/", "CC BY 4.0", "by"),
        ("//creativecommons.org/licenses/by-sa/3.0/", "by-sa/3.0/", "CC BY-SA 3.0", "by sa"),
        ("http://www.creativecommons.org/licenses/by-nc/2.5/cn/", "by-nc/2.5/cn/", "CC BY-NC 2.5 CN", "by nc"),
        ("https://creativecommons.org/licenses/by-nd/3.0/igo/legalcode", "by-nd/3.0/igo/", "CC BY-ND 3.0 IGO", "by nd"),
        (
            "https://creativecommons.org/licenses/by-nc-nd/4.0/deed.zh-hans",
            "by-nc-nd/4.0/",
            "CC BY-NC-ND 4.0",
            "by nc nd",
        ),
        ("https://creativecommons.org/licenses/by-nd-nc/1.0/", "by-nd-nc/1.0/", "CC BY-NC-ND 1.0", "by nc nd"),
        (" HTTPS://CreativeCommons.org/Licenses/BY-NC-SA/4.0/?ref=x ", "by-nc-sa/4.0/", "CC BY-NC-SA 4.0", "by nc sa"),
        ("https://creativecommons.org/licenses/by/2.5/scotland/", "by/2.5/scotland/", "CC BY 2.5 SCOTLAND", "by"),
        ("https://creativecommons.org/licenses/by/4.0/legalcode.txt", "by/4.0/", "CC BY 4.0", "by"),
    ],
)
def test_licences_of_every_version_and_port(uri: str, canonical: str, name: str, flags: str) -> None:
    licence = recognise(uri)
    assert licence is not None
    assert licence.uri == f"https://creativecommons.org/licenses/{canonical}"
    assert licence.name == name
    assert " ".join(flag for flag in ("by", "nc", "nd", "sa") if getattr(licence, flag)) == " ".join(
        flag for flag in ("by", "nc", "nd", "sa") if flag in flags.split()
    )
    assert licence.open == (not licence.nc and not licence.nd)


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0 1.0"),
        ("http://creativecommons.org/publicdomain/zero/1.0/legalcode.de", "CC0 1.0"),
        ("https://creativecommons.org/publicdomain/mark/1.0", "Public Domain Mark 1.0"),
    ],
)
def test_public_domain_tools_are_open_and_ask_for_nothing(uri: str, name: str) -> None:
    licence = recognise(uri)
    assert licence is not None
    assert (licence.name, licence.open, licence.by) == (name, True, False)


@pytest.mark.parametrize(
    "uri",
    [
        None,
        "",
        "CC BY 4.0",
        "https://creativecommons.org/",
        "https://creativecommons.org/licenses/",
        "https://creativecommons.org/licenses/by/",
        "https://creativecommons.org/licenses/by-xx/4.0/",
        "https://creativecommons.org.evil.example/licenses/by/4.0/",
        "https://evil.example/?u=https://creativecommons.org/licenses/by/4.0/",
        "https://creativecommons.org/licenses/by/4.0/../../by-nc/4.0/",
        "https://www.apache.org/licenses/LICENSE-2.0",
        "http://purl.org/atompub/license#unspecified",
    ],
)
def test_anything_else_is_no_licence(uri: str | None) -> None:
    assert recognise(uri) is None
