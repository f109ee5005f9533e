# Che cosa è successo in una prova, messaggio per messaggio: l'italiano si trova dall'inglese.

## Che cosa succede

tale-put-in = A { $time }, `{ $name }` è inviato a { $place }: da { $from } a { $to }.
tale-clock = L'orologio avanza di { $time }.
tale-from-now = Da ora in poi:
tale-client = Un client parla con { $place }.
tale-choice = La norma lascia una scelta. È stata presa: { $phrase }
tale-nothing = Non arriva nulla.
tale-wires = Sulle connessioni:
tale-receives = { $place } riceve { $phrase }

## Che cosa cambia

tale-sees = { $who } vede i virus
tale-misses = a { $who } i virus sfuggono
tale-first-certificate = { $who } firma con il suo primo certificato
tale-renewed-certificate = { $who } firma con il certificato rinnovato
tale-out-of-reach = { $who } non si raggiunge per { $time }
tale-mailbox = { $mailbox }: { $known }
tale-restarted = { $who } si riavvia da ciò che ha registrato
tale-delisted = l'indice non elenca più il primo certificato di { $who }
tale-revoked = il primo certificato di { $who } è revocato
tale-moved = il dominio degli utenti di { $from } passa a { $to }
tale-enabled = attiva
tale-disabled = disattivata
tale-full = piena
tale-refuses = { $known }, rifiuta la posta ordinaria
tale-forwards = { $known }, inoltra a { $mailbox }
tale-notifies = { $known }, avvisa { $mailbox }

## Che cos'è un messaggio

tale-about-nothing = { $what } su nulla che si sia inviato qui
tale-for = { $phrase } per { $phrase-who }
tale-hours = { $phrase }, { $hours } ore
tale-code = { $phrase }, errore { $code }
tale-no-code = { $phrase }, senza codice di errore
tale-wire = { $from } -> { $to }, T+{ $time }, { $phrase }, da { $sender } a { $recipients }
tale-times = { $count ->
    [one] { $phrase }, una volta
   *[other] { $phrase }, { $count } volte
}

## Che cosa uno scenario si aspetta, e che cosa è venuto

tale-in = { $phrase } in { $place }
tale-at = { $phrase } a { $place }
tale-nothing-more = nient'altro
tale-nothing-of-the-kind = nulla del genere
tale-answer = la risposta { $answers }
tale-offers = una risposta che offre { $keyword }
tale-no-session = nessuna sessione del genere dal passo precedente
tale-closed = la connessione si è chiusa
tale-no-answer = nessuna risposta in tempo

## Sotto ciò che succede

line-accepted = tutto accettato
line-closed = < la connessione si è chiusa
line-no-answer = < nessuna risposta in tempo
line-so-are = { $count ->
    [one] e così un altro simile
   *[other] e così altri { $count } simili
}
line-and-more = { $count ->
    [one] e un altro simile
   *[other] e altri { $count } simili
}
line-above = come detto sopra, dove { $phrase }
line-certification = dati di certificazione
line-not-readable = dati di certificazione: non leggibili
line-against-dtd = contro la DTD in { $path }: { $what }
line-signature = firma: { $known }, { $digest }, { $form }, { $known-claimed }, firmatario { $known-path }, { $known-listed }
line-bare-signature = firma: { $known }, { $digest }, { $form }
line-only-signature = firma: { $known }
line-unreadable = illeggibile
line-valid = valida
line-other-content = il contenuto non è quello firmato
line-not-signers = non è del firmatario
line-without-certificate = senza il certificato di chi firma
line-without-content = senza ciò che firma
line-not-verifiable = non verificabile: { $what }
line-broken = guasta
line-signed-at = firmato a { $time }
line-no-signing-time = senza ora della firma
line-trusted = fidato
line-not-trusted = non fidato: { $phrase }
line-listed = nell'indice per { $name }
line-unlisted = in nessun indice
