# Come si chiamano gli scenari della suite, e quali vie lasciano aperte.

## Consegna

scenario-delivery-all-to-all = Utenti di tre gestori si scrivono nello stesso momento; ciascuno ha un'accettazione e una consegna da ognuno degli altri
scenario-delivery-ambiguous-recipient-is-primary = Un destinatario che sta sia in To sia in Cc vale come primario e fa avere al mittente la ricevuta completa
scenario-delivery-brief-nested-message = In una ricevuta breve un messaggio allegato è sostituito dalla sua impronta per intero, con tutto ciò che contiene
scenario-delivery-brief-opaque-signed-original = Un originale che è per intero un unico oggetto firmato torna intatto nella ricevuta breve
scenario-delivery-brief-p7m-attachment = Un allegato a sua volta firmato (.p7m) è sostituito dalla sua impronta nella ricevuta breve come ogni altro
scenario-delivery-brief-signed-original = Di un originale firmato dal suo autore la ricevuta breve riporta le impronte degli allegati e lascia la firma al suo posto
scenario-delivery-brief = Il mittente chiede una ricevuta di consegna breve e ha le impronte al posto degli allegati
scenario-delivery-burst = Di molti messaggi inviati insieme ciascuno ha un msgid PEC, un'accettazione e una ricevuta di consegna sue
scenario-delivery-cc-gets-concise = Di un destinatario primario e di uno in copia il mittente ha una ricevuta di consegna completa e una sintetica
scenario-delivery-client-sets-pec-headers = I campi d'intestazione della PEC che un utente scrive da sé restano nell'originale e non ingannano nessuno
scenario-delivery-complete = Un messaggio va da un gestore a un altro; il mittente ha l'accettazione e la consegna completa
scenario-delivery-concise = Il mittente chiede una ricevuta di consegna sintetica e la ha senza l'originale
scenario-delivery-crossing = Due utenti si scrivono nello stesso momento, e ciascuno ha il messaggio dell'altro oltre alle ricevute del proprio
scenario-delivery-domain-moved-between-others = Un messaggio attende un gestore il cui dominio passa a un altro, che lo prende in carico, lo consegna e lo certifica
scenario-delivery-domain-moved-meanwhile = Un messaggio attende un gestore il cui dominio passa a quello del mittente, che lo consegna e lo certifica
scenario-delivery-duplicate-recipient = Un destinatario nominato due volte nella transazione SMTP è certificato, servito e oggetto di ricevuta una volta sola
scenario-delivery-eight-bit-original = Un originale con ottetti oltre l'ASCII viaggia così com'è, nella busta come nella ricevuta completa
scenario-delivery-envelope-in-two-transactions = Una busta che arriva in due transazioni SMTP, un destinatario per ognuna, è consegnata e certificata una volta per ciascuno
scenario-delivery-fifty-recipients = Cinquanta destinatari sono accettati insieme; ciascuno riceve il messaggio e ha la sua ricevuta
scenario-delivery-forwarded-pec = Un messaggio PEC inoltrato dentro un altro è contenuto: conta solo la busta più esterna
scenario-delivery-forwarded-to-certified-mailboxes = Caselle che inoltrano a caselle certificate, una di un altro gestore: nulla si certifica di chi la busta non nomina
scenario-delivery-forwarding-mailbox = Una casella inoltra a un indirizzo ordinario: la ricevuta certifica la consegna alla casella PEC, la copia prosegue così com'è
scenario-delivery-full-sender = A un utente con la casella piena si certifica lo stesso ciò che invia; le ricevute da altrove sono tenute, rifiutate o perse
scenario-delivery-header-recipient-without-rcpt = Un indirizzo dell'intestazione che non è destinatario della transazione SMTP è tollerato, non è certificato da nessuna parte e non riceve nulla
scenario-delivery-identifier-in-several-transactions = Una busta in una transazione SMTP per ogni destinatario è un solo messaggio, consegnato e certificato una volta per ciascuno
scenario-delivery-mixed-case-addresses = Gli indirizzi coincidono qualunque siano maiuscole e minuscole, in ogni punto e nell'indice
scenario-delivery-new-year = Un messaggio accettato nell'ultimo secondo dell'anno e consegnato in quello seguente dice entrambi gli anni
scenario-delivery-no-client-message-id = Un messaggio senza Message-ID ha l'identificativo del gestore; nulla rimanda a un msgid mai esistito
scenario-delivery-notified-mailbox = Una casella avvisa altrove il suo titolare di ciò che arriva: l'avviso è posta ordinaria e non certifica nulla
scenario-delivery-odd-attachment-names = Nomi di file come se ne incontrano davvero arrivano intatti, e ricompaiono con .hash nella ricevuta breve
scenario-delivery-part-of-its-own = Una busta con una parte propria del suo gestore oltre a quelle prescritte vale quanto una senza
scenario-delivery-read-receipt-requested = Una conferma di lettura è chiesta invano: si certifica la consegna, mai la lettura
scenario-delivery-receipt-type-in-other-letters = La forma di ricevuta chiesta in maiuscole e tra spazi resta quella forma
scenario-delivery-renewed-certificate = Un gestore firma con il certificato rinnovato mentre il precedente è ancora nell'indice, e lo si riconosce da quello
scenario-delivery-renewed-meanwhile = Una busta firmata prima che il suo gestore rinnovasse il certificato è consegnata dopo, perché l'indice li elenca entrambi
scenario-delivery-reply-to-added = Dove l'utente non indica un indirizzo per le risposte, la busta indica quello del mittente, perché non vadano al gestore
scenario-delivery-reply-to-kept = Dove l'utente vuole le risposte altrove, la busta mantiene quel Reply-To e lo certifica
scenario-delivery-restarted-while-waiting = Gestori che si riavviano non perdono nulla di ciò che hanno preso, né ciò che attende di partire né ciò che ne sanno
scenario-delivery-same-message-twice = Un client che invia due volte un messaggio, come dopo una risposta persa, ha due messaggi con un msgid PEC ciascuno
scenario-delivery-same-provider = Un messaggio tra due utenti dello stesso gestore è certificato come ogni altro
scenario-delivery-secondary-environment = Un destinatario in un dominio dell'ambiente operativo secondario del gestore è certificato, e servito, come ogni altro
scenario-delivery-side-by-side = Utenti di entrambi i gestori inviano nello stesso momento, e ogni ricevuta trova il messaggio a cui si riferisce
scenario-delivery-subject-absent = Un messaggio senza oggetto è accettato; ciò che se ne genera ha il suo prefisso
scenario-delivery-subject-beyond-latin = Un oggetto oltre l'ISO-8859-1 è esatto nelle intestazioni e nei dati di certificazione, anche se la parte di testo non può mostrarlo
scenario-delivery-subject-control-characters = Un oggetto con caratteri di controllo è certificato per quanto l'XML lo consente
scenario-delivery-subject-empty = Un oggetto vuoto lascia soli i prefissi
scenario-delivery-subject-folded = Un oggetto ripiegato su più righe è una riga sola per chiunque lo legga
scenario-delivery-subject-latin = Un oggetto con accenti è certificato con esattezza, e detto nel testo ISO-8859-1
scenario-delivery-subject-prefixed = A un oggetto che porta già i prefissi della PEC si antepone un altro prefisso, e non lo si scambia mai per uno di essi
scenario-delivery-thirty-megabytes = Un messaggio di trenta milioni di ottetti è accettato e consegnato, e torna intero nella ricevuta
scenario-delivery-three-providers = Un messaggio a utenti di tre gestori è consegnato e certificato presso ciascuno, e preso in carico una volta da ognuno a cui passa
scenario-delivery-to-oneself = Un utente che scrive a sé stesso ha accettazione, busta e ricevuta di consegna nella stessa casella
scenario-delivery-two-providers-at-once = Un messaggio a utenti di entrambi i gestori è consegnato e certificato presso ciascuno
scenario-delivery-unknown-receipt-type = Una forma di ricevuta che la norma non conosce vale come quella completa

## Non accettazione

scenario-non-acceptance-bcc-present = Un messaggio con un valore in Bcc non è accettato
scenario-non-acceptance-double-from = Un messaggio con due campi From non è accettato
scenario-non-acceptance-empty-group-in-to = Un To che contiene un gruppo vuoto non nomina nessuno, e il messaggio non è accettato
scenario-non-acceptance-encrypted-archive = Un archivio cifrato non è un virus; il messaggio è accettato e consegnato
scenario-non-acceptance-from-differs = Un messaggio il cui From non è il mittente SMTP non è accettato
scenario-non-acceptance-infected = Un messaggio infetto si ferma al punto di accesso; il mittente è avvisato e il gestore lo conserva
scenario-non-acceptance-malformed-to = Un messaggio il cui To non ha la forma di indirizzi non è accettato
scenario-non-acceptance-missing-to = Un messaggio senza To non è accettato
scenario-non-acceptance-null-sender = Un utente non può inviare con il mittente SMTP nullo, a cui non si potrebbe rispondere
scenario-non-acceptance-over-the-limit = Un messaggio la cui dimensione per i destinatari supera il limite del gestore non è accettato
scenario-non-acceptance-recipient-not-in-headers = Un messaggio con un destinatario che non è né in To né in Cc non è accettato
scenario-non-acceptance-sender-of-another-user = Un utente che invia a nome di un altro è rifiutato nella sessione, perché un avviso andrebbe a colui per il quale si spaccia
scenario-non-acceptance-too-many-recipients = Un destinatario più di quanti si devono accettare; il messaggio non è accettato, oppure è consegnato a tutti
scenario-non-acceptance-unauthenticated = Un punto di accesso non prende posta da chi non conosce
scenario-non-acceptance-without-tls = Un punto di accesso non prende né credenziali né posta su un canale che non è protetto

## Mancata consegna

scenario-non-delivery-disabled-mailbox = Un messaggio a una casella disattivata finisce in una mancata consegna con il codice 5.2.1
scenario-non-delivery-disabled-meanwhile = Una casella disattivata mentre un messaggio la attende fa finire il messaggio in una mancata consegna
scenario-non-delivery-emptied-mailbox = Una casella che era piena prende il messaggio seguente una volta svuotata; quello di prima resta non consegnato
scenario-non-delivery-full-mailbox = Un messaggio a una casella piena finisce in una mancata consegna
scenario-non-delivery-notice-for-a-full-mailbox = Un avviso di mancata consegna per un utente con la casella piena è tenuto lo stesso, rifiutato o perso
scenario-non-delivery-one-of-several = Di tre destinatari una casella non esiste; gli altri hanno il messaggio, e ciascuno ha il suo esito
scenario-non-delivery-one-provider-refuses = Un gestore non ha la casella mentre un altro consegna; il mittente ha una consegna e un errore, ciascuno per il suo destinatario
scenario-non-delivery-to-service-mailbox = Un messaggio certificato alla casella di servizio di un altro gestore non è consegnato, e il mittente è avvisato
scenario-non-delivery-unknown-mailbox = Un messaggio a una casella che non esiste finisce in una mancata consegna con il codice 5.1.1
scenario-non-delivery-unknown-pec-domain = Un messaggio a un dominio dell'indice che nessun host serve finisce in una mancata consegna con il codice 5.1.2
scenario-non-delivery-unreachable-provider = Finché il gestore di un destinatario non si raggiunge l'altro ha il messaggio, e solo del primo si avvisa del ritardo

## Posta ordinaria

scenario-ordinary-bounce-comes-back-wrapped = Ciò che un host ordinario riferisce come non recapitabile giunge al mittente in una busta di anomalia, e non se ne fa una mancata consegna
scenario-ordinary-forwarded-to-each-other = Due caselle che inoltrano l'una all'altra non lo fanno senza fine
scenario-ordinary-forwarded-to-itself = Una casella che inoltra a sé stessa ha il messaggio una volta
scenario-ordinary-from-ordinary-refused = La posta ordinaria per una casella il cui titolare non ne vuole è rifiutata
scenario-ordinary-from-ordinary-wrapped = La posta ordinaria giunge a una casella PEC in una busta di anomalia
scenario-ordinary-infected-discarded = La posta ordinaria infetta non giunge a nessuno, e non se ne certifica nulla
scenario-ordinary-many-hops = Un messaggio passato per sessanta host non è ancora un giro senza fine
scenario-ordinary-mixed-recipients = Di un destinatario certificato e uno ordinario ciascuno ha la busta, e solo del primo si certifica la consegna
scenario-ordinary-open-relay-refused = Un punto di ricezione non inoltra per nessuno, chiunque chieda e qualunque indirizzo dichiari
scenario-ordinary-put-off = Un messaggio ordinario rinviato per un po' arriva quando è mandato di nuovo
scenario-ordinary-receipt-forged-from-outside = Una ricevuta di consegna e una di presa in carico che nessuno ha firmato non cambiano nulla di ciò che si dice al mittente
scenario-ordinary-several-recipients = Di un messaggio ordinario a una casella buona, una piena e una sconosciuta si imbusta una copia, e delle altre il mittente è avvisato
scenario-ordinary-spoofed-pec-sender = La posta ordinaria a nome di un utente PEC resta posta ordinaria, anche per gli utenti del gestore di cui abusa il nome
scenario-ordinary-to-certified-and-ordinary = Un messaggio del mondo ordinario a un utente certificato e a uno ordinario giunge a entrambi, al primo in una busta di anomalia
scenario-ordinary-to-ordinary = Un messaggio a una casella ordinaria è accettato come tale, e non se ne certifica mai la consegna
scenario-ordinary-to-service-mailbox = La posta ordinaria non entra nella casella di servizio di un gestore
scenario-ordinary-undeliverable = La posta ordinaria per una casella piena o inesistente non dà luogo a nessun avviso PEC

## Sessioni SMTP

scenario-session-another-name-in-tls = Un host il cui certificato TLS porta un altro nome riceve posta certificata su TLS o per nulla, e mai in chiaro
scenario-session-early-pipelining = Comandi detti prima del tempo hanno risposta a loro volta o sono rifiutati, e non diventano mai parte di un messaggio
scenario-session-eightbitmime = Gli ottetti oltre l'ASCII sono presi come 8BITMIME, al punto di accesso e tra gestori, e arrivano com'erano
scenario-session-implicit-tls-and-auth-login = Un client che parla TLS dal primo ottetto e accede nel vecchio modo è servito come ogni altro
scenario-session-line-feed-alone = Un avanzamento di riga da solo non chiude nessun comando
scenario-session-logins-that-are-none = Nessuno entra senza la password giusta, su un canale in chiaro, a metà, con un meccanismo sconosciuto o due volte
scenario-session-lost-answers = Una busta, una presa in carico e una ricevuta le cui risposte vanno perse sono mandate di nuovo, e contano una volta
scenario-session-null-path-to-nobody = Un rapporto a una casella che non esiste non dà luogo a nulla
scenario-session-paths-unaltered = Una busta viaggia con mittente e destinatari SMTP dell'invio, qualunque cosa dicano i suoi campi d'intestazione
scenario-session-peer-without-starttls = La posta certificata attende piuttosto che andare in chiaro a un gestore che non offre STARTTLS; il mittente è avvisato dopo 12 e 24 ore
scenario-session-postmaster = La casella riservata esiste a un punto di ricezione, con il suo dominio, senza, e con qualunque maiuscola
scenario-session-smuggling = Una fine di riga che non lo è non chiude nessun messaggio, così che nessuno ne nasconda un secondo nel primo
scenario-session-source-route-and-parameters = Un instradamento del mittente è ignorato, dimensioni e parametri non offerti sono rifiutati, e un nuovo EHLO chiude la transazione
scenario-session-starttls-announced = Il punto di ricezione annuncia STARTTLS, prende posta su di esso, e posta ordinaria anche senza
scenario-session-starttls-injection = Ciò che è detto in chiaro dietro STARTTLS non è scambiato per qualcosa detto su TLS
scenario-session-unheard-answer = Un client che chiude prima di sentire la risposta al suo messaggio lo ha consegnato lo stesso
scenario-session-unusual-lines = Righe che non sono comandi sono rifiutate, e un messaggio di due punti arriva come uno solo

## Termini

scenario-timeout-across-dst-autumn = Dodici ore sono dodici ore nella notte che ha un'ora in più
scenario-timeout-across-dst-spring = Dodici ore sono dodici ore nella notte che ha un'ora in meno
scenario-timeout-delivered-after-all = Un messaggio che per tredici ore non si è potuto consegnare arriva dopo l'avviso delle 12 ore, ed è certificato
scenario-timeout-envelope-after-second-notice = Una busta che parte dopo l'avviso delle 24 ore è consegnata e certificata come ogni altra
scenario-timeout-one-provider-down = Di altri due gestori uno è fermo; solo del suo destinatario si avvisa del ritardo, mentre all'altro si consegna subito
scenario-timeout-one-provider-late = Di altri due gestori uno torna solo dopo tredici ore; il suo destinatario ha l'avviso delle 12 ore, l'altro nessuno
scenario-timeout-receipt-after-second-notice = Una ricevuta di consegna che viene dopo l'avviso delle 24 ore è vera lo stesso
scenario-timeout-repeated-hour = Un messaggio accettato nell'ora ripetuta e consegnato nella sua ripetizione è certificato con lo scostamento che dice quale
scenario-timeout-restarted = Un gestore che si riavvia avvisa lo stesso il suo utente quando sono passate 12 e 24 ore
scenario-timeout-takeover-late = Una presa in carico tra i due termini non evita nessuno dei due avvisi
scenario-timeout-twelve-and-twenty-four-hours = Finché il gestore del destinatario non si raggiunge il mittente è avvisato dopo 12 ore e di nuovo entro 24
scenario-timeout-twelve-only = Notizia di un messaggio che viene solo dopo tredici ore, come consegna, costa il solo avviso delle 12 ore
scenario-timeout-twenty-four-only = Un messaggio preso in carico e mai certificato come consegnato costa il solo avviso delle 24 ore
scenario-timeout-two-delivered-after-all = Per due destinatari di un gestore fuori portata per tredici ore si avvisa di ciascuno, e li si raggiunge insieme

## Fiducia

scenario-trust-backdated-envelope = Una busta che dichiara un istante in cui il suo firmatario era ancora valido è giudicata al suo arrivo, ed è posta ordinaria
scenario-trust-ber-signature-tolerated = Una busta con la firma scritta in BER con lunghezze indefinite è presa in carico e consegnata
scenario-trust-broken-profile-authority-key-id-critical = Un certificato di firma il cui AuthorityKeyIdentifier è critico
scenario-trust-broken-profile-basic-constraints = Un certificato di firma con BasicConstraints
scenario-trust-broken-profile-country-in-words = Un certificato di firma il cui paese non è un codice di due lettere
scenario-trust-broken-profile-key-usage-not-critical = Un certificato di firma il cui KeyUsage non è critico
scenario-trust-broken-profile-mail-in-subject = Un certificato di firma con l'indirizzo anche nel soggetto
scenario-trust-broken-profile-name-elsewhere = Un certificato di firma che nomina un'organizzazione diversa da quella dell'indice
scenario-trust-broken-profile-no-authority-key-id = Un certificato di firma senza AuthorityKeyIdentifier
scenario-trust-broken-profile-no-digital-signature = Un certificato di firma il cui KeyUsage non consente firme
scenario-trust-broken-profile-no-key-usage = Un certificato di firma senza KeyUsage
scenario-trust-broken-profile-no-subject-alt-name = Un certificato di firma senza SubjectAltName
scenario-trust-broken-profile-no-subject-key-id = Un certificato di firma senza SubjectKeyIdentifier
scenario-trust-broken-profile-other-extension-critical = Un certificato di firma con un'estensione critica che nessuno conosce
scenario-trust-broken-profile-subject-alt-name-critical = Un certificato di firma il cui SubjectAltName è critico
scenario-trust-broken-profile-subject-alt-name-without-mail = Un certificato di firma il cui SubjectAltName non contiene un indirizzo di posta
scenario-trust-broken-profile-subject-key-id-critical = Un certificato di firma il cui SubjectKeyIdentifier è critico
scenario-trust-delisted-meanwhile = Una busta firmata con un certificato uscito dall'indice prima che essa arrivi è posta ordinaria
scenario-trust-delivery-by-a-provider-that-does-not-manage-the-domain = Una ricevuta di consegna di un gestore che non amministra il dominio del destinatario non prova nulla, e gli avvisi di ritardo arrivano
scenario-trust-expired-signer = Una busta firmata con un certificato scaduto è posta ordinaria, nell'indice o no
scenario-trust-from-domain-of-another-provider = Una busta firmata da un gestore diverso da quello che il suo From nomina è propagata come anomalia
scenario-trust-malformed-to-let-in = Una busta il cui To non è un elenco di indirizzi, lasciata entrare da un punto di accesso distratto, non fa danno al destinatario
scenario-trust-receipt-for-unknown-message = Una ricevuta di consegna per un messaggio che nessuno ha inviato passa così com'è e non dà luogo a nulla
scenario-trust-recipient-outside-daticert = Un destinatario che i dati di certificazione non nominano ha la busta come anomalia; di lui non si certifica nulla
scenario-trust-replayed-after-a-restart = La stessa busta prima e dopo un riavvio del destinatario è presa in carico e consegnata una volta
scenario-trust-replayed-envelope = La stessa busta due volte è presa in carico e consegnata una volta
scenario-trust-revoked-meanwhile = Una busta firmata prima che il suo certificato fosse revocato e arrivata dopo è posta ordinaria
scenario-trust-revoked-signer = Una busta firmata con un certificato revocato è posta ordinaria, nell'indice o no
scenario-trust-sha1-digest-tolerated = Una busta firmata con SHA-1, come per anni hanno fatto quasi tutti i gestori, è presa in carico e consegnata
scenario-trust-signer-not-in-directory = Una busta firmata con un certificato che nessun indice elenca è posta ordinaria
scenario-trust-stale-crl = Un gestore che ha solo liste di revoca superate non sa se un firmatario è valido; una busta buona è presa per anomalia, o creduta
scenario-trust-tampered-envelope = Una busta modificata dopo la firma è posta ordinaria, e non se ne certifica mai la consegna
scenario-trust-tampered-receipt = Una ricevuta di consegna modificata dopo la firma è posta ordinaria e non prova nessuna consegna; gli avvisi di ritardo arrivano
scenario-trust-unknown-ca = Una busta di cui non si conosce l'autorità del firmatario è posta ordinaria, anche dove l'indice elenca il firmatario
scenario-trust-unsigned-envelope = Una busta senza firma è posta ordinaria, e non se ne certifica mai la consegna
scenario-trust-well-signed-but-malformed = Una busta ben firmata da un gestore dell'indice ma malformata è propagata come anomalia, anche a una casella che rifiuta la posta ordinaria
scenario-trust-wrong-ca = Una busta il cui firmatario viene da un'autorità fatta in casa con il nome di quella fidata è posta ordinaria, anche dove l'indice elenca il firmatario

## Virus

scenario-virus-antivirus-updated = Un antivirus che impara un virus ferma il secondo messaggio che lo porta, e non il primo, consegnato prima
scenario-virus-from-another-providers-user = A una busta infetta di un gestore impersonato dal programma di prova si risponde con una rilevazione per ogni destinatario per cui è venuta
scenario-virus-kept-in-store = Ciò che un gestore trova infetto, di un suo utente o di un altro gestore, resta nel suo deposito speciale e non giunge a nessuno
scenario-virus-kept-thirty-months = Ciò che è stato trovato infetto, e ciò che il registro ne dice, c'è ancora dopo trenta mesi
scenario-virus-one-provider-finds-it = Un virus che sfugge a due gestori è fermato dal terzo; solo il suo destinatario non ha nulla, e il mittente lo viene a sapere
scenario-virus-purged-early = Un gestore che butta un messaggio infetto dopo un mese non ne ha da mostrare dopo trenta
scenario-virus-seen-only-by-receiver = Un virus che sfugge al gestore del mittente è fermato da quello del destinatario; il mittente lo sa dal proprio gestore
scenario-virus-text-and-xml-disagree = Dove il testo di una rilevazione virus nomina un destinatario e i suoi dati di certificazione un altro, il mittente è avvisato di quello dei dati
scenario-virus-two-recipients = Un virus sfuggito al gestore del mittente in un messaggio a due destinatari: una rilevazione e una mancata consegna per virus per ciascuno

## Dove la norma lascia una scelta

way-copy-comes-once-more = una copia viene ancora una volta, e lì finisce
way-host-before-gateway-has = un host davanti al sistema lo ha preso, e un rapporto torna indietro
way-message-whose-sender-gone = un messaggio il cui mittente se n'è andato non è preso
way-non-acceptance-tells-sender = una non accettazione avvisa il mittente
way-non-delivery-comes-with = con l'avviso delle 24 ore viene una mancata consegna
way-server-server-acceptance-sent = dentro il gestore si manda la presa in carico
way-both-are-refused-in = entrambi sono rifiutati nella sessione SMTP
way-every-command-answered-in = ogni comando ha risposta a sua volta, e il messaggio è preso
way-kept-beyond-quota = è tenuto oltre la quota
way-refused-in-smtp-session = è rifiutato nella sessione SMTP
way-refused-in-smtp-session-sender = è rifiutato nella sessione SMTP, e il gestore del mittente avvisa il mittente
way-taken-discarded = è preso e scartato
way-taken-given-up-without = è preso e abbandonato senza una parola
way-taken-for-all-report = è preso per tutti e un rapporto torna su ogni mancato recapito
way-taken-for-all-one = è preso per tutti e un solo rapporto torna su entrambi i mancati recapiti
way-taken-report-goes-back = è preso, e un rapporto torna indietro
way-taken-lost = è preso, e perso
way-makes-envelope-one-badly = ne fa una busta mal composta
way-sends-server-server-acceptance = manda la presa in carico prima di cercare virus
way-no-copy-sent = non si manda alcuna copia
way-no-server-server-acceptance = dentro il gestore non si manda la presa in carico
way-nothing-more-owed = non si deve altro
way-ordinary-mail-for-service = la posta ordinaria per la casella di servizio è scartata
way-ordinary-mail-for-service-mailbox = la posta ordinaria per la casella di servizio è presa, e un rapporto torna indietro
way-receipts-are-kept-beyond = le ricevute sono tenute oltre la quota
way-access-point-refuses-in = il punto di accesso lo rifiuta nella sessione SMTP
way-access-point-refuses-message = il punto di accesso rifiuta il messaggio nella sessione SMTP
way-access-point-tells-user = il punto di accesso avvisa l'utente con una non accettazione
way-channel-secured-enough = il canale è protetto, e questo basta
way-envelope-taken-over-answered = la busta è presa in carico, e la risposta è una mancata consegna
way-full-mailbox-refuses-in = la casella piena lo rifiuta nella sessione SMTP
way-last-revocation-lists-known = le ultime liste di revoca note valgono fino alle successive
way-last-revocation-lists-known-count = le ultime liste di revoca note valgono fino alle successive per il destinatario, e non per il gestore del mittente
way-message-refused = il messaggio è rifiutato
way-message-refused-in-smtp = il messaggio è rifiutato nella sessione SMTP
way-message-taken-discarded = il messaggio è preso e scartato
way-message-taken-as-one = il messaggio è preso come uno solo
way-message-taken-report-goes = il messaggio è preso, e un rapporto torna indietro
way-one-finds-sends-no = chi lo trova non manda la presa in carico di una busta infetta
way-peer-did-not-wait = la controparte che non ha atteso è rifiutata
way-provider-sends-itself-server = il gestore manda a sé stesso la presa in carico
way-provider-sends-itself-no = il gestore non manda a sé stesso la presa in carico
way-provider-limit-higher-everyone = il limite del gestore è più alto e si consegna a tutti
way-provider-limit-higher-message = il limite del gestore è più alto e il messaggio è consegnato
way-receipt-came-nothing-more = la ricevuta è arrivata, e non si deve altro
way-receipt-was-refused-counts = la ricevuta rifiutata vale come non arrivata
way-receiver-holds-signer-certificate = il destinatario pretende anche che il certificato di firma rispetti il suo profilo, e imbusta
way-receiver-refuses-recipient-in = il destinatario rifiuta l'indirizzo nella sessione SMTP e il gestore del mittente avvisa il mittente
way-receiver-sends-server-server = il destinatario manda la presa in carico prima di cercare virus
way-receiver-sends-no-server = il destinatario non manda la presa in carico di una busta infetta
way-receiver-takes-envelope-over = il destinatario prende in carico la busta e risponde con una mancata consegna
way-receiver-tests-what-2 = il destinatario verifica ciò che elenca 2.2.2, e consegna
way-sender-told-by-24 = il mittente è avvisato dal solo avviso delle 24 ore
way-sender-told-by-notices = il mittente è avvisato dai soli avvisi
way-sender-provider-sends-itself = il gestore del mittente manda a sé stesso la presa in carico
way-sender-provider-sends-itself-server = il gestore del mittente manda anche a sé stesso la presa in carico
way-sender-provider-sends-itself-no = il gestore del mittente non manda a sé stesso la presa in carico
way-sender-provider-waits-for = il gestore del mittente attende l'host giusto
way-service-mailbox-refuses-in = la casella di servizio lo rifiuta nella sessione SMTP
way-service-mailbox-refuses-ordinary = la casella di servizio rifiuta la posta ordinaria nella sessione SMTP
way-unknown-mailbox-refused-in = la casella sconosciuta è rifiutata nella sessione SMTP
way-word-unknown-one = la parola è sconosciuta
way-word-read-whatever-its = la parola è letta qualunque siano maiuscole e minuscole
way-what-another-provider-sends = ciò che un altro gestore manda a una casella piena è rifiutato o perso
way-what-comes-back-delivered = ciò che torna è consegnato e non prosegue
way-what-comes-back-refused = ciò che torna è rifiutato, e chi lo ha inoltrato è avvisato
way-what-user-wrote-not = ciò che l'utente ha scritto non è imputato alla busta
way-what-was-handed-over = ciò che è stato consegnato intero è preso
way-without-revocation-list-in = senza una lista di revoca in vigore la validità del firmatario non è verificata, e la busta è posta ordinaria
