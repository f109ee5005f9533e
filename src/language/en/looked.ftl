# What `smoke` finds of a target, and `inspect` of a message. A test holds that somebody says each.

## smoke

smoke-well = { $known } answers at { $address }
smoke-incoming = the incoming point
smoke-submission = the submission point
smoke-log-itself = the log
smoke-store-itself = the virus store
smoke-wrong-password = a wrong password
smoke-mailbox-trouble = the mailbox of { $address }: { $phrase }
smoke-trouble-with = { $known }: { $phrase }
smoke-tls-hint = { $phrase }; `server-name` and `trust` in the target file say which certificate it must show
smoke-login-hint = { $phrase }; no login is taken there at all: `submission` in the target file names the port that users hand mail over at
smoke-secures = { $known } secures the channel: { $version }; { $known-certificate }
smoke-vouched = its certificate bears its name and is vouched for
smoke-offers = { $known } offers STARTTLS, and `tls: none` in the target file says that it does not
smoke-clear = { $known } offers no STARTTLS, and takes mail in clear: RFC 6109 5.3 wants TLS between providers
smoke-logs-in = { $user } logs in
smoke-no-login = { $user } does not log in: { $phrase }
smoke-refused = a wrong password is refused
smoke-taken = a wrong password is taken
smoke-log = its log can be read: { $count } records
smoke-store = its virus store can be looked into
smoke-empty = the mailbox of { $address } is empty: there is no Maildir { $path } yet; its first message makes one
smoke-readable = the mailbox of { $address } can be read
smoke-arrived = a message from { $from } to { $to } arrived, with every receipt ({ $time } s)
smoke-not-so = a message from { $from } to { $to } did not go as it must: { $phrase }
smoke-not-sent = a message from { $from } to { $to } was not sent: { $phrase }
smoke-message-trouble = a message from { $from } to { $to }: { $phrase }
smoke-and = { $phrase }; { $phrase-more }
smoke-broken = the rule { $rule } was broken
smoke-did-not-call = { $phrase }; { $name } did not call the other side: has it the way there that `routes` prints?
smoke-ahead = its clock is { $time } s ahead of this machine's
smoke-behind = its clock is up to { $time } s behind this machine's
smoke-clock = its clock shows this machine's time

## inspect

role-signed = what is signed
role-signature = the signature
role-daticert = the certification data
role-original = the original message
role-readable = the readable text
held-unreadable = unreadable: { $why }
held-no-content = cannot be told: what is signed is not here
held-yes = yes
held-other-octets = no: the digest is of other octets
held-not-signers = no: the signature value is not the signer's
held-no-certificate = cannot be told: the signer's certificate is not inside
held-unsupported = cannot be told: { $what } is not supported
extension-no-authority = no authority
extension-authority = an authority
extension-bounded = an authority, with at most { $number } below it
extension-octets = { $count } octets
time-received = topmost Received
time-text = text
time-html = HTML text
