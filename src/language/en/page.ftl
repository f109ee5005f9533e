# What a page to look at says in English. The Italian is in ../it/page.ftl; a test holds them to the same texts.

language = Language
skip = To the content
printed = Print
scripts-off = Without scripts the page shows everything; the filters need them.

## A run

run-title = Report of a run
verdict-0 = Conforming
verdict-1 = Non-conformity
verdict-2 = Usage or configuration error
verdict-3 = Trouble, no verdict
verdict-4 = Nothing was exercised
verdict-5 = Cannot be told
exit-code = exit code
fail-fast = Stopped at the first failure, as asked: the rest was not played.
interrupted = Interrupted: this report is incomplete.

plays = { $count ->
    [one] play
   *[other] plays
}
passed = { $count ->
   *[other] passed
}
failed = { $count ->
   *[other] failed
}
error = error
skipped = { $count ->
   *[other] skipped
}
not-played = { $count ->
   *[other] not played
}
violations = { $count ->
    [one] violation
   *[other] violations
}
warnings = { $count ->
    [one] warning
   *[other] warnings
}
notes = { $count ->
    [one] note
   *[other] notes
}
unmet = { $count ->
    [one] expectation not met
   *[other] expectations not met
}
untold = more than is read
broken-rules = { $count ->
    [one] rule that broke
   *[other] rules that broke
}
rules-exercised = { $count ->
    [one] rule exercised
   *[other] rules exercised
}

about = About this run
started = started
took = took
suite = suite
rule-set = set of rules
norm-of = norm of
latest = the latest
strictness = fails
strict-violations = violations
strict-warnings = violations and warnings
strict-notes = violations, warnings and notes
shard = part
part-plays = { $count ->
    [one] play of the whole
   *[other] plays of the whole
}
other-reports = other reports of it

## The matrix and its filters

matrix = Who played what
matrix-help = A letter tells how each scenario ended for each ordered pair; it leads to the play.
filters = Filters
filters-help = A rule selects the plays in which it was put to something; with a level or a side, those in which it found something of that kind.
filter-text = text
filter-outcome = outcome
filter-family = family
filter-rule = rule
filter-level = level
filter-side = side
any = any
clear = Clear
shown = shown:
of = of
scenario = scenario
level-violation = violation
level-warning = warning
level-note = note
level-unmet = expectation not met
level-untold = cannot tell
level-broken = internal error
side-sender = sender
side-receiver = receiver
side-second-receiver = second receiver
side-posta = ordinary mail host
side-harness = the harness
side-undetermined = cannot be told

## Findings

findings = What was found
findings-filtered = Nothing in what the filters leave in view.
no-findings = Nothing is wrong in what was played.
findings-help = The same rule broken by the same party is told once, with where it was seen.
expected = expected
found = found
where = where
line = line
to-blame = to blame
consequence = consequence
clause = clause
reading = reading
evidence = evidence
declared = declared
seen-in = seen in
times = times in all
and-more = { $count ->
   *[other] more
}
further-findings = { $count ->
    [one] more finding of another kind; run.jsonl tells of it.
   *[other] more findings of other kinds; run.jsonl tells of each.
}

## Changes

changes = Since the run before
changes-none = No play changed.
changes-other-rules = The two runs were not judged alike (rules, norm or program differ): what changed may be theirs.
change = change
change-worse = worse
change-better = better
change-other = other
change-new = new
change-gone = gone
changes-same = { $count ->
   *[other] the same in both
}
before = before
now = now
play = play
found-oftener = found

## What was not

not-exercised = What was not exercised
not-exercised-help = A rule that inspected nothing in the whole run is not passed either.
not-exercised-none = Every rule inspected something.
not-in-force = Not in force on the norm's day
skipped-why = Skipped, which is not passed
error-why = No verdict, for trouble of the harness or a target
rule = rule
question = question
plays-of-it = plays
reason = reason

## Declared deviations

deviations = Declared deviations
deviation-stands = how it stands
deviation-until = until
deviation-owner = owner

## The norm

norm = Coverage of the norm
norm-help = Every clause, and what this run shows of it.
norm-held = held
norm-broken = broken
norm-warned = not followed
norm-played = played
norm-idle = not exercised
norm-untested = not testable
norm-past = not in force
norm-subjects = put to
norm-says = what it says
norm-state = in this run

## A play

outcome-passed = passed
outcome-failed = failed
outcome-error = error
outcome-skipped = skipped
back = All plays
again = To play it again
happened = What happened
happened-help = Messages between the parties, in the order in which they were seen, mailboxes after the wires; the times are those of the legal clock, from the first message on.
users-of = users of
nothing-seen = Nothing was seen.
by-harness = put in on purpose by the harness
virus-store = into the virus store
session-refused = a session without a message
submitted-mail = original message
ordinary-mail = ordinary mail
choices = Where the norm leaves a choice, taken was
worth-knowing = Worth knowing
tale = Message by message
tale-help = Identifiers and times have names here, equal for equal things.
sessions = SMTP sessions
service-submission = access point, STARTTLS
service-submissions = access point, TLS
service-incoming = incoming point
service-ordinary = ordinary mail
in-clear = in clear
judged-by = { $count ->
    [one] rule was put to what was seen
   *[other] rules were put to what was seen
}
files = evidence
left-out = Left out here, to keep this page small; the evidence has it.
left-out-gone = Left out here, to keep this page small; the evidence was not kept.

## Kinds of messages

kind-accettazione = acceptance
kind-non-accettazione = non-acceptance
kind-non-accettazione-virus = non-acceptance for a virus
kind-presa-in-carico = server-server acceptance
kind-avvenuta-consegna = delivery
kind-preavviso-errore-consegna = timeout notice
kind-errore-consegna = non-delivery
kind-errore-consegna-virus = non-delivery for a virus
kind-rilevazione-virus = virus detection
kind-posta-certificata = transport envelope
kind-anomalia = anomaly envelope

## The page to begin at

start-title = Check certified mail
start-lead = Receipts, envelopes, mailboxes (mbox), zips and folders: of each message and each submission the page tells whether it is intact, who signed it, whether it has the form prescribed, and whether everything is there.
start-private = Nothing of a message is kept, and nothing leaves the computer that this program runs on: the report stays in this tab until it is closed.
start-what = What to check
start-drop = Drop messages, an mbox, a zip or a folder here, or choose them.
start-files = files
start-folder = a folder
start-most = At most, in all,
start-chosen = Files chosen:
start-unread = Your browser could not read these, so they are not checked:
start-view = Whose mailbox they are from
start-whose = mailbox
start-nobody = not known
start-sender = the sender's
start-recipient = the recipient's
start-both = of both
start-view-help = Only then can be told whether something is missing.
start-held = What it is judged by
start-unheld = There is no trusted certificate and no providers' directory: without them who signed cannot be told.
start-more = for this check also
start-more-help = Trusted certificates, revocation lists (PEM, DER) or the providers' directory (LDIF, also signed): they count for this check and are then forgotten. To keep them: pec-conformance reference add.
start-check = Check
start-sending = Being read…
start-judging = Being judged…
start-nothing = Nothing was chosen.
start-large = It is more than is taken at once.
start-busy = Other checks are under way: try again in a moment.
start-trouble = The check did not succeed.
start-again = Check something else

## A check

check-title = What was checked
check-0 = No violation found
check-1 = Something is wrong
check-2 = Not everything could be looked at
check-3 = Trouble, no verdict
check-4 = Nothing was asked of what was given
check-5 = A required answer cannot be told
check-help = Of each message and submission four answers: yes (✓), no (✗), or it cannot be told (?). A line leads to a page that can be printed.
messages = { $count ->
    [one] message
   *[other] messages
}
message = message
submissions = { $count ->
    [one] submission
   *[other] submissions
}
submission = submission
not-judged = { $count ->
   *[other] could not be judged
}
aside = { $count ->
   *[other] left out
}
wrong-ones = with something wrong
kind = kind
file = file
subject = subject
sender = sender
recipients = recipients
recipient = recipient
date = date
date-certified = certified
date-claimed = claimed by its header, certified by nobody
provider = provider
signer = signed by
issuer = issued by
no-provider = not proved
msgid = PEC identifier
accepted = accepted
typology = mailbox
outcome = what became of it
seen = what is here
missing = What is missing
missing-none = Nothing is missing of what could be seen from here.
missing-untold = Nobody said whose mailbox the messages come from: what is missing cannot be told.
four-answers = The four answers
intact = intact
origin = origin
form = form
complete = complete
q-intact = Is it unaltered?
q-origin = Does a listed provider of certified mail stand behind it?
q-form = Is it as the norm wants it?
q-complete = Is everything of its submission there?
answer-yes = yes
answer-no = no
answer-untold = cannot tell
answer-none = not asked
intact-yes = The signature holds over these bytes: nothing was changed since.
intact-no = It was altered after it was signed, or it was never signed.
intact-untold = Whether it was altered cannot be told.
origin-yes = It was signed by a provider that is listed in the directory.
origin-no = No listed provider signed it: it proves nothing.
origin-untold = Who signed it cannot be told by what is at hand.
form-yes = It is as the norm wants it.
form-no = Something in it is not as the norm wants it: see what was found.
form-untold = Whether it is as the norm wants it cannot be told.
complete-yes = Everything is there that should be seen.
complete-no = Something is not there that should be seen.
complete-untold = Whether everything is there cannot be told.
complete-none = It belongs to no submission that was put together.
filter-kind = kind
filter-answer = answers
all-yes = all yes
any-no = a no
any-untold = one that cannot be told
held-against = judged by
held-against-nothing = no roots, no directory: who signed cannot be told (--trust, --directory, or reference add)
directory = directory
trusted-certificates = { $count ->
    [one] trusted certificate
   *[other] trusted certificates
}
revocation-lists = { $count ->
    [one] revocation list
   *[other] revocation lists
}
reference-wrong = In what messages are judged by; it fails none of them
part-alone = a part of a message alone
other-thing = no message
checked-at = checked
more-entries = { $count ->
    [one] more, told of in no page here: --format json tells of it.
   *[other] more, told of in no page here: --format json tells of each.
}
back-check = Back to the list
asked-for = required
show-more = Show more
pages = Pages of what was judged:
