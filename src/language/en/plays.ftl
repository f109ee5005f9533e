# Why something was not played, or has no verdict. A test holds that the program says each.

reason-of = { $whose }: { $known }
reason-configuration = configuration: { $phrase }

## What a side cannot do

reason-no-virus-store = it does not show its virus store
reason-no-points = it does not show what reaches its points
reason-no-name = the harness cannot sign in its name
reason-clock = its clock cannot be moved; `clock` in its target file could say how
reason-virus-store = its virus store is not shown; `virus-store` in its target file could say where it is
reason-points = what reaches its points is not seen
reason-name = nobody else can sign in its name
reason-trust = it goes by its own directory and revocation lists
reason-second = it has no way to a second receiver; `second-incoming` below `counterpart` in its target file could be one
reason-secondary = no users in a secondary environment; `secondary` in its target file could name some
reason-set-up = a gateway in the state that the scenario gives it would have to be set up so
reason-changed = it would have to be changed while it is played with
reason-nobody-changes = nobody here changes it while it is played with
reason-copies = a mailbox that copies or tells of what arrives is none that a target file has
reason-mailbox = there is no mailbox `{ $user }`; `users` in its target file could have one
reason-state = there is no such mailbox; `{ $state }` below `states` in its target file could be one

## What somebody else's gateway is not sent unasked

reason-instant = it begins at an instant of its own, and the clocks of others show today
# Half a year and more.
reason-days = it takes { $days } days by the target's clock, and the other side's certificates end before: they hold for half a year from today; where earlier plays have taken most of it, set the clock back
reason-login = it logs in by another way than the one that a target file names
reason-allow = { $known } to somebody else's gateway only with `--allow { $option }`
reason-infected = infected messages go
reason-flooding = so much goes
reason-smuggling = what looks like the end of a message, and is none, goes

## Trouble

trouble-last-line = { $known }; the session's last line: { $line }
trouble-settling = nothing settled within { $time }
trouble-interrupted = the run was interrupted
trouble-out-of-reach = { $target }: { $host } is out of reach: { $phrase }
trouble-no-address = the name has no address
trouble-no-answer = no answer within { $time }
trouble-start = a host does not start: { $why }
trouble-start-again = { $target } does not start again: { $why }
trouble-mailboxes = the mailboxes at { $host }: { $known }
trouble-connection = no connection: { $why }
trouble-channel = the channel could not be secured: { $why }
trouble-login = login refused: { $why }
trouble-starttls = STARTTLS is not offered
trouble-eight-bit = 8BITMIME is not offered, and the message needs it
trouble-turned-away = turned away: { $why }
trouble-broke-off = the session broke off: { $why }
trouble-in-time = no answer in time
trouble-address = not an address: { $why }
trouble-tls = TLS did not come about between { $client } and { $server }: { $why }; TLS below 1.2 and suites without a certificate are out of reach here, and each must trust the other's certificate
trouble-clock = { $target }: its clock is { $time } behind that of { $other }, and { $known }; set that of { $first } back, or this one ahead
trouble-clock-command = its command of `clock` does not move it that far
trouble-clock-unmoved = it cannot be moved unless `clock` in its target file says how
trouble-command-late = the command `{ $program }`: has not ended within { $time }
trouble-command-start = the command `{ $program }` does not start: { $why }
trouble-command = the command `{ $program }`: { $why }
trouble-maildir = the Maildir { $path } cannot be read: { $why }
trouble-log = its log { $path } cannot be read: { $why }

## Worth knowing

note-second = { $name } plays the second receiver
note-late-notices = late notices were not waited for: { $phrase }
note-silence-alone = that nothing more came was concluded from { $time } of silence alone: no sentinel was taken
note-came = that nothing more came was concluded from a sentinel that came through { $known } and { $time } of silence
note-way = one way
note-ways = both ways
note-of-ways = { $taken } of { $ways } ways
note-sentinel = a sentinel did not come through within { $waited }; then { $time } of silence
note-mail-goes = { $name }: mail goes to its incoming point { $known }, as the target file says
note-clear = in clear
note-offered = over TLS where it offers STARTTLS, and else in clear
note-submission = { $name }: the certificate of its submission: { $known }
note-incoming = { $name }: the certificate of its incoming point: { $known }
note-fingerprint = known by its fingerprint alone
note-unverified = unverified, as the target file says
note-folder = { $name }: there is no folder { $folder }, in which its target file looks for Maildirs
note-earlier-one = one message of an earlier play of this run came late and was left alone, and not judged
note-earlier = { $count } messages of an earlier play of this run came late and were left alone, and not judged
note-other-run-one = one message of another run, as late ones of an earlier run are, was left alone, and not judged
note-other-run = { $count } messages of another run, as late ones of an earlier run are, were left alone, and not judged
note-stranger-one = one message of somebody else's was left alone, and not judged
note-stranger = { $count } messages of somebody else's were left alone, and not judged
note-turned-away = a stranger at { $phrase } and was turned away; nothing of it is judged
note-called = a stranger at { $phrase } without a message of the play; nothing of it is judged
note-relay = somebody at { $phrase } with messages of the play, and nobody is blamed for how; if it is a target's relay, `names` in its target file should have it
note-others = others whom nobody knows called
note-others-times = others whom nobody knows called { $count } times
note-calls-itself = { $address } that calls itself { $name } called { $phrase }
note-caller = { $address } called { $phrase }
note-times = { $name } { $count } times
note-put-off = what { $client } had for { $server } was put off, and taken at a later attempt: { $phrase }
note-waits = what { $client } had for { $server } waits to be handed over again: { $phrase }
note-refused = what { $client } had for { $server } was refused: { $phrase }
note-eight-bits = what { $client } had for { $server } needs 8BITMIME, which { $host } does not offer
note-said = { $server } said `{ $text }`
note-closed = { $server } closed the connection without an answer
note-broke-off = before it broke off { $phrase } at { $host }, and { $known }
note-unanswered = may have been taken: there was no answer
note-may-be-taken = may have been taken
note-was-taken = was taken
note-was-taken-in-part = was taken for some of them
note-was-not-taken = was not taken
note-went = { $phrase } went from <{ $from }> to { $to }
note-went-by-lines = what a host may take for a message went line by line to { $to }
note-no-id = a message without Message-ID
