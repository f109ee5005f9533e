# What the suite's scenarios are called, and the ways that they leave open. A test holds that each of them says so.

## delivery

scenario-delivery-all-to-all = Users of three providers write to each other at the same moment; each holds an acceptance and a delivery from either of the others
scenario-delivery-ambiguous-recipient-is-primary = A recipient who stands both in To and in Cc counts as primary and gets the sender the complete receipt
scenario-delivery-brief-nested-message = In a brief receipt an attached message is hashed as a whole, with everything in it
scenario-delivery-brief-opaque-signed-original = An original that is one signed object as a whole comes back intact in the brief receipt
scenario-delivery-brief-p7m-attachment = An attachment that is itself signed (.p7m) is hashed in a brief receipt like any other
scenario-delivery-brief-signed-original = Of an original that its author signed, the brief receipt hashes the attachments and leaves the signature in place
scenario-delivery-brief = The sender asks for a brief delivery receipt and gets hashes in place of the attachments
scenario-delivery-burst = Of many messages sent at once each has a PEC msgid, an acceptance and a delivery receipt of its own
scenario-delivery-cc-gets-concise = Of a primary recipient and one in copy, the sender gets a complete and a concise delivery receipt
scenario-delivery-client-sets-pec-headers = PEC header fields that a user writes himself stay in the original and fool nobody
scenario-delivery-complete = A message crosses two providers; the sender holds acceptance and complete delivery
scenario-delivery-concise = The sender asks for a concise delivery receipt and gets it without the original
scenario-delivery-crossing = Two users write to each other at the same moment, and each holds the other's message beside the receipts for his own
scenario-delivery-domain-moved-between-others = A message waits for a provider whose domain goes over to another, which then takes it over, delivers and certifies it
scenario-delivery-domain-moved-meanwhile = A message waits for a provider whose domain goes over to the sender's own, which then delivers and certifies it
scenario-delivery-duplicate-recipient = A recipient named twice in the SMTP transaction is certified once, delivered to once and answered for once
scenario-delivery-eight-bit-original = An original with bytes beyond ASCII travels as it is, in envelope and complete receipt alike
scenario-delivery-envelope-in-two-transactions = One envelope that comes in two SMTP transactions, a recipient each, is delivered and certified once for each
scenario-delivery-fifty-recipients = Fifty recipients are accepted together; each is delivered to and answered for
scenario-delivery-forwarded-pec = A PEC message forwarded inside another is content - only the outermost envelope counts
scenario-delivery-forwarded-to-certified-mailboxes = Mailboxes that forward to certified mailboxes, one of another provider - nothing is certified of whom the envelope does not name
scenario-delivery-forwarding-mailbox = A mailbox forwards to an ordinary address - the receipt certifies delivery to the PEC mailbox, the copy goes on as it is
scenario-delivery-full-sender = A user whose own mailbox is full is still certified what he sends; receipts from elsewhere are kept, refused or lost
scenario-delivery-header-recipient-without-rcpt = An address in the header that is no recipient of the SMTP transaction is tolerated, certified nowhere and gets nothing
scenario-delivery-identifier-in-several-transactions = One envelope in an SMTP transaction for each recipient is one message, delivered and certified once for each
scenario-delivery-mixed-case-addresses = Addresses match whatever their letter case, at every point and in the directory
scenario-delivery-new-year = A message accepted in the last second of the year and delivered in the next tells both years
scenario-delivery-no-client-message-id = A message without Message-ID gets the provider's identifier; nothing refers to a msgid that never was
scenario-delivery-notified-mailbox = A mailbox has its owner told of arrivals elsewhere - the word is ordinary mail and certifies nothing
scenario-delivery-odd-attachment-names = File names as they are met in the wild come through unharmed, and reappear with .hash in a brief receipt
scenario-delivery-part-of-its-own = An envelope with a part of its provider's own beside those prescribed is as good as one without
scenario-delivery-read-receipt-requested = A read receipt is asked for in vain - delivery is certified, reading never
scenario-delivery-receipt-type-in-other-letters = The form of receipt asked for in capitals and between blanks is still that form
scenario-delivery-renewed-certificate = A provider signs with its renewed certificate while the old one is still listed, and is known by it
scenario-delivery-renewed-meanwhile = An envelope signed before its provider renewed its certificate is delivered after that, for both are listed
scenario-delivery-reply-to-added = Where the user names no address for answers, the envelope names the sender's, so that answers do not go to the provider
scenario-delivery-reply-to-kept = Where the user asks for answers elsewhere, the envelope keeps that Reply-To and certifies it
scenario-delivery-restarted-while-waiting = Providers that start again lose nothing that they took, neither what waits to be sent nor what they know of
scenario-delivery-same-message-twice = A client that submits a message twice, as after a lost answer, has two messages with a PEC msgid each
scenario-delivery-same-provider = A message between two users of one provider is certified like any other
scenario-delivery-secondary-environment = A recipient in a domain of the provider's secondary operating environment is certified, and served, like any other
scenario-delivery-side-by-side = Users of both providers send at the same moment, and every receipt finds the message that it is about
scenario-delivery-subject-absent = A message without Subject is accepted; what is generated has its prefix
scenario-delivery-subject-beyond-latin = A Subject beyond ISO-8859-1 is exact in headers and certification data, though the text part cannot show it
scenario-delivery-subject-control-characters = A subject with control characters is certified as far as XML has room for it
scenario-delivery-subject-empty = An empty Subject leaves the prefixes alone
scenario-delivery-subject-folded = A folded Subject is one line for everybody who reads it
scenario-delivery-subject-latin = A Subject with accents is certified exactly, and told in the ISO-8859-1 text
scenario-delivery-subject-prefixed = A Subject that already bears the prefixes of PEC is prefixed again and never taken for one
scenario-delivery-thirty-megabytes = A message of thirty million bytes is accepted and delivered, and comes back whole in the receipt
scenario-delivery-three-providers = One message to users of three providers is delivered and certified at each, and taken over once by each that it crosses to
scenario-delivery-to-oneself = A user who writes to himself gets acceptance, envelope and delivery receipt in the one mailbox
scenario-delivery-two-providers-at-once = One message to users of both providers is delivered and certified at each
scenario-delivery-unknown-receipt-type = A form of receipt that the norm does not know stands for the complete one

## non-acceptance

scenario-non-acceptance-bcc-present = A message with a value in Bcc is not accepted
scenario-non-acceptance-double-from = A message with two From fields is not accepted
scenario-non-acceptance-empty-group-in-to = A To that holds an empty group names nobody, and the message is not accepted
scenario-non-acceptance-encrypted-archive = An encrypted archive is no virus; the message is accepted and delivered
scenario-non-acceptance-from-differs = A message whose From is not its SMTP sender is not accepted
scenario-non-acceptance-infected = An infected message stops at the access point; the sender is told and the provider keeps it
scenario-non-acceptance-malformed-to = A message whose To is not in the form of addresses is not accepted
scenario-non-acceptance-missing-to = A message without To is not accepted
scenario-non-acceptance-null-sender = A user cannot submit from the null reverse path, to which nothing could be answered
scenario-non-acceptance-over-the-limit = A message whose size times its recipients is beyond the provider's limit is not accepted
scenario-non-acceptance-recipient-not-in-headers = A message with a recipient that is neither in To nor in Cc is not accepted
scenario-non-acceptance-sender-of-another-user = A user who submits in another user's name is refused in the session, for a notice would go to the one impersonated
scenario-non-acceptance-too-many-recipients = One recipient more than must be accepted; the message is not accepted, or delivered to every one of them
scenario-non-acceptance-unauthenticated = An access point takes no mail from whom it does not know
scenario-non-acceptance-without-tls = An access point takes neither credentials nor mail on a channel that is not secured

## non-delivery

scenario-non-delivery-disabled-mailbox = A message to a disabled mailbox ends in a non-delivery with the code 5.2.1
scenario-non-delivery-disabled-meanwhile = A mailbox that is switched off while a message for it waits ends the message in a non-delivery
scenario-non-delivery-emptied-mailbox = A mailbox that was full takes the next message once it is emptied; the one before stays undelivered
scenario-non-delivery-full-mailbox = A message to a full mailbox ends in a non-delivery
scenario-non-delivery-notice-for-a-full-mailbox = A notice of non-delivery for a user whose mailbox is full is kept all the same, refused or lost
scenario-non-delivery-one-of-several = Of three recipients one mailbox does not exist; the others get the message, and each has an outcome of its own
scenario-non-delivery-one-provider-refuses = One provider has no such mailbox while another delivers; the sender holds a delivery and an error, each for its recipient
scenario-non-delivery-to-service-mailbox = A certified message to the service mailbox of another provider is not delivered, and its sender is told
scenario-non-delivery-unknown-mailbox = A message to a mailbox that does not exist ends in a non-delivery with the code 5.1.1
scenario-non-delivery-unknown-pec-domain = A message to a listed domain that no host serves ends in a non-delivery with the code 5.1.2
scenario-non-delivery-unreachable-provider = While one recipient's provider cannot be reached the other recipient gets the message, and only the first is told of as late

## ordinary

scenario-ordinary-bounce-comes-back-wrapped = What an ordinary host reports as undeliverable reaches the sender in an anomaly envelope, and no non-delivery is made of it
scenario-ordinary-forwarded-to-each-other = Two mailboxes that forward to each other do not do so without end
scenario-ordinary-forwarded-to-itself = A mailbox that forwards to itself holds the message once
scenario-ordinary-from-ordinary-refused = Ordinary mail for a mailbox whose owner wants none is refused
scenario-ordinary-from-ordinary-wrapped = Ordinary mail reaches a PEC mailbox in an anomaly envelope
scenario-ordinary-infected-discarded = Infected ordinary mail reaches nobody, and nothing is certified about it
scenario-ordinary-many-hops = A message that has passed sixty hosts is no loop yet
scenario-ordinary-mixed-recipients = Of a certified and an ordinary recipient each gets the envelope, and only the certified one is certified as delivered
scenario-ordinary-open-relay-refused = An incoming point relays for nobody, whoever asks and whatever address he gives as his own
scenario-ordinary-put-off = An ordinary message that was put off for a while arrives when it is sent again
scenario-ordinary-receipt-forged-from-outside = A delivery receipt and a server-server acceptance that nobody signed change nothing of what the sender is told
scenario-ordinary-several-recipients = Of an ordinary message to a good, a full and an unknown mailbox one copy is wrapped, and the sender is told of the others
scenario-ordinary-spoofed-pec-sender = Ordinary mail under a PEC user's name stays ordinary mail, also for users of the provider whose name it abuses
scenario-ordinary-to-certified-and-ordinary = A message from the ordinary world to a certified and an ordinary user reaches both, the one in an anomaly envelope
scenario-ordinary-to-ordinary = A message to an ordinary mailbox is accepted as such and never certified as delivered
scenario-ordinary-to-service-mailbox = Ordinary mail does not get into a provider's service mailbox
scenario-ordinary-undeliverable = Ordinary mail for a mailbox that is full or does not exist leads to no PEC notice

## session

scenario-session-another-name-in-tls = A host whose TLS certificate bears another name gets certified mail over TLS or not at all, and never in clear
scenario-session-early-pipelining = Commands said before their time are answered in their turn or refused, and never become part of a message
scenario-session-eightbitmime = Octets beyond ASCII are taken as 8BITMIME, at the access point and between providers, and arrive as they were
scenario-session-implicit-tls-and-auth-login = A client that speaks TLS from the first octet and logs in the old way is served like any other
scenario-session-line-feed-alone = A line feed alone ends no command
scenario-session-logins-that-are-none = Nobody gets in without the right password, over a plain channel, half way, by an unknown mechanism or twice
scenario-session-lost-answers = An envelope, a server-server acceptance and a receipt whose answers are lost are sent again, and count once
scenario-session-null-path-to-nobody = A report to a mailbox that does not exist starts nothing
scenario-session-paths-unaltered = An envelope travels with the submission's own paths, whatever its header fields say
scenario-session-peer-without-starttls = Certified mail waits rather than go in clear to a provider that offers no STARTTLS; the sender is told after 12 and 24 hours
scenario-session-postmaster = The reserved mailbox exists at an incoming point, with its domain, without one, and in any letter case
scenario-session-smuggling = A line end that is none ends no message, so nobody can hide a second message in a first
scenario-session-source-route-and-parameters = A source route is ignored, sizes and parameters that are not offered are refused, and a new EHLO ends a transaction
scenario-session-starttls-announced = The incoming point announces STARTTLS, takes mail over it, and takes ordinary mail without it
scenario-session-starttls-injection = What is said in clear behind STARTTLS is not taken for something said over TLS
scenario-session-unheard-answer = A client that hangs up before it hears the answer to its message has handed it over all the same
scenario-session-unusual-lines = Lines that are no commands are refused, and a message of two dots arrives as one

## timeout

scenario-timeout-across-dst-autumn = Twelve hours are twelve hours in the night that has one hour more
scenario-timeout-across-dst-spring = Twelve hours are twelve hours in the night that has one hour less
scenario-timeout-delivered-after-all = A message that could not be delivered for thirteen hours arrives after the 12-hour notice, and is certified
scenario-timeout-envelope-after-second-notice = An envelope that leaves after the 24-hour notice is delivered and certified like any other
scenario-timeout-one-provider-down = Of two other providers one is down; its recipient alone is told of as late, while the other's is delivered to at once
scenario-timeout-one-provider-late = Of two other providers one is back only after thirteen hours; it costs its recipient's 12-hour notice, and nothing of the other's
scenario-timeout-receipt-after-second-notice = A delivery receipt that comes after the 24-hour notice is the truth all the same
scenario-timeout-repeated-hour = A message accepted in the repeated hour and delivered in its repetition is certified with the offset that tells which
scenario-timeout-restarted = A provider that starts again still tells its user when 12 and 24 hours have passed
scenario-timeout-takeover-late = A server-server acceptance between the two deadlines spares neither notice
scenario-timeout-twelve-and-twenty-four-hours = While the receiver's provider cannot be reached, the sender is told after 12 hours and again before 24
scenario-timeout-twelve-only = Word of a message that comes only after thirteen hours, as a delivery, costs the 12-hour notice alone
scenario-timeout-twenty-four-only = A message taken over and never certified as delivered costs the 24-hour notice alone
scenario-timeout-two-delivered-after-all = Two recipients of a provider out of reach for thirteen hours are warned of each, and reached together

## trust

scenario-trust-backdated-envelope = An envelope that claims an instant at which its signer was still valid is judged at its arrival, and is ordinary mail
scenario-trust-ber-signature-tolerated = An envelope whose signature is written in BER with indefinite lengths is taken over and delivered
scenario-trust-broken-profile-authority-key-id-critical = A signer's certificate whose AuthorityKeyIdentifier is critical
scenario-trust-broken-profile-basic-constraints = A signer's certificate with BasicConstraints
scenario-trust-broken-profile-country-in-words = A signer's certificate whose country is not a code of two letters
scenario-trust-broken-profile-key-usage-not-critical = A signer's certificate whose KeyUsage is not critical
scenario-trust-broken-profile-mail-in-subject = A signer's certificate with the address in the subject too
scenario-trust-broken-profile-name-elsewhere = A signer's certificate that names another organisation than the directory does
scenario-trust-broken-profile-no-authority-key-id = A signer's certificate without AuthorityKeyIdentifier
scenario-trust-broken-profile-no-digital-signature = A signer's certificate whose KeyUsage does not allow signatures
scenario-trust-broken-profile-no-key-usage = A signer's certificate without KeyUsage
scenario-trust-broken-profile-no-subject-alt-name = A signer's certificate without SubjectAltName
scenario-trust-broken-profile-no-subject-key-id = A signer's certificate without SubjectKeyIdentifier
scenario-trust-broken-profile-other-extension-critical = A signer's certificate with a critical extension that nobody knows
scenario-trust-broken-profile-subject-alt-name-critical = A signer's certificate whose SubjectAltName is critical
scenario-trust-broken-profile-subject-alt-name-without-mail = A signer's certificate whose SubjectAltName holds no mail address
scenario-trust-broken-profile-subject-key-id-critical = A signer's certificate whose SubjectKeyIdentifier is critical
scenario-trust-delisted-meanwhile = An envelope signed by a certificate that has left the directory before it arrives is ordinary mail
scenario-trust-delivery-by-a-provider-that-does-not-manage-the-domain = A delivery receipt by a provider that does not manage the recipient's domain proves nothing, and the timeout notices come
scenario-trust-expired-signer = An envelope signed with a certificate that has expired is ordinary mail, listed or not
scenario-trust-from-domain-of-another-provider = An envelope signed by a provider other than the one that its From names is propagated as an anomaly
scenario-trust-malformed-to-let-in = An envelope whose To is no address list, as a careless access point let it in, does no harm to the receiver
scenario-trust-receipt-for-unknown-message = A delivery receipt for a message that nobody sent is passed on as it is and starts nothing
scenario-trust-recipient-outside-daticert = A recipient whom the certification data do not name gets the envelope as an anomaly; nothing is certified of him
scenario-trust-replayed-after-a-restart = The same envelope before and after the receiver starts again is taken over and delivered once
scenario-trust-replayed-envelope = The same envelope twice is taken over and delivered once
scenario-trust-revoked-meanwhile = An envelope signed before its certificate was revoked and arriving after that is ordinary mail
scenario-trust-revoked-signer = An envelope signed with a revoked certificate is ordinary mail, listed or not
scenario-trust-sha1-digest-tolerated = An envelope signed with SHA-1, as most providers did for years, is taken over and delivered
scenario-trust-signer-not-in-directory = An envelope signed by a certificate that no directory lists is ordinary mail
scenario-trust-stale-crl = A provider that has only outdated revocation lists does not know whether a signer is valid; a good envelope is taken as an anomaly, or taken on trust
scenario-trust-tampered-envelope = An envelope changed after it was signed is ordinary mail, and never certified as delivered
scenario-trust-tampered-receipt = A delivery receipt changed after it was signed is ordinary mail and proves no delivery; the timeout notices come
scenario-trust-unknown-ca = An envelope whose signer's authority is not known is ordinary mail, even where the directory lists the signer
scenario-trust-unsigned-envelope = An envelope without a signature is ordinary mail, and never certified as delivered
scenario-trust-well-signed-but-malformed = An envelope well signed by a listed provider but malformed is propagated as an anomaly, even to a mailbox that refuses ordinary mail
scenario-trust-wrong-ca = An envelope whose signer was issued by a home-made authority of the trusted name is ordinary mail, even where the directory lists the signer

## virus

scenario-virus-antivirus-updated = An antivirus that learns a virus stops the second message with it, and not the first, which was delivered before
scenario-virus-from-another-providers-user = An infected envelope of a provider that the harness plays is answered with one detection for each recipient it came for
scenario-virus-kept-in-store = What a provider finds infected, from its own user or from another provider, stays in its special store and reaches nobody
scenario-virus-kept-thirty-months = What was found infected, and what the log says of it, is still there after thirty months
scenario-virus-one-provider-finds-it = A virus that two providers miss is stopped by the third; its recipient alone gets nothing, and the sender learns it
scenario-virus-purged-early = A provider that throws an infected message away after a month has none to show after thirty
scenario-virus-seen-only-by-receiver = A virus that the sender's provider misses is stopped by the receiver's; the sender learns it from his own provider
scenario-virus-text-and-xml-disagree = Where a virus detection's text names one recipient and its certification data another, the sender is told of the one in the data
scenario-virus-two-recipients = A virus missed by the sender's provider in a message to two recipients; one detection and one virus non-delivery for each

## Where the norm leaves a choice

way-copy-comes-once-more = a copy comes once more, and that is the end of it
way-host-before-gateway-has = a host before the gateway has taken it, and a report goes back
way-message-whose-sender-gone = a message whose sender is gone is not taken
way-non-acceptance-tells-sender = a non-acceptance tells the sender
way-non-delivery-comes-with = a non-delivery comes with the 24-hour notice
way-server-server-acceptance-sent = a server-server acceptance is sent within the provider
way-both-are-refused-in = both are refused in the SMTP session
way-every-command-answered-in = every command is answered in its turn, and the message is taken
way-kept-beyond-quota = it is kept beyond the quota
way-refused-in-smtp-session = it is refused in the SMTP session
way-refused-in-smtp-session-sender = it is refused in the SMTP session, and the sender's provider tells the sender
way-taken-discarded = it is taken and discarded
way-taken-given-up-without = it is taken and given up without a word
way-taken-for-all-report = it is taken for all and a report on each failure goes back
way-taken-for-all-one = it is taken for all and one report on both failures goes back
way-taken-report-goes-back = it is taken, and a report goes back
way-taken-lost = it is taken, and lost
way-makes-envelope-one-badly = it makes the envelope one that is badly composed
way-sends-server-server-acceptance = it sends a server-server acceptance before it looks for viruses
way-no-copy-sent = no copy is sent
way-no-server-server-acceptance = no server-server acceptance is sent within the provider
way-nothing-more-owed = nothing more is owed
way-ordinary-mail-for-service = ordinary mail for the service mailbox is discarded
way-ordinary-mail-for-service-mailbox = ordinary mail for the service mailbox is taken, and a report goes back
way-receipts-are-kept-beyond = receipts are kept beyond the quota
way-access-point-refuses-in = the access point refuses it in the SMTP session
way-access-point-refuses-message = the access point refuses the message in the SMTP session
way-access-point-tells-user = the access point tells the user by a non-acceptance
way-channel-secured-enough = the channel is secured, and that is enough
way-envelope-taken-over-answered = the envelope is taken over, and answered with a non-delivery
way-full-mailbox-refuses-in = the full mailbox refuses it in the SMTP session
way-last-revocation-lists-known = the last revocation lists known count until there are others
way-last-revocation-lists-known-count = the last revocation lists known count until there are others for the receiver, and not for the sender's provider
way-message-refused = the message is refused
way-message-refused-in-smtp = the message is refused in the SMTP session
way-message-taken-discarded = the message is taken and discarded
way-message-taken-as-one = the message is taken as one
way-message-taken-report-goes = the message is taken, and a report goes back
way-one-finds-sends-no = the one that finds it sends no server-server acceptance of an infected envelope
way-peer-did-not-wait = the peer that did not wait is refused
way-provider-sends-itself-server = the provider sends itself a server-server acceptance
way-provider-sends-itself-no = the provider sends itself no server-server acceptance
way-provider-limit-higher-everyone = the provider's limit is higher and everyone is delivered to
way-provider-limit-higher-message = the provider's limit is higher and the message is delivered
way-receipt-came-nothing-more = the receipt came, and nothing more is owed
way-receipt-was-refused-counts = the receipt that was refused counts as not come
way-receiver-holds-signer-certificate = the receiver holds the signer's certificate to its profile too, and wraps
way-receiver-refuses-recipient-in = the receiver refuses the recipient in the SMTP session and the sender's provider tells the sender
way-receiver-sends-server-server = the receiver sends a server-server acceptance before it looks for viruses
way-receiver-sends-no-server = the receiver sends no server-server acceptance of an infected envelope
way-receiver-takes-envelope-over = the receiver takes the envelope over and answers with a non-delivery
way-receiver-tests-what-2 = the receiver tests what 2.2.2 lists, and delivers
way-sender-told-by-24 = the sender is told by the 24-hour notice alone
way-sender-told-by-notices = the sender is told by the notices alone
way-sender-provider-sends-itself = the sender's provider sends itself a server-server acceptance
way-sender-provider-sends-itself-server = the sender's provider sends itself a server-server acceptance too
way-sender-provider-sends-itself-no = the sender's provider sends itself no server-server acceptance
way-sender-provider-waits-for = the sender's provider waits for the right host
way-service-mailbox-refuses-in = the service mailbox refuses it in the SMTP session
way-service-mailbox-refuses-ordinary = the service mailbox refuses ordinary mail in the SMTP session
way-unknown-mailbox-refused-in = the unknown mailbox is refused in the SMTP session
way-word-unknown-one = the word is an unknown one
way-word-read-whatever-its = the word is read whatever its letters
way-what-another-provider-sends = what another provider sends to a full mailbox is refused or lost
way-what-comes-back-delivered = what comes back is delivered and goes no further
way-what-comes-back-refused = what comes back is refused, and whoever forwarded it is told
way-what-user-wrote-not = what the user wrote is not held against the envelope
way-what-was-handed-over = what was handed over whole is taken
way-without-revocation-list-in = without a revocation list in force the signer's validity is not verified, and the envelope is ordinary mail
