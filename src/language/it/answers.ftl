# Ciò che il programma dice di messaggi e invii, in una parola o in una frase: l'italiano si trova dall'inglese.

## Esiti

said-conforming = conforme
said-no-violation = nessuna violazione trovata
said-non-conformity = non conforme
said-usage = errore d'uso, di configurazione o di scenario
said-trouble = infrastruttura: un sistema irraggiungibile, il programma stesso, un rapporto non scritto, un'esecuzione interrotta
said-nothing-selected = nulla è stato scelto o nulla è stato verificato
said-untold = una risposta richiesta non si può dare
said-not-holding-deviations = deviazioni dichiarate che non sussistono
said-not-conforming = { $count ->
    [one] non conforme, una dichiarata
   *[other] non conforme, { $count } dichiarate
}
said-and-not-holding = { $known }, e deviazioni dichiarate che non sussistono

## Tipi di messaggi, e loro parti

said-accettazione = { kind-accettazione }
said-non-accettazione = { kind-non-accettazione }
said-non-accettazione-virus = { kind-non-accettazione-virus }
said-presa-in-carico = { kind-presa-in-carico }
said-avvenuta-consegna = { kind-avvenuta-consegna }
said-preavviso-errore-consegna = { kind-preavviso-errore-consegna }
said-errore-consegna = { kind-errore-consegna }
said-errore-consegna-virus = { kind-errore-consegna-virus }
said-rilevazione-virus = { kind-rilevazione-virus }
said-posta-certificata = { kind-posta-certificata }
said-anomalia = { kind-anomalia }
said-signed-content = contenuto firmato
said-signature = firma
said-daticert = daticert.xml
said-part-of-kind = { $known }, solo { $phrase }
said-part = solo { $known }

## Integro

said-over-bytes = { $algorithm } sui byte così come sono arrivati
said-altered = i byte firmati sono stati alterati
said-other-key = la firma non è della chiave del suo certificato
said-unreadable = la firma non si può leggere: { $reason }
said-content-absent = manca ciò che è firmato
said-unsupported = { $algorithm } non è tra gli algoritmi che questo programma verifica
said-no-certificate = il certificato di chi firma non viaggia con la firma
said-unsigned = non c'è firma
said-cut-off = il file finisce dentro il messaggio: il resto è stato tagliato, o non è mai stato scritto
said-daticert-unsigned = il daticert.xml da solo non porta firma
said-hidden = non è stato letto per intero, e in ciò che si è letto non c'è firma

## Origine

said-ordinary = non lo ha generato un sistema di posta certificata
said-not-signed = non è firmato
said-valid-until = il certificato di chi firma era valido fino al { $at }, e che il messaggio sia arrivato prima lo dice solo il messaggio: quando è arrivato si indica con --at
said-revoked-by-now = il certificato di chi firma oggi è revocato, e che il messaggio sia arrivato prima lo dice solo il messaggio: quando è arrivato si indica con --at
said-not-valid-then = il certificato di chi firma non è valido al momento che il messaggio dichiara, o adesso se non ne dichiara alcuno: quando è arrivato si indica con --at
said-nothing-attested = manca ciò che è firmato, e nella firma nulla ne tiene il posto
said-not-holding = la firma non vale
said-no-directory = manca l'indice dei gestori
said-half-listed = nell'indice, la registrazione di { $provider } ha impronta e certificato che non concordano
said-not-listed = il certificato di chi firma non è nell'indice dei gestori
said-perhaps-not-listed = il certificato di chi firma non è nell'indice a disposizione, che è di un altro giorno o incompleto
said-no-anchors = mancano i certificati radice

## Catene di certificazione

said-path-untold = la catena di certificazione non si può seguire: { $phrase }
said-no-path = nessuna catena di certificazione porta a una radice fidata: { $phrase }
said-outside-validity = il certificato non è valido al { $at }: vale dal { $at-first } al { $at-last }
said-revoked = il certificato è revocato
said-stale-list = la lista di revoca non è aggiornata: la successiva era attesa entro il { $at }
said-unusable-list = nessuna lista di revoca parla del certificato; su una del suo emittente: { $phrase }
said-no-list = nessuna lista di revoca copre il certificato
said-issuer-absent = manca il certificato di chi ha rilasciato { $subject }
said-root-validity = la radice a disposizione è { $known }
said-validity = valida solo dal { $at-first } al { $at-last }
said-not-by-authority = il certificato di { $subject } non è firmato dall'autorità che nomina
said-not-by-issuer = la firma sul certificato di { $subject } non è del suo emittente

## Forma

said-part-right = quanto c'è ({ $phrase }) è a posto; manca il resto del messaggio
said-rule-broke = la regola { $rule } si è guastata
said-not-read = non è stato letto per intero
said-no-rule = nessuna regola vi si applica
said-first-and-more = { $count ->
    [one] { $rule } e un'altra
   *[other] { $rule } e altre { $count }
}

## Che cosa ne è stato di un destinatario

said-delivered = consegnato il { $at }
said-delivered-once = consegnato
said-not-delivered-virus-once = non consegnato: è stato trovato un virus
said-not-delivered-why-once = non consegnato: { $code }
said-not-delivered-once = non consegnato
said-taken-for-lost-once = dato per perso
said-delayed-once = in ritardo
said-virus-once = è stato trovato un virus
said-taken-over-once = preso in carico dal suo gestore
said-not-accepted-once = non accettato
said-not-delivered-virus = non consegnato il { $at }: è stato trovato un virus
said-not-delivered-why = non consegnato il { $at }: { $code }
said-not-delivered = non consegnato il { $at }
said-taken-for-lost = dato per perso il { $at }
said-delayed = in ritardo dal { $at }
said-virus = è stato trovato un virus il { $at }
said-taken-over = preso in carico dal suo gestore il { $at }
said-not-accepted = non accettato il { $at }
said-nothing-tells = posta ordinaria: nulla ne dà notizia
said-nothing-since = nulla dopo l'accettazione
said-nothing = nulla

## Completo

said-no-view = non è stato detto di chi siano le caselle da cui vengono questi messaggi (--view)
said-as-seen = visto da qui: { $known }
said-and = { $known } e { $known-other }
said-missing-more = manca: { $known } ({ $known-view }), e altro ancora ({ $count })
said-missing = manca: { $known } ({ $known-view })
said-not-for-sender = nulla di ciò che c'è è per il mittente, la cui casella sarebbe questa
said-doubtful = ciò che manca può essere un messaggio che c'è, ma che così com'è nessun gestore dell'indice ha firmato
said-may-come = ciò che manca può ancora arrivare fino al { $at }
said-when-unknown = non si sa quando sia stato inviato
said-delivery-for = consegna o mancata consegna per { $address }
said-senders-mailbox = casella del mittente
said-recipients-mailboxes = caselle dei destinatari
said-service-mailbox = casella di servizio del gestore mittente
said-archive = archivio di un gestore
said-wires = connessioni tra i gestori
said-logs = registri
said-submission = invio { $identifier }
said-without-identifier = invio senza identificativo

## Con che cosa si giudica, e che cos'altro è giudicato

said-record = { $count } registrazione
said-records = { $count } registrazioni
said-directory-of = indice con { $known-records }, { $known }
said-signed-by = firmato da { $signer }
said-signed-by-unknown = firmato, senza il certificato di chi firma
said-directory-unsigned = non firmato
said-certificate-listed = certificato di { $subject }, valido dal { $at-first } al { $at-last }, nell'indice per { $provider }, { $phrase }
said-certificate = certificato di { $subject }, valido dal { $at-first } al { $at-last }, { $phrase }
said-path-not-verified = catena non verificata: { $phrase }
said-trusted = porta a una radice fidata
said-not-trusted = non fidato: { $phrase }

## Deviazioni dichiarate

said-deviation-found = si è riscontrata
said-deviation-not-asked = nulla di ciò che si è chiesto poteva mostrarla
said-deviation-not-there = si è cercata, e non c'è
said-deviation-expired = il suo ultimo giorno è passato
said-deviation-unknown = nessuno porta il nome del soggetto
