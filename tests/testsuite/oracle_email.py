"""What Python's email package reads in each message named on the command line, a JSON line each.

Of every header section that may be compared: the values of a few fields, decoded; of every leaf part: its type, its
attachment's name and the SHA-256 of its content with the transfer encoding taken off. Messages inside are not entered.
"""

import hashlib
import json
import sys
from email import policy
from email.header import decode_header, make_header
from email.parser import BytesParser

FIELDS = ["Subject", "From", "To", "Message-ID", "X-Riferimento-Message-ID", "X-Ricevuta", "X-Trasporto", "X-TipoRicevuta"]


def decoded(value):
    """A value with its encoded words decoded; runs of white space are one, since folding may leave more."""
    try:
        text = str(make_header(decode_header(str(value))))
    except (LookupError, UnicodeError, ValueError):
        return None
    return " ".join(text.split())


def leaves(part):
    if part.get_content_type() == "message/rfc822" or not part.is_multipart():
        yield part
    else:
        for child in part.get_payload():
            yield from leaves(child)


def content(part):
    if part.get_content_type() == "message/rfc822":
        return None
    payload = part.get_payload(decode=True)
    return None if payload is None else hashlib.sha256(payload).hexdigest()


for path in sys.argv[1:]:
    with open(path, "rb") as file:
        # Not `parse`, which would make every line end LF.
        message = BytesParser(policy=policy.compat32).parsebytes(file.read())
    print(json.dumps({
        "fields": {name: decoded(message[name]) for name in FIELDS if message[name] is not None},
        "parts": [[part.get_content_type(), part.get_filename(), content(part)] for part in leaves(message)],
    }))
