"""The files of a snapshot: their names, their top-level keys, and the calls whose answers they hold.

A snapshot is a folder `[ACCOUNT/]REGION/NAME.json`; what has no region (roles, buckets, hosted zones) lies
in the folder `global`. Each file is the plain answer of one family of calls, all pages put together, under the
key that `aws ...` itself prints. Where AWS has no call that answers for many things at once, the file is a
list of the single answers (the table says of which), each with the identifier that was asked for.

Three rules make an answer mean the same wherever it is read:

- A file that is not there says nothing: what it would tell is unknown. An empty list says that there is none.
- `NextToken` beside the list (or `IsTruncated: true`) says that there is more: the list is not whole.
- In a file of single answers (`each`), a thing without an item was not asked about. An item whose answer is
  `null` says that AWS has none (no such policy).

`pullproof-snapshot.json` is written last, beside the folders; a folder with `pullproof-snapshot.unfinished` is
half a snapshot, and is not read.
"""

from pullproof.sources.snapshot.files_network import NETWORK, TRANSIT
from pullproof.sources.snapshot.files_services import NAMES, PERMISSIONS, STORES, TASKS
from pullproof.sources.snapshot.kind import Kind

MANIFEST = "pullproof-snapshot.json"
UNFINISHED = "pullproof-snapshot.unfinished"
#: The folder of what belongs to no region.
GLOBAL = "global"
#: What stands beside a list that goes on elsewhere.
MORE = ("NextToken", "nextToken", "NextMarker", "nextMarker", "Marker")

KINDS: tuple[Kind, ...] = (*NETWORK, *TRANSIT, *TASKS, *PERMISSIONS, *STORES, *NAMES)
BY_NAME = {kind.name: kind for kind in KINDS}
BY_KEY = {kind.key: kind for kind in KINDS}
