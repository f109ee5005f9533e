# Ciò che le pagine del terminale su esecuzioni e verifiche dicono in italiano. L'inglese sta in ../en/terminal.ftl.

## Quantità

count-violation = { $count ->
    [one] una violazione
   *[other] { $count } violazioni
}
count-finding = { $count ->
    [one] un rilievo
   *[other] { $count } rilievi
}
count-warning = { $count ->
    [one] un avvertimento
   *[other] { $count } avvertimenti
}
count-note = { $count ->
    [one] una nota
   *[other] { $count } note
}
count-message = { $count ->
    [one] un messaggio
   *[other] { $count } messaggi
}
count-submission = { $count ->
    [one] un invio
   *[other] { $count } invii
}
count-time = { $count ->
    [one] una volta
   *[other] { $count } volte
}
count-unmet = { $count ->
    [one] un'attesa non soddisfatta
   *[other] { $count } attese non soddisfatte
}
count-internal-error = { $count ->
    [one] un errore interno
   *[other] { $count } errori interni
}
count-failure = { $count ->
    [one] un difetto
   *[other] { $count } difetti
}
count-entry = { $count ->
    [one] una voce
   *[other] { $count } voci
}

tty-no-violation = nessuna violazione
tty-no-finding = nessun rilievo

## Etichette: al più nove caratteri, oltre a quelle dei rilievi

tty-by = in base a
tty-judged = esaminati
tty-together = insieme
tty-rules = regole
tty-findings = rilievi
tty-unasked = a vuoto
tty-required = richieste
tty-declared = noti
tty-result = esito
tty-left-out = esclusi
tty-plays = prove
tty-next = seguito
tty-to = a
tty-seen = presenti
tty-missing = mancano
tty-complete = completo
tty-found = trovato

## Etichette dei rilievi: al più dodici caratteri

finding-clause = clausola
finding-reading = lettura
finding-expected = atteso
finding-found = trovato
finding-where = dove
finding-line = riga { $number }
finding-blame = a carico di
finding-declared = dichiarato
finding-consequence = conseguenza
finding-evidence = file
finding-seen-in = visto in
finding-again = ancora

finding-declared-until = fino al { $day }, da { $owner }: { $reason }
finding-times = { $times } in tutto
finding-times-in = { $times } in tutto, anche in { $places }
finding-times-in-more = { $more ->
    [one] { $times } in tutto, anche in { $places } e in un altro
   *[other] { $times } in tutto, anche in { $places } e in altri { $more }
}

## Rilievi detti insieme

tty-untold = Oltre quanto si legge: non è colpa di nessuno, e non si dice mai giusto
tty-warnings = Senza --strict non fa fallire nulla
tty-notes = Senza --strict=notes non fa fallire nulla
tty-more-findings = Di altro genere ancora: { $findings }; --format json riporta tutto

## Una verifica

tty-held = { $what }: { $from }
tty-held-count = { $count } { $what }: { $from }
tty-held-of = { $held }, del { $at }
tty-held-undated = { $held }, di data sconosciuta
tty-line = { $name }: { $verdict }; { $what }
tty-kind-and-answers = { $kind }; { $answers }
tty-mail = posta ordinaria, non generata da un sistema di posta certificata
tty-unjudged = { $name }: non si è potuto giudicare: { $reason }
tty-from = da { $sender }
tty-to-whom = a { $recipients }
tty-to-more = { $more ->
    [one] a { $recipients } e un altro
   *[other] a { $recipients } e altri { $more }
}
tty-subject = «{ $subject }»
tty-signed = firmato da { $subject }; certificato rilasciato da { $issuer }
tty-answers = integro: { $intact }, origine: { $origin }, forma: { $form }
tty-yes-by = sì ({ $provider })
tty-why = { $question }: { $answer } ({ $why })
tty-references-wrong = In ciò con cui i messaggi sono giudicati; non ne fa fallire alcuno
tty-origins-hint = Un'origine che non si può dire non è un rilievo. Per sapere chi ha firmato servono --trust (una cartella di certificati e liste di revoca) e --directory (l'indice dei gestori, LDIF).
tty-left-out-line = { $count } × { $why }: { $names }
tty-left-out-more = { $more ->
    [one] { $count } × { $why }: { $names } e un altro
   *[other] { $count } × { $why }: { $names } e altri { $more }
}
tty-judged-of = { $judged } ({ $messages })
tty-and-unjudged = { $count ->
    [one] { $count } non giudicabile
   *[other] { $count } non giudicabili
}
tty-and-left-out = { $count ->
    [one] { $count } escluso
   *[other] { $count } esclusi
}
tty-and-wrong = { $count } con qualcosa che non va
tty-and-untold = { $count } oltre quanto si legge
tty-and-missed = { $count ->
    [one] { $count } annunciato e non ritrovato
   *[other] { $count } annunciati e non ritrovati
}
tty-and-broke = { $count ->
    [one] una regola guasta
   *[other] { $count } regole guaste
}
tty-not-in-force = { $count } non in vigore al { $day }
tty-latest = giorno più recente
tty-unasked-of = { $name }: nessuna regola si applica a ciò che contiene
tty-and-more-given = { $more ->
    [one] e un altro di quanto è stato dato
   *[other] e altri { $more } di quanto è stato dato
}
tty-required-of = { $question }: { $yes } sì, { $no } no, { $untold ->
    [one] 1 che non si può dire
   *[other] { $untold } che non si possono dire
}
tty-exit = { $meaning } (codice di uscita { $code })

## Un invio

tty-submission = { $name }: { $verdict }; completo: { $complete }
tty-recipient = { $address }: { $outcome }
tty-recipient-of = { $address } ({ $typology }): { $outcome }
tty-seen-in = { $kind } in { $name }
tty-mail-kind = posta ordinaria
tty-missing-from = { $what } ({ $view })
tty-complete-why = { $answer }: { $why }
tty-contradicts = { $severity } { $rule }: atteso { $expected }; trovato { $found }
tty-and-more = { $more ->
    [one] e un altro
   *[other] e altri { $more }
}
tty-more-submissions = Non in vista: { $submissions }; --format json riporta tutto
tty-more-submissions-wrong = Non in vista: { $submissions }, { $wrong } con qualcosa che manca o non va; --format json riporta tutto

## Un'esecuzione

tty-legend = p superata, F fallita, E in errore, s saltata, - non eseguita
tty-not-played = non eseguita
tty-errors = Senza esito, per problemi del programma di prova o di un gestore
tty-skipped = Saltate, il che non vuol dire superate
tty-choices = Dove la norma lascia una scelta, è stata presa questa
tty-worth-knowing = Da sapere
tty-play-counts = { $planned } = { $passed ->
    [one] 1 superata
   *[other] { $passed } superate
} + { $failed ->
    [one] 1 fallita
   *[other] { $failed } fallite
} + { $error } in errore + { $skipped ->
    [one] 1 saltata
   *[other] { $skipped } saltate
}
tty-plus-not-played = { $count ->
    [one] { $count } non eseguita
   *[other] { $count } non eseguite
}
tty-fail-fast = fermata alla prima fallita, come richiesto
tty-interrupted = interrotta: questo rapporto è incompleto
tty-rule-counts = { $all } = { $applied ->
    [one] 1 applicata
   *[other] { $applied } applicate
} + { $idle ->
    [one] 1 non applicata
   *[other] { $idle } non applicate
}
tty-finding-counts = { $violations }, { $warnings }, { $notes }, { $unmet }
tty-share-conforming = { $meaning } in { $passed } su { $played ->
    [one] 1 eseguita
   *[other] { $played } eseguite
}, { $skipped ->
    [one] 1 saltata
   *[other] { $skipped } saltate
}
tty-share-failing = { $meaning }; conforme in { $passed } su { $played ->
    [one] 1 eseguita
   *[other] { $played } eseguite
}, { $skipped ->
    [one] 1 saltata
   *[other] { $skipped } saltate
}

## L'avanzamento di un'esecuzione

progress-left = ancora { $time }
progress-failed = { $count ->
    [one] 1 fallita
   *[other] { $count } fallite
}
progress-stopping = { $count ->
    [one] ci si ferma: finisce lo scenario in corso, poi i rapporti; con un altro Ctrl-C si tronca subito
   *[other] ci si ferma: finiscono i { $count } scenari in corso, poi i rapporti; con un altro Ctrl-C si tronca subito
}

## Deviazioni dichiarate

tty-declared-not-so = Dichiarate in { $file } e non riscontrate, il che fa fallire anch'esso
tty-not-declared = Non dichiarate: ciò che si accetta per un certo tempo va sotto `deviations:`, con un motivo e un responsabile
tty-deviation = { $rule } a carico di { $subject } ({ $place }): { $why }
tty-expectations = attese
tty-deviation-gone = si è cercata, e non c'è più: si tolga la voce
tty-deviation-gone-in = non c'è in { $scenarios }: si tolgano dalla voce
tty-deviation-expired = è scaduta il { $day }, e da allora è stata riscontrata { $times }: si corregga, o { $owner } decida di nuovo
tty-deviation-unknown = nessuno porta qui quel nome: si corregga il soggetto, o si tolga la voce
tty-more-json = { $more ->
    [one] e un'altra: --format json le riporta tutte
   *[other] e altre { $more }: --format json le riporta tutte
}
tty-declared-counts = { $failures } tra i dichiarati, { $undeclared } no; { $entries } = { $found ->
    [one] 1 riscontrata
   *[other] { $found } riscontrate
} + { $unasked ->
    [one] 1 non cercata
   *[other] { $unasked } non cercate
} + { $failing ->
    [one] 1 che fa fallire
   *[other] { $failing } che fanno fallire
}
