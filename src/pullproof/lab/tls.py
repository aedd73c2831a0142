"""Certificates of the lab's own authority, made for the name that a client asks for."""

import functools
import ssl
from pathlib import Path

from pullproof.errors import ToolError


class Authority:
    """Signs for any name; `bundle` is what clients of the lab are to trust. It is for tests, and says so."""

    def __init__(self, folder: Path) -> None:
        try:
            import trustme
        except ImportError as error:
            raise ToolError("the lab needs trustme", remedy="pip install 'pullproof[lab]'") from error
        self._authority = trustme.CA(organization_name="pullproof lab, for tests only")
        self.bundle = folder / "ca.pem"
        self._authority.cert_pem.write_to_path(str(self.bundle))
        self._context = functools.lru_cache(maxsize=512)(self._made)

    def server(self) -> ssl.SSLContext:
        """A context for a listening socket: who asks for a name gets a certificate for it."""
        context = self._made("amazonaws.com")
        context.sni_callback = self._choose
        return context

    def _choose(self, connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        if name:
            connection.context = self._context(name)

    def _made(self, name: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._authority.issue_cert(name).configure_cert(context)
        return context
