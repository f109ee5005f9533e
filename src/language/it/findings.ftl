# Dov'è un rilievo, a carico di chi è, che cosa ci si aspettava e che cosa si è trovato.

## Chi

who-as = { $name }, come { $known }
who-sender = mittente
who-receiver = destinatario
who-second-receiver = secondo destinatario
who-posta = posta, l'host di posta ordinaria
who-harness = il programma di prova
who-undetermined = non si può dire da ciò che si è visto

## Dove

where-message = messaggio { $number } ({ $phrase }), { $phrase-spot }
where-mailbox = { $phrase } nella casella di { $address }
where-file = { $known } in { $path }
where-wire = { $known } da { $known-sender } a { $known-receiver }
where-submitted = { $known } all'invio
where-no-kind = di tipo sconosciuto
where-part-of-kind = { $known }, solo { $phrase },
where-session = sessione { $number } (da { $phrase } a { $phrase-server }), { $phrase-spot }
where-of-transaction = transazione { $identifier }, { $phrase-spot }
where-of-submission = invio { $number }, { $phrase-spot }
where-member = { $known } (messaggio { $number })
where-for = { $known } per { $address }
where-log = registro del { $known }, { $phrase }
where-certificate = certificato { $serial } di { $subject }, campo { $field }
where-header = campo { $field }
where-header-nth = campo { $field } (numero { $number })
where-header-of = { $known }, campo { $field }
where-after-prefix = { $known }, dopo il prefisso
where-parameter = { $known }, parametro { $parameter }
where-name = { $known }, nome
where-digest = { $known }, algoritmo d'impronta
where-signers-certificate = { $known }, certificato di chi firma
where-signing-time = { $known }, signingTime
where-xml-line = daticert.xml postacert/{ $path }, riga { $line }, colonna { $column }
where-xml = daticert.xml postacert/{ $path }
where-part = { $known } (parte { $path })
where-signature-part = parte della firma
where-plain-part = parte text/plain
where-html-part = parte text/html
where-original = postacert.eml
where-certificate-field = certificato, { $field }
where-certificate-alone = certificato
where-answer = risposta a { $command }
where-recipients-mailbox = casella del destinatario
where-transaction = l'insieme dei messaggi
where-scenario-question = È arrivato tutto ciò che lo scenario si aspetta, e nient'altro?
where-announced-question = Si ritrova ciò che lo scenario ha reso sbagliato di proposito?
where-announced-consequence = una regola che lo trovava non lo trova più: ciò che dice altrove prova di meno
where-announced-expected = il rilievo che lo scenario ha annunciato
where-broken-expected = una risposta dalla regola
where-broken-found = la regola stessa si è guastata: { $reason }
where-broken-consequence = su questa domanda non si può dire nulla; si prega di segnalarlo
found-times = { $known } ({ $count } volte)
found-repeated = { $known }, { $count } volte

## Che cosa

what-none = nessuno
what-none-of-them = nessuno di questi
what-nothing = nulla
what-neither = né l'uno né l'altro
what-present = presente
what-critical = critica
what-not-critical = non critica
what-no-field = il campo non c'è
what-no-part = la parte non c'è
what-no-parameter = il parametro non c'è
what-no-extension = l'estensione non c'è
what-no-element = l'elemento non c'è
what-no-value = nessun valore
what-no-name = nessun nome
what-no-doctype = nessun DOCTYPE
what-a-doctype = un DOCTYPE
what-no-address = nessun indirizzo di posta
what-no-original = nessun messaggio originale
what-an-original = un messaggio originale
what-no-content = nessun contenuto all'interno
what-content = un contenuto all'interno
what-not-inside = non è all'interno
what-not-told = di questo indirizzo non è detto
what-original-subject = { $prefix } [oggetto originale]
what-each-once = ogni destinatario una volta
what-one-field = un solo campo
what-one-signer = un solo firmatario
what-one-address = un solo indirizzo, senza nome
what-addresses = uno o più indirizzi
what-one-outcome = un solo esito per { $recipient }
what-one-notice = un solo avviso delle { $hours } ore per { $recipient }
what-one-kind = { $known } per { $recipient }, una volta sola
what-one-acceptance = una sola ricevuta di accettazione
what-one-non-acceptance = un solo avviso di non accettazione
what-an-acceptance = una ricevuta di accettazione
what-answer = un'accettazione o una non accettazione
what-takeover = una ricevuta di presa in carico per { $recipient }
what-virus-notice = un avviso di mancata consegna per virus per { $recipient }
what-twelve = un avviso delle 12 ore per { $recipient }
what-covered-once = { $recipient } coperto una volta
what-certified-recipient = un destinatario certificato
what-trusted = un certificato di cui chi riceve si fida
what-listed = un certificato presente nell'indice
what-key-identifier = un keyIdentifier
what-without-key-identifier = senza keyIdentifier
what-own-identifier = un identificativo proprio
what-own-message-id = un Message-ID proprio
what-not-before = un istante non precedente al { $at }
what-message-as-it-came = il messaggio così come è arrivato
what-inside-as-it-arrived = il messaggio contenuto così come è arrivato
what-ordinary-wrapped = posta ordinaria in una busta di anomalia, o nulla
what-ordinary-as-is = posta ordinaria così com'è
what-no-receipt-ordinary = nessuna ricevuta per un destinatario di posta ordinaria
what-no-receipt-forged = nessuna ricevuta per una busta non firmata da un gestore dell'indice
what-no-envelope = nessuna busta: è stata trovata infetta
what-nothing-beside = nulla oltre alla non accettazione
what-detached = nulla: la firma è separata
what-header-message = un messaggio con la sua intestazione
what-one-daticert = una sola parte daticert.xml
what-one-postacert = una sola parte postacert.eml
what-well-formed = XML ben formato
what-text-shown = testo che si vede
what-seven-bit = solo ottetti da 0 a 127
what-line-length = 998 ottetti al più
found-line = una riga di { $count } ottetti
what-crlf = CR e LF insieme, e nessun NUL
what-other-value = un altro valore di firma
what-element = un elemento { $element }
what-the-msgid = il msgid { $msgid }
what-no-msgid = nessun msgid, perché il client non ne ha dato
what-the-sender = il mittente { $address }
what-the-subject = l'oggetto { $subject }
what-reply-addresses = gli indirizzi di risposta { $addresses }
what-the-service-mailbox = la casella di servizio
what-service-mailbox-of = la casella di servizio { $address }
what-mailbox-of = la casella di { $address }
what-in-mailbox-of = { $phrase } nella casella di { $address }
what-as-in-acceptance = { $value }, come nell'accettazione
what-on-wire = preso dalla connessione, e in nessuna casella
what-list = campi di una lista di distribuzione
what-file-signature = una firma che vale sul file
what-not-in-text = non è nel testo
found-digest = impronta { $digest }
what-date = data { $value }
what-time = ora { $value }
what-offset = scostamento { $value }
what-subject = oggetto { $value }
what-sender = mittente { $value }
what-recipient = destinatario { $value }
what-identifier = identificativo { $value }
what-code = codice { $value }
found-of-words = { $told } di queste parole

## Che cosa ci si aspettava, in firme e certificati

what-lets-sign = un certificato a cui la RFC 5280 consente di firmare posta
what-not-revoked = un certificato non revocato
what-record-lists = un certificato elencato nella voce del gestore
what-valid-at-arrival = un certificato valido all'arrivo
what-valid-at = uno valido al { $at }
what-next-certificate = il certificato seguente dal { $at } o da prima
what-country = un codice di due lettere (ISO 3166)
what-forty-digits = 40 cifre esadecimali
what-key-usage = keyUsage con digitalSignature
what-path = un percorso fino a una radice fidata
what-signature-by-key = una firma con la chiave del certificato
what-signers-certificate = il certificato di chi firma
what-strong = sha256 o più forte
what-rfc822-name = un rfc822Name
what-signed-data = un CMS SignedData
what-x509 = un certificato X.509
what-binary-asn1 = ASN.1 binario

## Che cosa ci si aspettava, in un messaggio

what-complete-receipt = una ricevuta completa, con l'originale
what-concise-receipt = una ricevuta sintetica, senza l'originale
what-date-field = una data secondo RFC 5322 3.3 con scostamento numerico
what-not-before-acceptance = non prima di { $time }, l'istante dell'accettazione
what-not-before-submission = non prima dell'invio, { $at }
what-not-later = non dopo { $time }, quando è arrivato
what-identifier-form = [stringa alfanumerica]@[dominio]
what-domain-of = un dominio di { $provider }
what-posta-certificata-at = posta-certificata@ un dominio di { $provider }
what-posta-certificata = posta-certificata@[dominio di posta]
what-from-form = "{ $name }" <posta-certificata@[dominio di posta]>
what-manages = il gestore che amministra il dominio di { $address }
what-providers-header = l'intestazione del gestore
what-one-kind-field = un X-Ricevuta o un X-Trasporto
what-transfer-encoding = 7bit, 8bit o binary
what-signature-type = application/pkcs7-signature o application/x-pkcs7-signature
what-text-type = text/plain o multipart/alternative
what-signed-parts = multipart/signed con { $number } parti
what-a-message-part = un message/rfc822
what-named-p7m = un file con nome .p7m
what-text-named-hash = un text/plain con nome .hash
what-hash-encoded = l'impronta della parte codificata
what-header-of-original = l'intestazione dell'originale
what-no-active-content = nessun contenuto attivo
what-no-reference = nessun rimando del genere
what-https = un indirizzo https
what-root = l'elemento radice postacert
what-an-error = un errore
what-ricezione = uno o più elementi ricezione
what-one-of = { $name } tra { $kinds }
what-virus-or-other = virus o altro
what-dot-atoms = parte-locale@dominio, entrambi dot-atom
what-a-name = un nome
what-a-dotted-name = un nome con un punto
what-a-value = un valore
what-time-form = gg/mm/aaaa hh:mm:ss [+|-]hhmm
what-judged-whole = un messaggio che si possa giudicare per intero

## Che cosa ci si aspettava, di una transazione

what-message-arrived = il messaggio { $number } così come è arrivato
what-an-envelope-arrived = una busta { $identifier } arrivata
what-on-forward-path = una busta con { $address } tra i destinatari SMTP
what-record-of = una riga che nomina il messaggio generato { $identifier }
what-the-envelope = la busta
what-the-recipients = i destinatari { $addresses }
what-no-twelve-before = nessun avviso delle 12 ore prima della dodicesima ora
what-no-twelve-after = nessun avviso delle 12 ore una volta arrivato qualcosa
what-no-twenty-four-after = nessun avviso delle 24 ore dopo l'esito
what-refusal-before-auth = un rifiuto prima di AUTH
what-refusal-before-tls = un rifiuto prima di TLS
what-over-tls = posta su TLS

## Che cosa ci si aspettava, di un indice

what-ldif = un file LDIF (RFC 2849)
what-ldif-file = il file LDIF
what-of-one-provider = un dominio di un solo gestore
what-root-record = una voce o=postacert
what-provider-attributes = attributi della classe provider

## Che cosa si è trovato

found-before-dispatch = { $time } prima della spedizione
found-after-dispatch = { $time } dopo la spedizione
found-with-parts = { $type } con { $number } parti
found-second-record = una seconda, oltre a { $name }
found-clients = { $identifier }, quello del messaggio del client
found-byte = ISO-8859-1, e { $character } in UTF-8 all'ottetto { $octet } del testo
found-digests = l'impronta firmata è { $signed }, quella del file { $computed }
found-member = { $known } (messaggio { $number })
found-members = { $known } (messaggio { $number }) e { $known-other } (messaggio { $number-other })
what-found-ber = BER con lunghezze indefinite
what-found-in-clear = posta in chiaro
what-found-not-listed = non elencato
what-found-not-there = non c'è
what-found-later = vi è arrivato dopo
what-found-no-extension = l'estensione non c'è
what-found-cut-off = un elemento è troncato
what-found-carriage-return = un ritorno carrello da solo
what-found-line-feed = un avanzamento di riga da solo
what-found-with-original = una ricevuta con l'originale
what-found-without-original = una ricevuta senza l'originale
found-that-of = quella di: { $known }
what-decoded = contenuto decodificato
what-found-another = un'altra da qui in poi (a parte i campi di traccia in testa)
what-found-no-address = nessun indirizzo accanto a una virgola
what-found-without-bit = senza quel bit
what-found-without-option = senza quell'opzione
what-found-no-colon = nessun due punti: un attributo si scrive `nome: valore`
