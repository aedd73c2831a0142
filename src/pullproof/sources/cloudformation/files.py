"""Files that a template names, read with care."""

import os

from pullproof.errors import InputError

#: CloudFormation takes templates of 1 MB; an assembly's may be longer, for they are minified later.
LONGEST = 64_000_000


def read_file(path: str) -> bytes:
    """The bytes of a file, as UTF-8.

    Raises:
        InputError: it is no ordinary file, too long, or may not be read.
    """
    from pullproof.sources.detect import as_utf8

    try:
        if not os.path.isfile(path):  # noqa: PTH113  # pathlib is slow to import
            raise InputError("there is no such file", place=path)
        if os.path.getsize(path) > LONGEST:  # noqa: PTH202
            raise InputError("this is too long to be a template", place=path)
        with open(path, "rb") as file:  # noqa: PTH123
            return as_utf8(file.read())
    except OSError as error:
        raise InputError(f"this cannot be read: {error.strerror}", place=path) from None
    except ValueError:
        raise InputError("this is no name of a file", place=path.replace("\0", "?")) from None
