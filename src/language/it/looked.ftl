# Che cosa `smoke` trova di un sistema, e `inspect` di un messaggio: l'italiano si trova dall'inglese.

## smoke

smoke-well = { $known } risponde a { $address }
smoke-incoming = il punto di ricezione
smoke-submission = il punto di accesso
smoke-log-itself = il registro
smoke-store-itself = il deposito dei messaggi con virus
smoke-wrong-password = una password sbagliata
smoke-mailbox-trouble = la casella di { $address }: { $phrase }
smoke-trouble-with = { $known }: { $phrase }
smoke-tls-hint = { $phrase }; `server-name` e `trust` nel suo file dicono quale certificato deve mostrare
smoke-login-hint = { $phrase }; lì non si prende nessun accesso: `submission` nel suo file nomina la porta a cui gli utenti consegnano la posta
smoke-secures = { $known } protegge il canale: { $version }; { $known-certificate }
smoke-vouched = il suo certificato porta il suo nome ed è garantito
smoke-offers = { $known } offre STARTTLS, e `tls: none` nel suo file dice di no
smoke-clear = { $known } non offre STARTTLS, e prende posta in chiaro: RFC 6109 5.3 vuole TLS tra gestori
smoke-logs-in = { $user } accede
smoke-no-login = { $user } non accede: { $phrase }
smoke-refused = una password sbagliata è rifiutata
smoke-taken = una password sbagliata è presa per buona
smoke-log = { $count ->
    [one] il suo registro si può leggere: una riga
   *[other] il suo registro si può leggere: { $count } righe
}
smoke-store = nel suo deposito dei messaggi con virus si può guardare
smoke-empty = la casella di { $address } è vuota: non c'è ancora la Maildir { $path }; il primo messaggio la crea
smoke-readable = la casella di { $address } si può leggere
smoke-arrived = un messaggio da { $from } a { $to } è arrivato, con ogni ricevuta ({ $time } s)
smoke-not-so = un messaggio da { $from } a { $to } non è andato come deve: { $phrase }
smoke-not-sent = un messaggio da { $from } a { $to } non è stato inviato: { $phrase }
smoke-message-trouble = un messaggio da { $from } a { $to }: { $phrase }
smoke-and = { $phrase }; { $phrase-more }
smoke-broken = la regola { $rule } è stata violata
smoke-did-not-call = { $phrase }; { $name } non si è collegato all'altro lato: ha la via che `routes` stampa?
smoke-ahead = il suo orologio è avanti di { $time } s rispetto a questa macchina
smoke-behind = il suo orologio è indietro fino a { $time } s rispetto a questa macchina
smoke-clock = il suo orologio segna l'ora di questa macchina

## inspect

role-signed = ciò che è firmato
role-signature = la firma
role-daticert = i dati di certificazione
role-original = il messaggio originale
role-readable = il testo leggibile
held-unreadable = illeggibile: { $why }
held-no-content = non si può dire: ciò che è firmato non è qui
held-yes = sì
held-other-octets = no: l'impronta è di altri ottetti
held-not-signers = no: il valore della firma non è del firmatario
held-no-certificate = non si può dire: il certificato di chi firma non è all'interno
held-unsupported = non si può dire: { $what } non è trattato
extension-no-authority = non è un'autorità
extension-authority = un'autorità
extension-bounded = un'autorità, con al più { $number } sotto di sé
extension-octets = { $count ->
    [one] un ottetto
   *[other] { $count } ottetti
}
time-received = Received più in alto
time-text = testo
time-html = testo HTML
