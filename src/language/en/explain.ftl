# What `explain` and `list` say in English. The Italian is in ../it/explain.ftl.

## What it is

explain-rule = rule
explain-clause = clause
explain-scenario = scenario
explain-fault = fault
explain-term = term

## Labels: at most twelve characters

label-asked-of = asked of
label-asked-where = asked where
label-if-not = if not
label-consequence = consequence
label-clause = clause
label-reading = reading
label-passes = passes
label-fails = fails
label-proved-by = proved by
label-planted-in = planted in
label-written-in = written in
label-binds = binds
label-if-broken = if broken
label-in-force = in force
label-asked-by = asked by
label-played-by = played by
label-not-checked = not checked
label-as-written = as written
label-beside = beside that
label-faults = faults in it
label-play-it = play it
label-made-in = made in
label-message = message
label-edit = the edit
label-reported = reported by
label-but = but
label-prove-it = prove it
label-see-also = see also
label-nothing = {""}
label-italian = in Italian
label-english = in English
label-in-mail = in mail
label-also = also called

## What is asked, and of what

asked-message = each message that a provider's system generates, where it applies
asked-limits = each message that a provider's system generates; what it finds is *cannot tell*, and fails nobody
asked-certificate = each signing certificate
asked-dialogue = each SMTP session
asked-directory = the providers' directory, each version
asked-log = each provider's log
asked-transaction = everything that belongs to one submission, taken together
asked-where-seen = { $places } can be seen, { $hours } hours after the submission or later
asked-and = { $one } and { $other }

must = a violation: the norm says MUST, and a run fails
should = a warning: the norm says SHOULD, and a run fails only with --strict
may = a note: the norm leaves it free; a run fails only with --strict=notes

## Clauses

binds-access-point = the access point
binds-incoming-point = the incoming point
binds-delivery-point = the delivery point
binds-provider = the provider
binds-directory = the directory
binds-certificate = the certificate
binds-client = the client
binds-operator = the operator
force-from = from { $day }
force-until = until { $day }
force-from-until = from { $day } until { $last }
untested-not-observable = not observable
untested-contractual = contractual
untested-about-humans = about humans
untested-about-hardware = about hardware
untested-needs-official-directory = needs official directory
untested-why = { $reason }: { $why }

## Scenarios and faults

entry-says = { $id }: { $says }
scenario-beside = every rule is put to every message, session, log and directory that is observed
fault-made-in = the evidence of scenario { $id }: { $title }
fault-in-scenario = in scenario { $id }: { $title }
fault-passes = { $what } in scenario { $id }: { $title }
fault-the-kind = the { $kind }
fault-what-is-seen = what is seen
fault-fails = the same with one thing wrong ({ $id }): { $title }
fault-nobody = no rule, as it must be: real providers do this, and the norm lets them
fault-impossible = it cannot be made
fault-silent = nothing is reported
fault-reported = reported by { $rules }
fault-otherwise = { $direction } { $what }: { $why }
fault-see-also = the fault of this name: explain faults/{ $id }
list-more = { $ids }, and { $more } more
count-fault = { $count ->
    [one] 1 fault
   *[other] { $count } faults
}
count-scenario = { $count ->
    [one] 1 scenario
   *[other] { $count } scenarios
}
count-rule = { $count ->
    [one] 1 rule
   *[other] { $count } rules
}
