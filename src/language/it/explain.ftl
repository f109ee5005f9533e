# Ciò che `explain` e `list` dicono in italiano. L'inglese sta in ../en/explain.ftl.

## Che cos'è

explain-rule = regola
explain-clause = clausola
explain-scenario = scenario
explain-fault = difetto
explain-term = termine

## Etichette: al più dodici caratteri

label-asked-of = si chiede di
label-asked-where = si chiede se
label-if-not = se no
label-consequence = conseguenza
label-clause = clausola
label-reading = lettura
label-passes = è giusto
label-fails = è sbagliato
label-proved-by = provata da
label-planted-in = seminato in
label-written-in = sta in
label-binds = vincola
label-if-broken = se violata
label-in-force = in vigore
label-asked-by = regole
label-played-by = scenari
label-not-checked = non provata
label-as-written = il testo
label-beside = oltre a ciò
label-faults = difetti
label-play-it = si esegue
label-made-in = si fa in
label-message = messaggio
label-edit = la modifica
label-reported = segnalato da
label-but = ma
label-prove-it = si prova
label-see-also = si veda
label-nothing = {""}
label-italian = in italiano
label-english = in inglese
label-in-mail = nella posta
label-also = altri nomi

## Che cosa si chiede, e di che cosa

asked-message = ogni messaggio generato dal sistema di un gestore a cui si applica
asked-limits = ogni messaggio generato dal sistema di un gestore; ciò che trova è un *non si può dire*, e non fa fallire nessuno
asked-certificate = ogni certificato di firma
asked-dialogue = ogni sessione SMTP
asked-directory = l'indice dei gestori, in ogni sua versione
asked-log = il registro di ogni gestore
asked-transaction = tutto ciò che appartiene a un invio, preso insieme
asked-where-seen = si possono vedere: { $places }; dopo { $hours } ore dall'invio, o più tardi
asked-and = { $one } e { $other }

must = una violazione: la norma dice DEVE (MUST), e l'esecuzione fallisce
should = un avvertimento: la norma dice DOVREBBE (SHOULD), e l'esecuzione fallisce solo con --strict
may = una nota: la norma lascia liberi; l'esecuzione fallisce solo con --strict=notes

## Clausole

binds-access-point = il punto di accesso
binds-incoming-point = il punto di ricezione
binds-delivery-point = il punto di consegna
binds-provider = il gestore
binds-directory = l'indice dei gestori
binds-certificate = il certificato
binds-client = il programma di posta dell'utente
binds-operator = il gestore come organizzazione
force-from = dal { $day }
force-until = fino al { $day }
force-from-until = dal { $day } al { $last }
untested-not-observable = non osservabile
untested-contractual = contrattuale
untested-about-humans = riguarda le persone
untested-about-hardware = riguarda locali e macchine
untested-needs-official-directory = serve l'indice ufficiale
untested-why = { $reason }: { $why }

## Scenari e difetti

entry-says = { $id }: { $says }
scenario-beside = ogni regola si applica a ogni messaggio, sessione, registro e indice che si osserva
fault-made-in = le prove raccolte dello scenario { $id }: { $title }
fault-in-scenario = nello scenario { $id }: { $title }
fault-passes = { $what } nello scenario { $id }: { $title }
fault-the-kind = { $kind }
fault-what-is-seen = ciò che si vede
fault-fails = lo stesso con una cosa sbagliata ({ $id }): { $title }
fault-nobody = nessuna regola, com'è giusto: gestori veri lo fanno, e la norma lo consente
fault-impossible = non si può fare
fault-silent = non si segnala nulla
fault-reported = segnalato da { $rules }
fault-otherwise = { $direction } { $what }: { $why }
fault-see-also = il difetto con questo nome: explain faults/{ $id }
list-more = { $ids }, e ancora { $more }
count-fault = { $count ->
    [one] un difetto
   *[other] { $count } difetti
}
count-scenario = { $count ->
    [one] uno scenario
   *[other] { $count } scenari
}
count-rule = { $count ->
    [one] una regola
   *[other] { $count } regole
}
