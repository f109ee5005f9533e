# Why something that was given was not judged. A test holds that the program says each.

left-unknown = { $phrase }, not a message, directory or certificate
left-not-message = not a mail message, but { $phrase }
left-empty = empty
left-nothing-inside = there is nothing to check in it
left-signed-document = a CMS signed document, not a message, directory or certificate
left-signature = a signature of nobody who has a provider's address: give it by name to have it judged
left-attached = { $known } attached to a message: not looked into
left-authority = a certificate of an authority: those of signers are judged
left-certificate = a certificate: give it by name to have it judged as a signer's
left-revocation-list = a revocation list: it is given with --trust
left-not-certificate = not a certificate: { $reason }
left-maildir = still being delivered (tmp of a Maildir)
left-not-file = { $phrase }, not a file: what it gives can be piped to `check -`
left-unreadable = cannot be read: { $phrase }
left-not-handed-in = whoever handed it in could not read it
left-too-large = larger than { $size }, the most that is read of one thing
left-circle = a link that leads back to a folder it lies in
left-elsewhere = a link to a folder that is looked at in its own place
left-encrypted = encrypted: unpack it with its password and give the folder
left-too-deep = a zip in a zip in a zip: unpack the outer one and give the folder
left-broken = does not unpack: { $reason }
left-many-members = a zip of more than { $count } members is not looked into
left-double-members = { $count } members have the name of another and are not looked at
left-bomb = it unpacks to more than { $size }: neither it nor what comes after it is looked at; unpack the zip and give the folder
left-many-inside = more than { $count } messages lie inside this one; no more are looked at
left-before-first = { $count } octets before the first message belong to none
left-cut-off = the file ends inside this message: it is judged as far as it goes
left-other = other reasons

## What it looks like

looks-binary = binary data
looks-text = a text
looks-html = an HTML page
looks-xml = an XML document
looks-pdf = a PDF document
looks-picture = a picture ({ $format })
looks-archive = a { $format } archive: unpack it
looks-archive-an = an { $format } archive: unpack it
looks-outlook = an Outlook item or Office document: save the message as .eml
looks-outlook-data = an Outlook data file: export its messages as .eml
looks-program = a program
looks-database = a database (SQLite)
looks-cms-certificates = certificates in a CMS structure (.p7b)
looks-cms = a CMS structure that nobody signed, perhaps encrypted
looks-pem = a PEM file without certificates
looks-zip = a zip
looks-gzip = a gzip
looks-pipe = a named pipe
looks-socket = a socket
looks-device = a device
