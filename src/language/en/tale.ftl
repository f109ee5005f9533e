# What happened in a play, as its tale tells it. A test holds that the tale says each; only the page of a play reads them back.

## What happens

tale-put-in = At { $time }, `{ $name }` is put in at { $place }: { $from } to { $to }.
tale-clock = The clock moves on by { $time }.
tale-from-now = From now on:
tale-client = A client talks to { $place }.
tale-choice = The norm leaves a choice. Taken: { $phrase }
tale-nothing = Nothing arrives.
tale-wires = On the wires:
tale-receives = { $place } receives { $phrase }

## What changes

tale-sees = { $who } sees viruses
tale-misses = { $who } misses viruses
tale-first-certificate = { $who } signs with its first certificate
tale-renewed-certificate = { $who } signs with its renewed certificate
tale-out-of-reach = { $who } is out of reach for { $time }
tale-mailbox = { $mailbox } is { $known }
tale-restarted = { $who } starts again from its journal
tale-delisted = the directory lists the first certificate of { $who } no more
tale-revoked = the first certificate of { $who } is revoked
tale-moved = the domain of the users of { $from } goes over to { $to }
tale-enabled = enabled
tale-disabled = disabled
tale-full = full
tale-refuses = { $known }, refuses ordinary mail
tale-forwards = { $known }, forwards to { $mailbox }
tale-notifies = { $known }, notifies { $mailbox }

## What a message is

tale-about-nothing = { $what } about nothing that was sent here
tale-for = { $phrase } for { $phrase-who }
tale-hours = { $phrase }, { $hours } hours
tale-code = { $phrase }, error { $code }
tale-no-code = { $phrase }, no error code
tale-wire = { $from } -> { $to }, T+{ $time }, { $phrase }, from { $sender } to { $recipients }
tale-times = { $phrase }, { $count } times

## What a scenario expects, and what came

tale-in = { $phrase } in { $place }
tale-at = { $phrase } at { $place }
tale-nothing-more = nothing more
tale-nothing-of-the-kind = nothing of the kind
tale-answer = the answer { $answers }
tale-offers = an answer that offers { $keyword }
tale-no-session = no such session since the step before
tale-closed = the connection closed
tale-no-answer = no answer in time

## Below what happens

line-accepted = everything accepted
line-closed = < the connection closed
line-no-answer = < no answer in time
line-so-are = and so are { $count } more like it
line-and-more = and { $count } more like it
line-above = as told above, where { $phrase }
line-certification = certification data
line-not-readable = certification data: not readable
line-against-dtd = against the DTD at { $path }: { $what }
line-signature = signature: { $known }, { $digest }, { $form }, { $known-claimed }, signer { $known-path }, { $known-listed }
line-bare-signature = signature: { $known }, { $digest }, { $form }
line-only-signature = signature: { $known }
line-unreadable = unreadable
line-valid = valid
line-other-content = the content is not what was signed
line-not-signers = not the signer's
line-without-certificate = without the signer's certificate
line-without-content = without what it signs
line-not-verifiable = not verifiable: { $what }
line-broken = broken
line-signed-at = signed at { $time }
line-no-signing-time = no signing time
line-trusted = trusted
line-not-trusted = not trusted: { $phrase }
line-listed = listed for { $name }
line-unlisted = in no directory
