# What the program says of messages and submissions in a word or a sentence, as its code says it.
#
# The Italian is found by the English: a test holds that somebody says each, and that nothing is said that is not here.
# What is put in: `at` begins an instant, `phrase` what may be a phrase itself, `known` what must be one.

## Results

said-conforming = conforming
said-no-violation = no violation found
said-non-conformity = non-conformity
said-usage = usage, configuration or scenario error
said-trouble = infrastructure: a target out of reach, the harness itself, a report not written, an interrupted run
said-nothing-selected = nothing selected or nothing exercised
said-untold = a required answer cannot be told
said-not-holding-deviations = declared deviations that do not hold
said-not-conforming = not conforming, { $count } declared
said-and-not-holding = { $known }, and declared deviations that do not hold

## Kinds of messages, and parts of them

said-accettazione = acceptance
said-non-accettazione = non-acceptance
said-non-accettazione-virus = non-acceptance for a virus
said-presa-in-carico = server-server acceptance
said-avvenuta-consegna = delivery
said-preavviso-errore-consegna = timeout notice
said-errore-consegna = non-delivery
said-errore-consegna-virus = non-delivery for a virus
said-rilevazione-virus = virus detection
said-posta-certificata = transport envelope
said-anomalia = anomaly envelope
said-signed-content = signed content
said-signature = signature
said-daticert = daticert.xml
said-part-of-kind = { $known }, its { $phrase } alone
said-part = a { $known } alone

## Intact

said-over-bytes = { $algorithm } over the bytes as they came
said-altered = the signed bytes were altered
said-other-key = the signature is not by the key of its certificate
said-unreadable = the signature cannot be read: { $reason }
said-content-absent = what it signs is not here
said-unsupported = { $algorithm } is not supported by this program
said-no-certificate = the signer's certificate does not travel with the signature
said-unsigned = there is no signature
said-cut-off = the file ends inside the message: the rest was cut off, or never written
said-daticert-unsigned = daticert.xml by itself bears no signature
said-hidden = not all of it was read, and no signature in what was

## Origin

said-ordinary = no system of certified mail generated it
said-not-signed = it is not signed
said-valid-until = the signer's certificate was valid until { $at }, and only the message says that it came before: --at says when it did
said-revoked-by-now = the signer's certificate is revoked by now, and only the message says that it came before: --at says when it did
said-not-valid-then = the signer's certificate is not valid at the time that the message claims, or now where it claims none: --at says when it came
said-nothing-attested = what it signs is not here, and nothing in it stands for that
said-not-holding = the signature does not hold
said-no-directory = no providers' directory is at hand
said-half-listed = hash and certificate do not agree in the directory's record of { $provider }
said-not-listed = the directory does not list the signer's certificate
said-perhaps-not-listed = the directory at hand, of another day or not all of it, does not list the signer's certificate
said-no-anchors = no trust anchors are at hand

## Certification paths

said-path-untold = the certification path cannot be followed: { $phrase }
said-no-path = no certification path leads to a trusted root: { $phrase }
said-outside-validity = the certificate is not valid at { $at }: valid from { $at-first } to { $at-last }
said-revoked = the certificate is revoked
said-stale-list = the revocation list is out of date: the next one was due by { $at }
said-unusable-list = no revocation list tells of the certificate; of one by its issuer: { $phrase }
said-no-list = no revocation list covers the certificate
said-issuer-absent = the issuer of { $subject } is not at hand
said-root-validity = the root at hand is { $known }
said-validity = valid from { $at-first } to { $at-last } only
said-not-by-authority = the certificate of { $subject } is not signed by the authority that it names
said-not-by-issuer = the signature on the certificate of { $subject } is not its issuer's

## Form

said-part-right = nothing is wrong with the { $phrase }; the rest of the message is not here
said-rule-broke = rule { $rule } broke
said-not-read = not all of it was read
said-no-rule = no rule applies to it
said-first-and-more = { $rule } and { $count } more

## What became of a recipient

said-delivered = delivered { $at }
said-delivered-once = delivered
said-not-delivered-virus-once = not delivered, a virus was found
said-not-delivered-why-once = not delivered: { $code }
said-not-delivered-once = not delivered
said-taken-for-lost-once = taken for lost
said-delayed-once = delayed
said-virus-once = a virus was found
said-taken-over-once = taken over by its provider
said-not-accepted-once = not accepted
said-not-delivered-virus = not delivered { $at }, a virus was found
said-not-delivered-why = not delivered { $at }: { $code }
said-not-delivered = not delivered { $at }
said-taken-for-lost = taken for lost { $at }
said-delayed = delayed { $at }
said-virus = a virus was found { $at }
said-taken-over = taken over by its provider { $at }
said-not-accepted = not accepted { $at }
said-nothing-tells = ordinary mail: nothing tells
said-nothing-since = nothing seen after the acceptance
said-nothing = nothing seen

## Complete

said-no-view = no --view says whose mailboxes these messages are from
said-as-seen = as seen from { $known }
said-and = { $known } and { $known-other }
said-missing-more = no { $known } in { $known-view } and { $count } more
said-missing = no { $known } in { $known-view }
said-not-for-sender = nothing of it is for the sender, whose mailbox this is said to be
said-doubtful = what is missing may be a message that is here, and that no listed provider signed as it stands
said-may-come = what is not there may come until { $at }
said-when-unknown = when it was sent is not known
said-delivery-for = delivery or non-delivery for { $address }
said-senders-mailbox = the sender's mailbox
said-recipients-mailboxes = the recipients' mailboxes
said-service-mailbox = the sending provider's service mailbox
said-archive = a provider's archive
said-wires = the wires
said-logs = the logs
said-submission = submission { $identifier }
said-without-identifier = submission without an identifier

## What is judged by, and what else is judged

said-record = { $count } record
said-records = { $count } records
said-directory-of = directory of { $known-records }, { $known }
said-signed-by = signed by { $signer }
said-signed-by-unknown = signed, without the signer's certificate
said-directory-unsigned = not signed
said-certificate-listed = certificate of { $subject }, valid { $at-first } to { $at-last }, listed for { $provider }, { $phrase }
said-certificate = certificate of { $subject }, valid { $at-first } to { $at-last }, { $phrase }
said-path-not-verified = path not verified: { $phrase }
said-trusted = it leads to a trusted root
said-not-trusted = not trusted: { $phrase }

## Declared deviations

said-deviation-found = it was found
said-deviation-not-asked = nothing was asked that could show it
said-deviation-not-there = it was looked for and is not there
said-deviation-expired = its last day has passed
said-deviation-unknown = nobody bears the subject's name
