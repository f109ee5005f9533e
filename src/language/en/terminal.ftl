# What the terminal's pages of runs and checks say in English. The Italian is in ../it/terminal.ftl.

## Counts

count-violation = { $count ->
    [one] 1 violation
   *[other] { $count } violations
}
count-finding = { $count ->
    [one] 1 finding
   *[other] { $count } findings
}
count-warning = { $count ->
    [one] 1 warning
   *[other] { $count } warnings
}
count-note = { $count ->
    [one] 1 note
   *[other] { $count } notes
}
count-message = { $count ->
    [one] 1 message
   *[other] { $count } messages
}
count-submission = { $count ->
    [one] 1 submission
   *[other] { $count } submissions
}
count-time = { $count ->
    [one] 1 time
   *[other] { $count } times
}
count-unmet = { $count ->
    [one] 1 expectation not met
   *[other] { $count } expectations not met
}
count-internal-error = { $count ->
    [one] 1 internal error
   *[other] { $count } internal errors
}
count-failure = { $count ->
    [one] 1 failure
   *[other] { $count } failures
}
count-entry = { $count ->
    [one] 1 entry
   *[other] { $count } entries
}

tty-no-violation = no violation
tty-no-finding = no finding

## Labels: at most nine characters, beside those of findings

tty-by = by
tty-judged = judged
tty-together = together
tty-rules = rules
tty-findings = findings
tty-unasked = unasked
tty-required = required
tty-declared = declared
tty-result = result
tty-left-out = left out
tty-plays = plays
tty-next = next
tty-to = to
tty-seen = seen
tty-missing = missing
tty-complete = complete
tty-found = found

## Labels of findings: at most twelve characters

finding-clause = clause
finding-reading = reading
finding-expected = expected
finding-found = found
finding-where = where
finding-line = line { $number }
finding-blame = to blame
finding-declared = declared
finding-consequence = consequence
finding-evidence = evidence
finding-seen-in = seen in
finding-again = again

finding-declared-until = until { $day } by { $owner }: { $reason }
finding-times = { $times } in all
finding-times-in = { $times } in all, also in { $places }
finding-times-in-more = { $times } in all, also in { $places }, and { $more } more

## Findings that are told together

tty-untold = More than is read: nobody's fault, and never called right
tty-warnings = Fails nothing without --strict
tty-notes = Fails nothing without --strict=notes
tty-more-findings = { $findings } more of other kinds: --format json tells of each

## A check

tty-held = { $what } in { $from }
tty-held-count = { $count } { $what } in { $from }
tty-held-of = { $held } of { $at }
tty-held-undated = { $held } of no known day
tty-line = { $name }: { $verdict }; { $what }
tty-kind-and-answers = { $kind }, { $answers }
tty-mail = mail, no system-generated message
tty-unjudged = { $name }: could not be judged: { $reason }
tty-from = from { $sender }
tty-to-whom = to { $recipients }
tty-to-more = to { $recipients } and { $more } more
tty-subject = “{ $subject }”
tty-signed = signed by { $subject }; issued by { $issuer }
tty-answers = intact { $intact }, origin { $origin }, form { $form }
tty-yes-by = yes ({ $provider })
tty-why = { $question } { $answer }: { $why }
tty-references-wrong = In what messages are judged by; it fails none of them
tty-origins-hint = Origins that cannot be told are no findings. Who signed can be told with --trust (a folder of certificates and revocation lists) and --directory (the providers' LDIF).
tty-left-out-line = { $count } × { $why }: { $names }
tty-left-out-more = { $count } × { $why }: { $names } and { $more } more
tty-judged-of = { $judged } ({ $messages })
tty-and-unjudged = { $count } could not be judged
tty-and-left-out = { $count } left out
tty-and-wrong = { $count } with something wrong
tty-and-untold = { $count } beyond what is read
tty-and-missed = { $count } announced and not found again
tty-and-broke = { $count ->
    [one] 1 rule broke
   *[other] { $count } rules broke
}
tty-not-in-force = { $count } not in force as of { $day }
tty-latest = latest
tty-unasked-of = { $name }: no rule applies to anything in it
tty-and-more-given = and { $more } more of what was given
tty-required-of = { $question }: { $yes } yes, { $no } no, { $untold } cannot be told
tty-exit = { $meaning } (exit code { $code })

## A submission

tty-submission = { $name }: { $verdict }; complete { $complete }
tty-recipient = { $address }: { $outcome }
tty-recipient-of = { $address } ({ $typology }): { $outcome }
tty-seen-in = { $kind } in { $name }
tty-mail-kind = mail
tty-missing-from = { $what } ({ $view })
tty-complete-why = { $answer }: { $why }
tty-contradicts = { $severity } { $rule }: expected { $expected }; found { $found }
tty-and-more = and { $more } more
tty-more-submissions = { $submissions } more: --format json tells of each
tty-more-submissions-wrong = { $submissions } more, { $wrong } of them with something missing or wrong: --format json tells of each

## A run

tty-legend = p passed, F failed, E error, s skipped, - not played
tty-not-played = not played
tty-errors = No verdict, for trouble of the harness or a target
tty-skipped = Skipped, which is not passed
tty-choices = Where the norm leaves a choice, taken was
tty-worth-knowing = Worth knowing
tty-play-counts = { $planned } = { $passed } passed + { $failed } failed + { $error } error + { $skipped } skipped
tty-plus-not-played = { $count } not played
tty-fail-fast = stopped at the first failure, as asked
tty-interrupted = interrupted: this report is incomplete
tty-rule-counts = { $all } = { $applied } exercised + { $idle } not exercised
tty-finding-counts = { $violations }, { $warnings }, { $notes }, { $unmet }
tty-share-conforming = { $meaning } in { $passed } of { $played } played, { $skipped } skipped
tty-share-failing = { $meaning }; conforming in { $passed } of { $played } played, { $skipped } skipped

## The progress of a run

progress-left = { $time } left
progress-failed = { $count } failed
progress-stopping = { $count ->
    [one] stopping: 1 scenario still being played, then the reports; Ctrl-C again ends it at once
   *[other] stopping: { $count } scenarios still being played, then the reports; Ctrl-C again ends them at once
}

## Declared deviations

tty-declared-not-so = Declared in { $file } and not so, which fails too
tty-not-declared = Not declared: what is accepted for a while goes under `deviations:`, with a reason and an owner
tty-deviation = { $rule } of { $subject } ({ $place }): { $why }
tty-expectations = expectations
tty-deviation-gone = it was looked for and is not there any more: take the entry out
tty-deviation-gone-in = it is not there in { $scenarios }: take them out of the entry
tty-deviation-expired = it expired on { $day }, and was found { $times } since: mend it, or let { $owner } decide anew
tty-deviation-unknown = nobody bears that name here: mend the subject, or take the entry out
tty-more-json = and { $more } more: --format json tells of each
tty-declared-counts = { $failures } declared, { $undeclared } not; { $entries } = { $found } found + { $unasked } not asked for + { $failing ->
    [one] 1 that fails
   *[other] { $failing } that fail
}
