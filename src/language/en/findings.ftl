# Where a finding is, who answers for it, and what was expected and found, as rules say it. A test holds that one does.
#
# What was found may be somebody's own words: it is read by what has no room in it, and by `found-` alone.

## Who

who-as = { $name }, as { $known }
who-sender = sender
who-receiver = receiver
who-second-receiver = second-receiver
who-posta = posta, the ordinary mail host
who-harness = the harness
who-undetermined = cannot be told from what was seen

## Where

where-message = message { $number } ({ $phrase }), { $phrase-spot }
where-mailbox = { $phrase } in { $address }'s mailbox
where-file = { $known } in { $path }
where-wire = { $known } from { $known-sender } to { $known-receiver }
where-submitted = { $known } submitted
where-no-kind = of no known kind
where-part-of-kind = { $known }, its { $phrase } alone,
where-session = session { $number } ({ $phrase } to { $phrase-server }), { $phrase-spot }
where-of-transaction = transaction { $identifier }, { $phrase-spot }
where-of-submission = submission { $number }, { $phrase-spot }
where-member = { $known } (message { $number })
where-for = { $known } for { $address }
where-log = the { $known }'s log, { $phrase }
where-certificate = certificate { $serial } of { $subject }, certificate, { $field }
where-header = header { $field }
where-header-nth = header { $field } (number { $number })
where-header-of = { $known }, header { $field }
where-after-prefix = { $known }, after the prefix
where-parameter = { $known }, parameter { $parameter }
where-name = { $known }, name
where-digest = { $known }, digest algorithm
where-signers-certificate = { $known }, signer's certificate
where-signing-time = { $known }, signingTime
where-xml-line = daticert.xml postacert/{ $path }, line { $line }, column { $column }
where-xml = daticert.xml postacert/{ $path }
where-part = { $known } (part { $path })
where-signature-part = signature part
where-plain-part = text/plain part
where-html-part = text/html part
where-original = postacert.eml
where-certificate-field = certificate, { $field }
where-certificate-alone = certificate
where-answer = the answer to { $command }
where-recipients-mailbox = the recipient's mailbox
where-transaction = the transaction
where-scenario-question = Did everything come that the scenario expects, and nothing else?
where-announced-question = Is what the scenario made wrong on purpose found again?
where-announced-consequence = a rule that found it no longer does: what it says elsewhere proves less
where-announced-expected = the finding that the scenario announced
where-broken-expected = an answer from the rule
where-broken-found = the rule itself broke: { $reason }
where-broken-consequence = nothing can be said about this question; please report it
found-times = { $known } ({ $count } times)
found-repeated = { $known }, { $count } times

## What

what-none = none
what-none-of-them = none of them
what-nothing = nothing
what-neither = neither
what-present = present
what-critical = critical
what-not-critical = not critical
what-no-field = no such field
what-no-part = no such part
what-no-parameter = no such parameter
what-no-extension = no such extension
what-no-element = no such element
what-no-value = no value
what-no-name = no name
what-no-doctype = no DOCTYPE
what-a-doctype = a DOCTYPE
what-no-address = no mail address
what-no-original = no original message
what-an-original = an original message
what-no-content = no content inside
what-content = content inside
what-not-inside = not inside
what-not-told = not told of this address
what-original-subject = { $prefix } [original subject]
what-each-once = each recipient once
what-one-field = one field
what-one-signer = one signer
what-one-address = one address without a name
what-addresses = one or more addresses
what-one-outcome = one outcome for { $recipient }
what-one-notice = one { $hours }-hour notice for { $recipient }
what-one-kind = one { $known } for { $recipient }
what-one-acceptance = one acceptance
what-one-non-acceptance = one non-acceptance
what-an-acceptance = an acceptance
what-answer = an acceptance or a non-acceptance
what-takeover = a server-server acceptance for { $recipient }
what-virus-notice = a virus non-delivery for { $recipient }
what-twelve = a 12-hour notice for { $recipient }
what-covered-once = { $recipient } covered once
what-certified-recipient = a certified recipient
what-trusted = a certificate that receivers trust
what-listed = a certificate that the directory lists
what-key-identifier = a keyIdentifier
what-without-key-identifier = without keyIdentifier
what-own-identifier = an identifier of its own
what-own-message-id = a Message-ID of its own
what-not-before = an instant not before { $at }
what-message-as-it-came = the message as it came
what-inside-as-it-arrived = the message inside as it arrived
what-ordinary-wrapped = ordinary mail in an anomaly envelope, or none
what-ordinary-as-is = ordinary mail as it is
what-no-receipt-ordinary = no receipt for an ordinary recipient
what-no-receipt-forged = no receipt for an envelope that no listed provider signed
what-no-envelope = no envelope: it was found infected
what-nothing-beside = nothing beside the non-acceptance
what-detached = nothing: the signature is detached
what-header-message = a message with its header
what-one-daticert = one part daticert.xml
what-one-postacert = one part postacert.eml
what-well-formed = well-formed XML
what-text-shown = text that is shown
what-seven-bit = octets 0 to 127 only
what-line-length = at most 998 octets
found-line = a line of { $count } octets
what-crlf = CR and LF together, and no NUL
what-other-value = another signature value
what-element = an element { $element }
what-the-msgid = the msgid { $msgid }
what-no-msgid = no msgid, as the client gave none
what-the-sender = the sender { $address }
what-the-subject = the subject { $subject }
what-reply-addresses = the reply addresses { $addresses }
what-the-service-mailbox = the service mailbox
what-service-mailbox-of = the service mailbox { $address }
what-mailbox-of = the mailbox of { $address }
what-in-mailbox-of = { $phrase } in the mailbox of { $address }
what-as-in-acceptance = { $value }, as in the acceptance
what-on-wire = taken from the wire, and in no mailbox
what-list = a mailing list's fields
what-file-signature = a signature that holds over the file
what-not-in-text = not in the text
found-digest = digest { $digest }
what-date = date { $value }
what-time = time { $value }
what-offset = offset { $value }
what-subject = subject { $value }
what-sender = sender { $value }
what-recipient = recipient { $value }
what-identifier = identifier { $value }
what-code = code { $value }
found-of-words = { $told } of these words

## What was expected, in signatures and certificates

what-lets-sign = a certificate that RFC 5280 lets sign mail
what-not-revoked = a certificate that is not revoked
what-record-lists = a certificate that the provider's record lists
what-valid-at-arrival = a certificate valid at arrival
what-valid-at = one valid at { $at }
what-next-certificate = the next certificate from { $at } or before
what-country = a code of two letters (ISO 3166)
what-forty-digits = 40 hexadecimal digits
what-key-usage = keyUsage with digitalSignature
what-path = a path to a trusted root
what-signature-by-key = a signature by the certificate's key
what-signers-certificate = the signer's certificate
what-strong = sha256 or stronger
what-rfc822-name = an rfc822Name
what-signed-data = a CMS SignedData
what-x509 = an X.509 certificate
what-binary-asn1 = binary ASN.1

## What was expected, in a message

what-complete-receipt = a complete receipt, with the original
what-concise-receipt = a concise receipt, without the original
what-date-field = a date of RFC 5322 3.3 with a numeric offset
what-not-before-acceptance = not before { $time }, the instant of the acceptance
what-not-before-submission = not before the submission, { $at }
what-not-later = not later than { $time }, when it arrived
what-identifier-form = [alphanumeric string]@[domain]
what-domain-of = a domain of { $provider }
what-posta-certificata-at = posta-certificata@ a domain of { $provider }
what-posta-certificata = posta-certificata@[mail domain]
what-from-form = "{ $name }" <posta-certificata@[mail domain]>
what-manages = the provider that manages the domain of { $address }
what-providers-header = the provider's header
what-one-kind-field = one X-Ricevuta or one X-Trasporto
what-transfer-encoding = 7bit, 8bit or binary
what-signature-type = application/pkcs7-signature or application/x-pkcs7-signature
what-text-type = text/plain or multipart/alternative
what-signed-parts = multipart/signed with { $number } parts
what-a-message-part = a message/rfc822
what-named-p7m = a file named .p7m
what-text-named-hash = a text/plain named .hash
what-hash-encoded = the hash of the encoded part
what-header-of-original = the header section of the original
what-no-active-content = no active content
what-no-reference = no such reference
what-https = an https address
what-root = the root element postacert
what-an-error = an error
what-ricezione = one or more elements ricezione
what-one-of = { $name } as one of { $kinds }
what-virus-or-other = virus or altro
what-dot-atoms = local@domain, both dot-atoms
what-a-name = a name
what-a-dotted-name = a name with a dot
what-a-value = a value
what-time-form = dd/mm/yyyy hh:mm:ss [+|-]hhmm
what-judged-whole = a message that can be judged whole

## What was expected, of a transaction

what-message-arrived = message { $number } as it arrived
what-an-envelope-arrived = an envelope { $identifier } that arrived
what-on-forward-path = an envelope with { $address } on its forward path
what-record-of = a record that names the generated message { $identifier }
what-the-envelope = the envelope
what-the-recipients = the recipients { $addresses }
what-no-twelve-before = no 12-hour notice before hour 12
what-no-twelve-after = no 12-hour notice once something came
what-no-twenty-four-after = no 24-hour notice after the outcome
what-refusal-before-auth = a refusal before AUTH
what-refusal-before-tls = a refusal before TLS
what-over-tls = mail over TLS

## What was expected, of a directory

what-ldif = an LDIF file (RFC 2849)
what-ldif-file = the LDIF file
what-of-one-provider = a domain of one provider
what-root-record = a record o=postacert
what-provider-attributes = attributes of class provider

## What was found

found-before-dispatch = { $time } before dispatch
found-after-dispatch = { $time } after dispatch
found-with-parts = { $type } with { $number } parts
found-second-record = a second one, beside { $name }
found-clients = { $identifier }, the client's message's
found-byte = ISO-8859-1, and { $character } in UTF-8 at byte { $octet } of the text
found-not-all = not all was read: { $known }
found-section-long = a header section is longer than { $number } bytes
found-fields-many = there are more than { $number } header fields
found-nested = multiparts are nested more than { $number } deep
found-parts-many = there are more than { $number } parts
found-boundaries-many = more than { $number } lines look like a boundary
what-file-ends = the file ends inside the message
found-octets = { $text }, in octets beyond ASCII
found-digests = the signed digest is { $signed }, the file's { $computed }
found-member = { $known } (message { $number })
found-members = { $known } (message { $number }) and { $known-other } (message { $number-other })
what-found-ber = BER with indefinite lengths
what-found-in-clear = mail in clear
what-found-not-listed = not listed
what-found-not-there = it is not there
what-found-later = it came there later
what-found-no-extension = no extension
what-found-cut-off = an element is cut off
what-found-carriage-return = a bare carriage return
what-found-line-feed = a bare line feed
what-found-with-original = a receipt with the original
what-found-without-original = a receipt without the original
found-that-of = that of { $known }
what-decoded = the decoded content
what-found-another = another from here on (trace fields on top left aside)
what-found-no-address = no address beside a comma
what-found-without-bit = without that bit
what-found-without-option = without that option
what-found-no-colon = no colon: an attribute is written `name: value`
