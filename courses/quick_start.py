"""Makes the command quick to start; imported before anything else of it.

jsonschema, which Jupyter's libraries import, builds a parser of international addresses (RFC 3987) when it is
imported, and that takes about two seconds. Where it is not to be had, jsonschema does not check the formats
`iri` and `iri-reference`, which no schema here names.
"""

import sys

sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # importing it is an ImportError
